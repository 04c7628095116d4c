//! What a run may cost, before anything is spent: calls, tokens and the worst price, by model.

use std::collections::BTreeMap;

use crate::aws::catalogue::{Price, Prices};
use crate::aws::cause::Key;
use crate::config::settings::Mode;
use crate::diagnose::{Code, Finding};
use crate::invoke::cost::Bound;
use crate::invoke::{Ask, Invoker, Replay, Which};
use crate::run::{Plan, Planned};

/// The bounds of a run in `mode`.
pub struct Estimate {
    pub mode: Mode,
    /// The models that would be called, by name.
    pub models: BTreeMap<String, ModelEstimate>,
}

/// What the calls of one model come to.
pub struct ModelEstimate {
    pub model_id: String,
    pub region: String,
    pub calls: u64,
    /// The most input tokens.
    pub input: u64,
    pub likely_input: u64,
    /// The most output tokens; `None` if nothing limits one of the calls.
    pub output: Option<u64>,
    pub price: Option<Price>,
    /// USD; `None` if it isn't known.
    pub worst: Option<f64>,
}

impl Estimate {
    /// The bounds of running `plan` in `mode`. Reads recordings, calls nobody.
    pub fn of(plan: &Plan<'_>, mode: Mode, prices: &Prices) -> Estimate {
        let mut models: BTreeMap<String, ModelEstimate> = BTreeMap::new();
        for planned in called(plan, mode) {
            let calls = if mode == Mode::Live { u64::from(planned.case.repeat) } else { 1 };
            let name = planned.model.name.clone();
            let model = models.entry(name).or_insert_with(|| ModelEstimate::new(planned, prices));
            model.add(bound(planned), calls);
        }
        Estimate { mode, models }
    }

    pub fn calls(&self) -> u64 {
        self.models.values().map(|model| model.calls).sum()
    }

    /// USD, of the models whose price is known.
    pub fn worst(&self) -> f64 {
        self.models.values().filter_map(|model| model.worst).fold(0.0, |sum, worst| sum + worst)
    }

    /// How many models have no known worst price.
    pub fn unpriced(&self) -> usize {
        self.models.values().filter(|model| model.worst.is_none()).count()
    }
}

impl ModelEstimate {
    /// No calls yet.
    fn new(planned: &Planned<'_>, prices: &Prices) -> ModelEstimate {
        let model = planned.model;
        ModelEstimate {
            model_id: model.model_id.clone(),
            region: model.region.clone(),
            calls: 0,
            input: 0,
            likely_input: 0,
            output: Some(0),
            price: prices.of(&model.model_id, &model.region),
            worst: Some(0.0),
        }
    }

    fn add(&mut self, bound: Bound, calls: u64) {
        self.calls += calls;
        self.input += bound.input * calls;
        self.likely_input += bound.likely_input * calls;
        let is_free = self.price.is_some_and(|price| price.output == 0.0);
        let output = if is_free { Some(0) } else { bound.most_output(self.price.as_ref()) };
        self.output = self.output.zip(output).map(|(sum, output)| sum + output * calls);
        #[expect(clippy::cast_precision_loss, reason = "nobody makes 2^52 calls")]
        let worst = self.price.and_then(|price| bound.worst(&price)).map(|worst| worst * calls as f64);
        self.worst = self.worst.zip(worst).map(|(sum, worst)| sum + worst);
    }
}

/// Models with a case that a run would call and whose worst price nobody knows.
pub fn unpriced(plan: &Plan<'_>, mode: Mode, prices: &Prices) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for planned in called(plan, mode) {
        let model = planned.model;
        let price = prices.of(&model.model_id, &model.region);
        if price.and_then(|price| bound(planned).worst(&price)).is_some() {
            continue;
        }
        let (message, help) = match price {
            None => (
                format!("nothing is known of what `{}` costs, and the run has a budget", model.model_id),
                format!("put its price into the settings: `[prices.\"{}\"]`", model.model_id),
            ),
            Some(_) => (
                format!("nothing limits the output of `{}`, and the run has a budget", model.name),
                "let the body limit it, as with `max_tokens`".to_owned(),
            ),
        };
        let finding = Finding::new(Code::PriceUnknown, model.place(Key::ModelId), message).help(help);
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// The cases that a run in `mode` would call.
fn called<'p, 's>(plan: &'p Plan<'s>, mode: Mode) -> impl Iterator<Item = &'p Planned<'s>> {
    plan.cases.iter().filter(move |planned| is_called(planned, mode))
}

fn is_called(planned: &Planned<'_>, mode: Mode) -> bool {
    let replayed = || {
        let request = planned.model.request(planned.case);
        let base = &planned.suite.base;
        Replay.answer(&Ask { model: planned.model, case: planned.case, request: &request, base })
    };
    match mode {
        Mode::Replay => false,
        Mode::Live | Mode::RecordAll => true,
        Mode::RecordMissing => Which::Missing.is_called(&replayed()),
        Mode::RecordStale => Which::Stale.is_called(&replayed()),
    }
}

fn bound(planned: &Planned<'_>) -> Bound {
    let (request, text) = planned.model.rendered(planned.case);
    Bound::of(&text, &request.body)
}
