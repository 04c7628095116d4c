//! Output that waits for a person, and what helps to judge it. Nothing is printed here.

mod cause;
mod deltas;
mod kept;
mod look;
mod pending;
mod side;
mod unified;
mod unlisted;

pub use cause::{Edit, Near, Since, Version, Written, causes};
pub use deltas::{deltas, latency};
pub use kept::{Kept, is_pending};
pub use look::Look;
pub use pending::{Kind, Pending, Places, Text, find};
pub use side::side_by_side;
pub use unified::{unified, whole};
pub use unlisted::{Hidden, hidden, without_output};
