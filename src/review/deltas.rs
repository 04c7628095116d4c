//! Changes of token counts and latencies.

use serde_json::Value;

use super::Pending;
use crate::diagnose::visible;
use crate::fixture::Fixture;
use crate::invoke::latency_ms;
use crate::snapshot::parse_contents;

/// The mapped counts that changed, such as `input_tokens 212 → 219 (+3%)`. A field is a count if its name contains one
/// of `COUNT_NAMES`.
pub fn count_deltas(pending: &Pending<'_>) -> Vec<String> {
    let Some(old) = &pending.old else { return Vec::new() };
    let (Ok(old), Ok(new)) = (parse_contents(&old.contents), parse_contents(&pending.new.contents)) else {
        return Vec::new();
    };
    let counts = new.iter().filter(|(name, _)| COUNT_NAMES.iter().any(|word| name.contains(word)));
    let pairs = counts.filter_map(|(name, new)| {
        let (_, old) = old.iter().find(|(other, _)| other == name)?;
        delta(name, old, new)
    });
    pairs.collect()
}

const COUNT_NAMES: [&str; 4] = ["tokens", "latency", "seconds", "_ms"];

fn delta(name: &str, old: &Value, new: &Value) -> Option<String> {
    let (before, after) = (old.as_f64()?, new.as_f64()?);
    let percent = (after - before) / before * 100.0;
    let percent = if percent.is_finite() { format!(" ({percent:+.0}%)") } else { String::new() };
    (old != new).then(|| format!("{} {old} → {new}{percent}", visible(name)))
}

/// The change of the recorded latency, such as `latency_ms 812 → 655 (-19%)`. `old` and `new` are texts of fixtures.
pub fn latency_delta(old: &str, new: &str) -> Option<String> {
    let [old, new] = [old, new].map(|text| latency_ms(&Fixture::parse(text).ok()?.0.exchange.answer));
    delta("latency_ms", &old?.into(), &new?.into())
}
