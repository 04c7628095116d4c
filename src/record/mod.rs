//! The record of a run: a start, findings, cases and an end. JSON Lines are made of it, `report` and `bundle` read it,
//! and every renderer takes it.

mod case;
mod exchange;
mod finding;
mod from_run;
mod named;
mod read;
mod run;

pub use case::{Call, Case, Changed, Recorded};
pub use exchange::{Exchange, Origin, Refusal, Request, Response};
pub use finding::{Finding, LineColumn, Place};
pub use from_run::records;
pub use named::{Named, Names};
pub use read::{NoRun, read};
pub use run::{Distinct, End, LineError, Record, Run, Shard, Snapshots, Start, VERSION};
