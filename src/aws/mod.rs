//! Knowledge about AWS, as tables.

pub mod arn;
pub mod catalogue;
pub mod cause;
pub mod family;
pub mod host;
pub mod model_id;
pub mod partition;
pub mod region;
