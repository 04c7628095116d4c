//! Runs cases: plan → request → answer → mapped output → verdict. Reports events in the order of the plan.

mod attempt;
mod case_attempt;
mod case_run;
mod event;
mod judge;
mod options;
mod outcome;
mod plan;
mod repeat;
mod reported_exchange;
mod schedule;
mod select;
mod shard;
mod snapshots;
mod unanswered;

pub use attempt::{call_once, find_file_outside_root};
pub use case_attempt::CaseAttempt;
pub use case_run::CaseRun;
pub use event::{Event, Summary};
pub use options::Options;
pub use outcome::{Changed, Measured, Outcome, Written, tokens};
pub use plan::{Plan, Planned};
pub use reported_exchange::{ReportedAnswer, ReportedExchange};
pub use schedule::run;
pub use select::{Selection, SelectionError};
pub use shard::{Shard, ShardError};
pub use snapshots::SnapshotOptions;
pub use unanswered::report_unanswered;
