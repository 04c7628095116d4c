//! Running cases: plan → request → answer → mapped output → verdict, told as events in plan order.

mod attempt;
mod case_attempt;
mod case_run;
mod event;
mod exchanged;
mod judge;
mod options;
mod outcome;
mod plan;
mod repeat;
mod schedule;
mod select;
mod shard;
mod snapshots;
mod unanswered;

pub use attempt::once;
pub use case_attempt::CaseAttempt;
pub use case_run::CaseRun;
pub use event::{Event, Summary};
pub use exchanged::{Came, Exchanged};
pub use options::Options;
pub use outcome::{Changed, Measured, Outcome, Written, tokens};
pub use plan::{Plan, Planned};
pub use schedule::run;
pub use select::{Selection, SelectionError};
pub use shard::{NotAShard, Shard};
pub use snapshots::Treatment;
