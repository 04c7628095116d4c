//! Output that waits for a person, and what helps to judge it. Nothing is printed here.

mod cause;
mod decision;
mod deltas;
mod kept;
mod look;
mod named;
mod pending;
mod side;
mod unified;
mod unlisted;
mod written;

pub use cause::{Edit, Near, Since, Version, Written, causes};
pub use decision::{Decision, DecisionError};
pub use deltas::{deltas, latency};
pub use kept::{Kept, KeptError, is_pending};
pub use look::Look;
pub use named::Named;
pub use pending::{Kind, Pending, Places, Text, find};
pub use side::side_by_side;
pub use unified::{unified, whole};
pub use unlisted::{Hidden, hidden, without_output};
pub use written::{Overlay, version};
