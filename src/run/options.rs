use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::snapshots::SnapshotOptions;
use crate::aws::catalogue::Prices;
use crate::config::settings::Mode;

/// The options of a run.
pub struct Options {
    pub mode: Mode,
    pub jobs: NonZeroUsize,
    /// Stop the run after this many failing cases.
    pub max_fail: Option<NonZeroUsize>,
    pub snapshots: SnapshotOptions,
    /// Whether a report shows requests and answers.
    pub shows_exchanges: bool,
    /// Prices from which the cost of calls is computed.
    pub prices: Arc<Prices>,
    /// Cancelled by the caller to end the run early.
    pub interrupted: CancellationToken,
}
