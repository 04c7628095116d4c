//! Evidence of a run in one archive: the files that it read, its reports, and a manifest with the hash of each file.

mod gather;
mod manifest;
mod mask;
mod name;
mod outcomes;
mod pack;
mod replayed;
mod target;
mod variables;
mod verify;

pub use gather::{BundlePaths, Files, GatherError, gather, name_in_bundle};
pub use manifest::{
    BundledValue, Conditions, FORMAT, Git, ListedFile, MANIFEST, Manifest, ManifestError, OverriddenKey,
    REPORTS, REPOSITORY, RUN, Tool, Variable, sha256,
};
pub use mask::{FileKind, MaskedFile, Unmaskable, make_stand_in, mask_file, mask_variable};
pub use name::NameError;
pub use outcomes::{Outcomes, case_outcomes, describe_differences};
pub use pack::{PackError, pack};
pub use replayed::{ReplayMismatch, ReplayResults, ReportError};
pub use target::{TargetError, check_target};
pub use variables::{UnreadVariable, bundled_variables, overridden_keys};
pub use verify::{FILE_LIMIT, Problem, TOTAL_LIMIT, VerifiedBundle, is_bundle, verify};
