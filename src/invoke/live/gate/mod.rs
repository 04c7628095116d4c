//! Checks before each call: the budget and the rate limits.

mod budget;
mod limit;

use std::sync::Arc;
use std::time::Instant;

use super::options::Limits;
use super::waiting::Waiting;
use crate::aws::catalogue::Prices;
use crate::exchange::{Answer, Request};
use crate::invoke::cost::{Bound, usage};
use crate::invoke::{NoAnswer, Unasked};
use budget::Budget;
use limit::Windows;

/// Delays or refuses calls.
pub(super) struct Gate {
    windows: Windows,
    budget: Option<Budget>,
    prices: Arc<Prices>,
}

/// A permitted call. Its expected cost and tokens are reserved until it is settled.
pub(super) struct Permit {
    slot: limit::Slot,
    worst: f64,
}

impl Gate {
    pub(super) fn new(limits: Limits, max_cost: Option<f64>, prices: Arc<Prices>) -> Gate {
        Gate { windows: Windows::new(limits), budget: max_cost.map(Budget::new), prices }
    }

    /// Waits until the call is allowed. `text` is the body as sent.
    pub(super) async fn pass(
        &self,
        request: &Request,
        text: &str,
        waiting: &Waiting,
    ) -> Result<Permit, NoAnswer> {
        let price = self.prices_of(request);
        let bound = Bound::of(text, &request.body);
        let tokens = bound.likely_input + bound.most_output(price.as_ref()).unwrap_or(0);
        let of = (request.model_id.as_str(), request.region.as_str());
        let slot = loop {
            match self.windows.take(of, tokens, Instant::now()) {
                Ok(slot) => break slot,
                Err(wait) if waiting.has_time_for(wait) => waiting.pause(wait).await?,
                Err(_) => return Err(NoAnswer::Unasked(Unasked::OutOfTime)),
            }
        };
        // A run with a budget refuses models without a price before it starts.
        let worst = price.and_then(|price| bound.worst(&price)).unwrap_or(0.0);
        if self.budget.as_ref().is_some_and(|budget| !budget.reserve(worst)) {
            self.windows.give_back(&slot);
            return Err(NoAnswer::Unasked(Unasked::OverBudget));
        }
        Ok(Permit { slot, worst })
    }

    /// Replaces the reservation by what the call used. A refusal and a call that was not made cost nothing; an
    /// interrupted call may have cost all of it.
    pub(super) fn settle(&self, permit: &Permit, request: &Request, answer: Result<&Answer, &NoAnswer>) {
        let used = answer.ok().and_then(usage);
        let cost = match (answer, used, self.prices_of(request)) {
            (Ok(Answer::Refusal(_)), ..) => 0.0,
            (Err(NoAnswer::Trouble(trouble)), ..) if !trouble.may_cost() => 0.0,
            (_, Some(used), Some(price)) => price.cost(used.input, used.output),
            _ => permit.worst,
        };
        if let Some(budget) = &self.budget {
            budget.settle(permit.worst, cost);
        }
        if let Some(used) = used {
            self.windows.correct(&permit.slot, used.input + used.output);
        }
    }

    /// Computed only if cost or tokens are limited.
    fn prices_of(&self, request: &Request) -> Option<crate::aws::catalogue::Price> {
        let asked = self.budget.is_some() || self.windows.counts_tokens();
        asked.then(|| self.prices.price_for(&request.model_id, &request.region)).flatten()
    }
}
