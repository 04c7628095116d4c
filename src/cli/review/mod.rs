//! `pending`, `diff`, `accept`, `reject` and `review`: the commands for pending snapshots.

mod differ;
mod gather;
mod git;
mod interactive;
mod settle;
mod show;
mod view;

pub(super) use interactive::review;
pub(super) use settle::{accept, reject};
pub(super) use show::{diff, pending};
