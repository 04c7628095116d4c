//! A run as one HTML file that needs no network: server-made overview and numbers, cases as data that its script shows.
//!
//! What comes from a config or a model is text: the template escapes it, the script sets it as text, and the page's
//! policy lets no other script run, whatever the data hold.

mod embed;
mod figures;
mod models;
mod page;
mod rows;

pub(super) use page::Html;
