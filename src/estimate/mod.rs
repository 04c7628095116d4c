//! Estimates the cost of a run before it makes calls: the calls, tokens and maximum price of each model.

use std::collections::BTreeMap;

use crate::aws::catalogue::{Price, Prices};
use crate::aws::cause::Key;
use crate::config::settings::Mode;
use crate::diagnose::{Code, Finding};
use crate::invoke::cost::TokenBound;
use crate::invoke::{CaseRequest, Invoker, RecordScope, Replay};
use crate::run::{Plan, Planned};

/// An upper bound of the cost of a run.
pub struct Estimate {
    pub mode: Mode,
    /// The models that the run would call, by name.
    pub models: BTreeMap<String, ModelEstimate>,
}

/// An upper bound of the cost of all calls of a model.
pub struct ModelEstimate {
    pub model_id: String,
    pub region: String,
    pub calls: u64,
    /// The maximum number of input tokens.
    pub input: u64,
    /// The likely number of input tokens.
    pub likely_input: u64,
    /// The maximum number of output tokens. `None` if a call has no limit.
    pub output: Option<u64>,
    pub price: Option<Price>,
    /// The maximum price in USD. `None` if it is unknown.
    pub worst: Option<f64>,
}

impl Estimate {
    /// Estimates a run of `plan` in `mode`. Reads recordings, and makes no calls.
    pub fn new(plan: &Plan<'_>, mode: Mode, prices: &Prices) -> Estimate {
        let mut models: BTreeMap<String, ModelEstimate> = BTreeMap::new();
        for planned in called_cases(plan, mode) {
            let calls = if mode == Mode::Live { u64::from(planned.case.repeat) } else { 1 };
            let name = planned.model.name.clone();
            let model = models.entry(name).or_insert_with(|| ModelEstimate::new(planned, prices));
            model.add(token_bound(planned), calls);
        }
        Estimate { mode, models }
    }

    pub fn calls(&self) -> u64 {
        self.models.values().map(|model| model.calls).sum()
    }

    /// The maximum price in USD of all models whose price is known.
    pub fn worst(&self) -> f64 {
        self.models.values().filter_map(|model| model.worst).fold(0.0, |sum, worst| sum + worst)
    }

    /// The number of models whose maximum price is unknown.
    pub fn unpriced(&self) -> usize {
        self.models.values().filter(|model| model.worst.is_none()).count()
    }
}

impl ModelEstimate {
    /// An estimate without calls.
    fn new(planned: &Planned<'_>, prices: &Prices) -> ModelEstimate {
        let model = planned.model;
        ModelEstimate {
            model_id: model.model_id.clone(),
            region: model.region.clone(),
            calls: 0,
            input: 0,
            likely_input: 0,
            output: Some(0),
            price: prices.price_for(&model.model_id, &model.region),
            worst: Some(0.0),
        }
    }

    fn add(&mut self, bound: TokenBound, calls: u64) {
        self.calls += calls;
        self.input += bound.input * calls;
        self.likely_input += bound.likely_input * calls;
        let is_free = self.price.is_some_and(|price| price.output == 0.0);
        let output = if is_free { Some(0) } else { bound.max_output(self.price.as_ref()) };
        self.output = self.output.zip(output).map(|(sum, output)| sum + output * calls);
        #[expect(clippy::cast_precision_loss, reason = "no run makes 2^52 calls")]
        let worst = self.price.and_then(|price| bound.max_cost(&price)).map(|worst| worst * calls as f64);
        self.worst = self.worst.zip(worst).map(|(sum, worst)| sum + worst);
    }
}

/// Reports each model that a run would call and whose maximum price is unknown.
pub fn unpriced(plan: &Plan<'_>, mode: Mode, prices: &Prices) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for planned in called_cases(plan, mode) {
        let model = planned.model;
        let price = prices.price_for(&model.model_id, &model.region);
        if price.and_then(|price| token_bound(planned).max_cost(&price)).is_some() {
            continue;
        }
        let (message, help) = match price {
            None => (
                format!("the price of `{}` is unknown, but the run has a budget", model.model_id),
                format!("add its price to the settings, as `[prices.\"{}\"]`", model.model_id),
            ),
            Some(_) => (
                format!(
                    "the number of output tokens of `{}` has no limit, but the run has a budget",
                    model.name
                ),
                "set a limit in the request body, such as `max_tokens`".to_owned(),
            ),
        };
        let finding = Finding::new(Code::PriceUnknown, model.locate_key(Key::ModelId), message).help(help);
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// The cases that a run in `mode` would call.
fn called_cases<'p, 's>(plan: &'p Plan<'s>, mode: Mode) -> impl Iterator<Item = &'p Planned<'s>> {
    plan.cases.iter().filter(move |planned| is_called(planned, mode))
}

fn is_called(planned: &Planned<'_>, mode: Mode) -> bool {
    let replayed = || {
        let request = planned.model.request(planned.case);
        let base = &planned.suite.base;
        Replay.invoke(&CaseRequest { model: planned.model, case: planned.case, request: &request, base })
    };
    match mode {
        Mode::Replay => false,
        Mode::Live | Mode::RecordAll => true,
        Mode::RecordMissing => RecordScope::Missing.is_called(&replayed()),
        Mode::RecordStale => RecordScope::Stale.is_called(&replayed()),
    }
}

fn token_bound(planned: &Planned<'_>) -> TokenBound {
    let (request, text) = planned.model.render_request(planned.case);
    TokenBound::from_body(&text, &request.body)
}
