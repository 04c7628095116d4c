use std::sync::{Mutex, PoisonError};

/// The budget of a run, in USD.
#[derive(Debug)]
pub(super) struct Budget {
    limit: f64,
    account: Mutex<Account>,
}

#[derive(Debug, Default)]
struct Account {
    spent: f64,
    reserved: f64,
    /// Set when a call was refused: no smaller call is made after it.
    closed: bool,
}

impl Budget {
    pub(super) fn new(limit: f64) -> Budget {
        Budget { limit, account: Mutex::default() }
    }

    /// Reserves `worst`; `false` if that could exceed the budget.
    pub(super) fn reserve(&self, worst: f64) -> bool {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        account.closed |= account.spent + account.reserved + worst > self.limit;
        if !account.closed {
            account.reserved += worst;
        }
        !account.closed
    }

    /// Replaces the reservation by `cost`.
    pub(super) fn settle(&self, reserved: f64, cost: f64) {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        account.reserved = (account.reserved - reserved).max(0.0);
        account.spent += cost;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_call_that_could_pass_the_budget_is_the_last() {
        let budget = Budget::new(1.0);
        assert!(budget.reserve(0.4) && budget.reserve(0.6));
        budget.settle(0.4, 0.1);
        assert!(!budget.reserve(0.5), "0.6 are set aside, 0.1 spent");
        assert!(!budget.reserve(0.01), "and no smaller one after it");
        assert!(Budget::new(0.0).reserve(0.0), "what costs nothing needs no budget");
    }

    proptest! {
        #[test]
        fn what_is_spent_stays_within(calls in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 0..60)) {
            let (budget, mut spent) = (Budget::new(3.0), 0.0);
            for (worst, part) in calls {
                if budget.reserve(worst) {
                    budget.settle(worst, worst * part);
                    spent += worst * part;
                }
            }
            prop_assert!(spent <= 3.0 + 1e-9);
        }
    }
}
