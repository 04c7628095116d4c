//! Getting an answer to a request: from a recording, or from Bedrock.

mod answer;
pub mod cost;
mod latency;
mod leak;
pub mod live;
mod record;
mod replay;
mod scrub;
mod trouble;

pub use answer::{Answered, Ask, Call, Invoker, NoAnswer, Recorded, Unasked};
pub use latency::latency_ms;
pub use leak::Leak;
pub use live::{Live, LiveOptions, Timeouts};
pub use record::{Record, Which, accounts};
pub use replay::Replay;
pub use scrub::{Scrubbed, scrub};
pub use trouble::Trouble;
