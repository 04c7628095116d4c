use std::time::Duration;

/// No pause is longer, but one that the service itself asks for.
const LONGEST: Duration = Duration::from_secs(20);

/// The pause before the retry that follows `failures` failures: anything up to `unit`, doubled each time, so
/// that calls that were refused together don't come back together ("full jitter").
pub(super) fn pause(failures: u32, unit: Duration) -> Duration {
    let longest = unit.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    longest.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let unit = Duration::from_millis(500);
        for (failures, longest) in [(0, unit), (1, unit), (2, unit * 2), (4, unit * 8), (99, LONGEST)] {
            let pauses: Vec<Duration> = (0..200).map(|_| pause(failures, unit)).collect();
            assert!(pauses.iter().all(|pause| *pause <= longest), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause > longest / 2), "{failures}: {pauses:?}");
        }
    }
}
