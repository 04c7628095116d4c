//! What is known of AWS, as data.

pub mod catalogue;
pub mod cause;
pub mod family;
pub mod partition;
pub mod policy;
