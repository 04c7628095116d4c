//! `pending`, `diff`, `accept`, `reject` and `review`: the commands for pending snapshots.

mod decide;
mod differ;
mod git;
mod interactive;
mod search;
mod show;
mod view;

pub(super) use decide::{accept, reject};
pub(super) use interactive::review;
pub(super) use show::{diff, pending};
