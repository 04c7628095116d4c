//! `pending`, `diff`, `accept`, `reject` and `review`: what becomes of output that waits.

mod differ;
mod from;
mod gather;
mod git;
mod interactive;
mod settle;
mod show;
mod view;
mod written;

pub(super) use interactive::review;
pub(super) use settle::{accept, reject};
pub(super) use show::{diff, pending};
