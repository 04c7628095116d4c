//! Evidence of a run in one archive: the files that it read, its reports, and a manifest with the hash of each file.

mod gather;
mod manifest;
mod name;
mod outcomes;
mod redact;
mod replayed;
mod target;
mod variables;
mod verify;
mod write;

pub use gather::{Files, GatherError, Places, gather, name};
pub use manifest::{
    Conditions, FORMAT, Git, Kept, Listed, MANIFEST, Manifest, ManifestError, REPORTS, REPOSITORY, RUN, Set,
    Tool, Variable, sha256,
};
pub use name::NameError;
pub use outcomes::{Outcomes, differences, outcomes};
pub use redact::{FileKind, Redacted, Unmaskable, redact, redacted_variable, stand_in};
pub use replayed::{OtherRun, Replayed, ReportError};
pub use target::{TargetError, target};
pub use variables::{UnreadVariable, set, variables};
pub use verify::{FILE_LIMIT, Problem, TOTAL_LIMIT, Verified, is_bundle, verify};
pub use write::{WriteError, write};
