//! The retry budget limits retries across all calls, so that they do not amplify an outage.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens that a retry withdraws, and that a success after a retry returns.
const RETRY: u32 = 10;

/// Tokens that a success at the first attempt returns.
const SUCCESS: u32 = 1;

/// A token bucket. It starts full, and while nothing succeeds it allows as many retries as its size.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    tokens: AtomicU32,
    capacity: u32,
}

impl RetryBudget {
    pub(crate) fn new(retries: u32) -> Self {
        let capacity = retries.saturating_mul(RETRY);
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// Withdraws the tokens of one retry; returns `false` if there are too few.
    pub(crate) fn withdraw(&self) -> bool {
        let withdrawn = |tokens: u32| tokens.checked_sub(RETRY);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, withdrawn).is_ok()
    }

    /// Records that a call succeeded at this attempt.
    pub(crate) fn deposit(&self, attempt: u32) {
        let returned = if attempt > 1 { RETRY } else { SUCCESS };
        // The bucket is usually full: skip the write, which would contend between threads.
        if self.tokens.load(Ordering::Relaxed) < self.capacity {
            let deposited = |tokens: u32| Some(tokens.saturating_add(returned).min(self.capacity));
            // The closure never returns `None`.
            let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, deposited);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn withdrawn(budget: &RetryBudget) -> usize {
        (0..1000).take_while(|_| budget.withdraw()).count()
    }

    #[test]
    fn allows_retries_up_to_its_size() {
        assert_eq!(withdrawn(&RetryBudget::new(100)), 100);
        assert_eq!(withdrawn(&RetryBudget::new(0)), 0);
    }

    #[test]
    fn successes_refill_it_up_to_its_size() {
        let budget = RetryBudget::new(2);
        assert_eq!(withdrawn(&budget), 2);
        (0..9).for_each(|_| budget.deposit(1));
        assert_eq!(withdrawn(&budget), 0);
        budget.deposit(1);
        assert_eq!(withdrawn(&budget), 1);
        budget.deposit(2);
        assert_eq!(withdrawn(&budget), 1);
        (0..100).for_each(|_| budget.deposit(3));
        assert_eq!(withdrawn(&budget), 2);
    }

    #[test]
    fn accepts_the_largest_size() {
        assert!(RetryBudget::new(u32::MAX).withdraw());
    }
}
