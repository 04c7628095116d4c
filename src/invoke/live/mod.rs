//! Calling Bedrock: credentials through STS, the call, the response.

mod attempt;
mod client;
mod destination;
mod doctor;
mod endpoint;
mod gate;
mod identity;
mod list;
mod no_response;
mod options;
mod receive;
mod retry;
mod waiting;
mod wire;

pub use client::Live;
pub use destination::CalledService;
pub use doctor::{Advice, State, Step};
pub use list::ListedModel;
pub use options::{AskMfa, Limits, LiveOptions, Timeouts};
