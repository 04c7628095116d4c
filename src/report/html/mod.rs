//! A run as one HTML file that needs no network. The overview and the figures are HTML; the cases are JSON, which the page's
//! script shows.
//!
//! Texts from configs and models are never markup: the template escapes them, the script sets them as text, and the page's
//! content security policy blocks all other scripts.

mod embed;
mod figures;
mod models;
mod page;
mod rows;

pub(super) use page::Html;
