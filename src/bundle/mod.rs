//! Evidence of a run in one archive: what it read, what it told, and a manifest with the hash of each file.

mod manifest;
mod name;
mod redact;
mod verify;
mod write;

pub use manifest::{
    Conditions, FORMAT, Git, Kept, Listed, MANIFEST, Manifest, ManifestError, REPORTS, REPOSITORY, RUN, Set,
    Tool, Variable, sha256,
};
pub use name::NameError;
pub use redact::{FileKind, Redacted, Unmaskable, redact, redacted_variable, stand_in};
pub use verify::{FILE_LIMIT, Problem, TOTAL_LIMIT, Verified, counted, is_bundle, verify};
pub use write::{WriteError, write};
