//! Latency, tokens and cost of calls by model, as numbers and as bars to draw.

use std::collections::BTreeMap;

use super::models::Models;
use super::rows::{Numbers, numbers};
use crate::record::Run;
use crate::report::format_usd;

/// The figures of the models of a run, next to those of the previous run.
pub(super) struct Figures {
    pub measures: Vec<Scale>,
    pub models: Vec<Model>,
    /// How many models are left out because of the limit.
    pub left_out: usize,
}

/// A column: the name of a measure, and the end of its scale.
pub(super) struct Scale {
    pub name: &'static str,
    pub end: String,
}

pub(super) struct Model {
    pub name: String,
    pub cases: usize,
    pub failing: usize,
    /// In the order of [`Figures::measures`].
    pub cells: Vec<Cell>,
    /// The cost in USD of one call for each case whose price is known.
    pub total: Option<String>,
    pub total_before: Option<String>,
}

/// The values of one measure, drawn between 0 and 100.
pub(super) struct Cell {
    pub median: Option<String>,
    /// How the median changed since the previous run.
    pub delta: Option<String>,
    pub now: Option<Bar>,
    pub before: Option<Bar>,
    /// The text alternative for both bars.
    pub words: String,
}

/// A box plot: the lowest and highest values, the quartiles and the median.
pub(super) struct Bar {
    pub least: f64,
    pub span: f64,
    pub quarter: f64,
    pub half: f64,
    pub median: f64,
}

struct Measure {
    name: &'static str,
    value: fn(&Numbers) -> Option<f64>,
    shown: fn(f64) -> String,
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const MEASURES: [Measure; 4] = [
    Measure {
        name: "Latency",
        value: |numbers| numbers.latency.map(|ms| ms as f64),
        shown: |ms| format!("{} ms", group_digits(ms)),
    },
    Measure {
        name: "Input tokens",
        value: |numbers| numbers.input.map(|count| count as f64),
        shown: group_digits,
    },
    Measure {
        name: "Output tokens",
        value: |numbers| numbers.output.map(|count| count as f64),
        shown: group_digits,
    },
    Measure { name: "Cost of a call", value: |numbers| numbers.cost, shown: format_usd },
];

/// `12,345`.
fn group_digits(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How many models are drawn. A browser needs seconds for thousands.
const MODELS_LIMIT: usize = 200;

impl Figures {
    pub(super) fn new(run: &Run, previous: Option<&Run>, labels: &Models<'_>) -> Figures {
        let now = by_model(run, labels);
        let before = previous.map(|previous| by_model(previous, labels)).unwrap_or_default();
        let end = |measure: &Measure| {
            let all = now.values().chain(before.values()).flat_map(|group| &group.numbers);
            all.filter_map(measure.value).fold(0.0, f64::max)
        };
        let ends = MEASURES.each_ref().map(end);
        let nothing = Group::default();
        let model = |(name, group): (&String, &Group)| {
            let before = before.get(name).unwrap_or(&nothing);
            let cells = MEASURES.iter().zip(ends);
            let cells = cells.map(|(measure, end)| build_cell(measure, end, &group.numbers, &before.numbers));
            Model {
                name: name.clone(),
                cases: group.numbers.len(),
                failing: group.failing,
                cells: cells.collect(),
                total: total(&group.numbers),
                total_before: total(&before.numbers),
            }
        };
        let models: Vec<Model> = now.iter().take(MODELS_LIMIT).map(model).collect();
        let scales = MEASURES.iter().zip(ends);
        let scale = |(measure, end): (&Measure, f64)| Scale { name: measure.name, end: (measure.shown)(end) };
        Figures { measures: scales.map(scale).collect(), left_out: now.len() - models.len(), models }
    }

    /// Whether anything was measured.
    pub(super) fn is_empty(&self) -> bool {
        self.models.iter().all(|model| model.cells.iter().all(|cell| cell.now.is_none()))
    }
}

/// The cases of one model.
#[derive(Default)]
struct Group {
    numbers: Vec<Numbers>,
    failing: usize,
}

fn by_model(run: &Run, labels: &Models<'_>) -> BTreeMap<String, Group> {
    let mut models: BTreeMap<String, Group> = BTreeMap::new();
    for case in &run.cases {
        let group = models.entry(labels.label(case)).or_default();
        group.numbers.push(numbers(case));
        group.failing += usize::from(case.fails());
    }
    models
}

fn total(numbers: &[Numbers]) -> Option<String> {
    let costs: Vec<f64> = numbers.iter().filter_map(|numbers| numbers.cost).collect();
    (!costs.is_empty()).then(|| format_usd(costs.iter().sum()))
}

fn build_cell(measure: &Measure, end: f64, now: &[Numbers], before: &[Numbers]) -> Cell {
    let sorted = |numbers: &[Numbers]| {
        let mut values: Vec<f64> = numbers.iter().filter_map(measure.value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (now, before) = (sorted(now), sorted(before));
    let words = [("now", &now), ("before", &before)].into_iter().filter(|(_, values)| !values.is_empty());
    let words: Vec<String> =
        words.map(|(when, values)| describe_values(when, values, measure.shown)).collect();
    Cell {
        median: (!now.is_empty()).then(|| (measure.shown)(quantile(&now, 0.5))),
        delta: delta(&now, &before),
        now: build_bar(&now, end),
        before: build_bar(&before, end),
        words: words.join("; "),
    }
}

fn describe_values(when: &str, values: &[f64], shown: fn(f64) -> String) -> String {
    let at = |share| shown(quantile(values, share));
    format!("{when}: {} to {}, half of them from {} to {}", at(0.0), at(1.0), at(0.25), at(0.75))
}

fn delta(now: &[f64], before: &[f64]) -> Option<String> {
    if now.is_empty() || before.is_empty() {
        return None;
    }
    let (now, before) = (quantile(now, 0.5), quantile(before, 0.5));
    let percent = (now - before) / before * 100.0;
    (percent.is_finite() && percent.abs() >= 0.5).then(|| format!("{percent:+.0}%"))
}

fn build_bar(values: &[f64], end: f64) -> Option<Bar> {
    if values.is_empty() || end <= 0.0 {
        return None;
    }
    let at = |share| quantile(values, share) / end * 100.0;
    Some(Bar {
        least: at(0.0),
        span: at(1.0) - at(0.0),
        quarter: at(0.25),
        half: at(0.75) - at(0.25),
        median: at(0.5),
    })
}

/// The quantile `share` of sorted values, interpolated between neighbouring values.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an index, within the values"
)]
fn quantile(values: &[f64], share: f64) -> f64 {
    let place = (values.len() - 1) as f64 * share;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    values[low] + (values[high] - values[low]) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn quantiles_are_interpolated() {
        assert_eq!(quantile(&[7.0], 0.5), 7.0);
        assert_eq!(quantile(&[1.0, 3.0], 0.5), 2.0);
        assert_eq!(quantile(&[0.0, 1.0, 2.0, 3.0, 8.0], 0.75), 3.0);
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, expected) in [(0.0, "0"), (999.0, "999"), (1_000.0, "1,000"), (1_234_567.4, "1,234,567")]
        {
            assert_eq!(group_digits(number), expected);
        }
    }

    #[test]
    fn a_change_is_relative_to_the_previous_median() {
        assert_eq!(delta(&[110.0], &[100.0]).as_deref(), Some("+10%"));
        assert_eq!(delta(&[100.0], &[100.0]), None);
        assert_eq!(delta(&[5.0], &[0.0]), None);
        assert_eq!(delta(&[], &[1.0]), None);
    }
}
