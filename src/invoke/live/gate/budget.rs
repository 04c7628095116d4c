use std::sync::{Mutex, PoisonError};

/// The budget of a run, in USD.
#[derive(Debug)]
pub(super) struct Budget {
    limit: f64,
    state: Mutex<BudgetState>,
}

#[derive(Debug, Default)]
struct BudgetState {
    spent: f64,
    reserved: f64,
    /// Set when a call was refused: no smaller call is made after it.
    closed: bool,
}

impl Budget {
    pub(super) fn new(limit: f64) -> Budget {
        Budget { limit, state: Mutex::default() }
    }

    /// Reserves `max_cost`; `false` if that could exceed the budget.
    pub(super) fn reserve(&self, max_cost: f64) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed |= state.spent + state.reserved + max_cost > self.limit;
        if !state.closed {
            state.reserved += max_cost;
        }
        !state.closed
    }

    /// Replaces the reservation by `cost`.
    pub(super) fn settle(&self, reserved: f64, cost: f64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.reserved = (state.reserved - reserved).max(0.0);
        state.spent += cost;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_call_is_made_after_one_that_could_exceed_the_budget() {
        let budget = Budget::new(1.0);
        assert!(budget.reserve(0.4) && budget.reserve(0.6));
        budget.settle(0.4, 0.1);
        assert!(!budget.reserve(0.5), "0.6 are reserved, 0.1 spent");
        assert!(!budget.reserve(0.01), "nor a smaller one after it");
        assert!(Budget::new(0.0).reserve(0.0), "a free call needs no budget");
    }

    proptest! {
        #[test]
        fn the_cost_never_exceeds_the_budget(calls in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 0..60)) {
            let (budget, mut spent) = (Budget::new(3.0), 0.0);
            for (max_cost, part) in calls {
                if budget.reserve(max_cost) {
                    budget.settle(max_cost, max_cost * part);
                    spent += max_cost * part;
                }
            }
            prop_assert!(spent <= 3.0 + 1e-9);
        }
    }
}
