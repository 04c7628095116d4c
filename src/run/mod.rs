//! Running cases: plan → request → answer → mapped output → verdict, told as events in plan order.

mod attempt;
mod event;
mod exchanged;
mod judge;
mod outcome;
mod plan;
mod repeat;
mod schedule;
mod select;
mod shard;
mod snapshots;
mod unanswered;

pub use attempt::{Tried, once};
pub use event::{Event, Summary};
pub use exchanged::{Came, Exchanged};
pub use outcome::{CaseRun, Changed, Measured, Outcome, Written, tokens};
pub use plan::{Plan, Planned};
pub use schedule::{Options, run};
pub use select::{Selection, SelectionError};
pub use shard::{NotAShard, Shard};
pub use snapshots::Treatment;
