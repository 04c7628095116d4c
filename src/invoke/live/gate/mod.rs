//! Checks before each call: the budget and the rate limits.

mod budget;
mod limit;

use std::sync::Arc;
use std::time::Instant;

use super::options::Limits;
use super::waiting::Waiting;
use crate::aws::catalogue::{Price, Prices};
use crate::exchange::{Answer, Request};
use crate::invoke::cost::{TokenBound, usage};
use crate::invoke::{InvokeError, NotCalled};
use budget::Budget;
use limit::RateLimits;

/// Delays or refuses calls.
pub(super) struct Gate {
    rate_limits: RateLimits,
    budget: Option<Budget>,
    prices: Arc<Prices>,
}

/// A permitted call. Its expected cost and tokens are reserved until it is settled.
pub(super) struct Permit {
    slot: limit::Slot,
    max_cost: f64,
}

impl Gate {
    pub(super) fn new(limits: Limits, max_cost: Option<f64>, prices: Arc<Prices>) -> Gate {
        Gate { rate_limits: RateLimits::new(limits), budget: max_cost.map(Budget::new), prices }
    }

    /// Waits until the call is allowed. `text` is the body as sent.
    pub(super) async fn admit(
        &self,
        request: &Request,
        text: &str,
        waiting: &Waiting,
    ) -> Result<Permit, InvokeError> {
        let price = self.price_for(request);
        let bound = TokenBound::from_body(text, &request.body);
        let tokens = bound.likely_input + bound.max_output(price.as_ref()).unwrap_or(0);
        let model_and_region = (request.model_id.as_str(), request.region.as_str());
        let slot = loop {
            match self.rate_limits.reserve(model_and_region, tokens, Instant::now()) {
                Ok(slot) => break slot,
                Err(wait) if waiting.has_time_for(wait) => waiting.pause(wait).await?,
                Err(_) => return Err(InvokeError::NotCalled(NotCalled::OutOfTime)),
            }
        };
        // A run with a budget refuses models without a price before it starts.
        let max_cost = price.and_then(|price| bound.max_cost(&price)).unwrap_or(0.0);
        if self.budget.as_ref().is_some_and(|budget| !budget.reserve(max_cost)) {
            self.rate_limits.release(&slot);
            return Err(InvokeError::NotCalled(NotCalled::OverBudget));
        }
        Ok(Permit { slot, max_cost })
    }

    /// Replaces the reservation by what the call used. A refusal and a call that was not made cost nothing; an
    /// interrupted call may have cost all of it.
    pub(super) fn settle(&self, permit: &Permit, request: &Request, answer: Result<&Answer, &InvokeError>) {
        let used = answer.ok().and_then(usage);
        let cost = match (answer, used, self.price_for(request)) {
            (Ok(Answer::Refusal(_)), ..) => 0.0,
            (Err(InvokeError::CallFailed(failure)), ..) if !failure.may_cost() => 0.0,
            (_, Some(used), Some(price)) => price.cost(used.input, used.output),
            _ => permit.max_cost,
        };
        if let Some(budget) = &self.budget {
            budget.settle(permit.max_cost, cost);
        }
        if let Some(used) = used {
            self.rate_limits.correct(&permit.slot, used.input + used.output);
        }
    }

    /// Computed only if cost or tokens are limited.
    fn price_for(&self, request: &Request) -> Option<Price> {
        let is_needed = self.budget.is_some() || self.rate_limits.counts_tokens();
        is_needed.then(|| self.prices.price_for(&request.model_id, &request.region)).flatten()
    }
}
