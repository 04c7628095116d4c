//! How many tokens and how much time more or less.

use serde_json::Value;

use super::Pending;
use crate::diagnose::visible;
use crate::fixture::Fixture;
use crate::invoke::latency_ms;
use crate::snapshot::parse_contents;

/// The counts that changed, such as `input_tokens 212 → 219 (+3%)`: mapped numbers called after tokens or time.
pub fn deltas(pending: &Pending<'_>) -> Vec<String> {
    let Some(old) = &pending.old else { return Vec::new() };
    let (Ok(old), Ok(new)) = (parse_contents(&old.contents), parse_contents(&pending.new.contents)) else {
        return Vec::new();
    };
    let counts = new.iter().filter(|(name, _)| COUNTED.iter().any(|word| name.contains(word)));
    let pairs = counts.filter_map(|(name, new)| {
        let (_, old) = old.iter().find(|(other, _)| other == name)?;
        delta(name, old, new)
    });
    pairs.collect()
}

const COUNTED: [&str; 4] = ["tokens", "latency", "seconds", "_ms"];

fn delta(name: &str, old: &Value, new: &Value) -> Option<String> {
    let (before, after) = (old.as_f64()?, new.as_f64()?);
    let percent = (after - before) / before * 100.0;
    let percent = if percent.is_finite() { format!(" ({percent:+.0}%)") } else { String::new() };
    (old != new).then(|| format!("{} {old} → {new}{percent}", visible(name)))
}

/// How long the recorded calls took, if that differs: `latency_ms 812 → 655 (-19%)`. Texts of fixtures.
pub fn latency(old: &str, new: &str) -> Option<String> {
    let [old, new] = [old, new].map(|text| latency_ms(&Fixture::parse(text).ok()?.0.exchange.answer));
    delta("latency_ms", &old?.into(), &new?.into())
}
