//! The records of a run: a start, findings, cases and an end. The `jsonl` report writes them, `report` and `bundle` read them,
//! and every renderer is given them.

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
pub use read::{ReadError, read};
pub use run::{End, LineError, Record, Run, SeenFindings, Shard, Snapshots, Start, VERSION};
