//! Decodes Bedrock's responses from bytes to plain data: event-stream frames, their events, refusals.

mod event;
mod frames;
mod refusal;

pub use event::{event_from_frame, event_from_json, parse_if_json};
pub use frames::{FirstFrame, Frame, FrameError, decode, decode_first};
pub use refusal::refusal_from_response;
