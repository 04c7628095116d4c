use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::snapshots::Treatment;
use crate::aws::catalogue::Prices;
use crate::config::settings::Mode;

/// How to run.
pub struct Options {
    pub mode: Mode,
    pub jobs: NonZeroUsize,
    /// Stop after so many failing cases.
    pub max_fail: Option<NonZeroUsize>,
    pub treatment: Treatment,
    /// Whether a report shows what was asked and what came.
    pub shows_exchanges: bool,
    /// What calls cost.
    pub prices: Arc<Prices>,
    /// Cancelled from outside to end the run early.
    pub interrupted: CancellationToken,
}
