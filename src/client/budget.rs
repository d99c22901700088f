//! The retry budget: a bound on the retries of all calls together, so that an outage is not multiplied by them.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a retry takes out of the bucket, and a success after a retry puts back.
const RETRY: u32 = 10;

/// What a success at the first attempt puts back.
const SUCCESS: u32 = 1;

/// A token bucket. It starts full; while nothing succeeds, it allows as many retries as its size.
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

    /// Whether one more retry is allowed; if so, it is taken out.
    pub(crate) fn withdraw(&self) -> bool {
        let withdrawn = |tokens: u32| tokens.checked_sub(RETRY);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, withdrawn).is_ok()
    }

    /// A call succeeded, at this attempt.
    pub(crate) fn deposit(&self, attempt: u32) {
        // Most calls find it full, and need not write what all threads read.
        if self.tokens.load(Ordering::Relaxed) < self.capacity {
            let returned = if attempt > 1 { RETRY } else { SUCCESS };
            let deposited = |tokens: u32| Some(tokens.saturating_add(returned).min(self.capacity));
            // The closure never refuses.
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
    fn allows_as_many_retries_as_its_size() {
        assert_eq!(withdrawn(&RetryBudget::new(100)), 100);
        assert_eq!(withdrawn(&RetryBudget::new(0)), 0);
    }

    #[test]
    fn refills_by_successes_and_never_above_its_size() {
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
    fn takes_the_largest_size() {
        assert!(RetryBudget::new(u32::MAX).withdraw());
    }
}
