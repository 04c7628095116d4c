//! Pending snapshots, and information that helps a person to accept or reject them. Nothing is printed here.

mod artifact;
mod case_keys;
mod cause;
mod decision;
mod deltas;
mod diff_style;
mod hidden;
mod pending;
mod selection;
mod side_by_side;
mod unified;

pub use artifact::{Artifact, ArtifactError, is_pending};
pub use case_keys::{ConfigOverrides, parse_version};
pub use cause::{CaseKey, ChangesSince, ConfigVersion, KeyLevel, find_causes};
pub use decision::{Decision, DecisionError};
pub use deltas::{count_deltas, latency_delta};
pub use diff_style::DiffStyle;
pub use hidden::{HiddenPending, find_conflicts_without_output, find_hidden};
pub use pending::{Pending, PendingKind, PendingPlaces, SnapshotText, find_pending};
pub use selection::PendingSelection;
pub use side_by_side::render_side_by_side;
pub use unified::{render_unified, render_whole};
