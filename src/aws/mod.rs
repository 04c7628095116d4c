//! What is known about AWS, as tables. Imports nothing of ours.

pub mod family;
