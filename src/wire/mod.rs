//! What Bedrock sends, from bytes to plain data: event-stream frames, their events, refusals.

mod event;
mod frames;
mod refusal;

pub use event::{json, listed, of_frame};
pub use frames::{Frame, FrameError, Partial, decode, first};
pub use refusal::refusal;
