//! Answers requests from recordings or by calling Bedrock.

mod answer;
pub mod cost;
mod failure;
mod latency;
mod leak;
pub mod live;
mod record;
mod replay;
mod scrub;

pub use answer::{Call, CaseRequest, Invocation, InvokeError, Invoker, NotCalled, Recorded};
pub use failure::CallFailure;
pub use latency::latency_ms;
pub use leak::Leak;
pub use live::{Live, LiveOptions, Timeouts};
pub use record::{Record, RecordScope, accounts_in_config};
pub use replay::Replay;
pub use scrub::{ScrubError, ScrubbedFixture, scrub};
