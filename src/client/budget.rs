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
    fn withdraw(&self) -> bool {
        let withdrawn = |tokens: u32| tokens.checked_sub(RETRY);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, withdrawn).is_ok()
    }

    /// A call succeeded, at this attempt.
    pub(crate) fn deposit(&self, attempt: u32) {
        self.give_back(if attempt > 1 { RETRY } else { SUCCESS });
    }

    fn give_back(&self, returned: u32) {
        // Most calls find it full, and need not write what all threads read.
        if self.tokens.load(Ordering::Relaxed) < self.capacity {
            let deposited = |tokens: u32| Some(tokens.saturating_add(returned).min(self.capacity));
            // The closure never refuses.
            let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, deposited);
        }
    }
}

/// The permission for one retry. It is given back if the retry is not made, because the caller drops the call while it
/// waits.
pub(crate) struct Permit<'a>(Option<&'a RetryBudget>);

impl<'a> Permit<'a> {
    /// `None` if the budget is empty; without a budget, every retry is permitted.
    pub(crate) fn withdraw(budget: Option<&'a RetryBudget>) -> Option<Self> {
        budget.is_none_or(RetryBudget::withdraw).then(|| Self(budget))
    }

    pub(crate) fn spend(mut self) {
        self.0 = None;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(budget) = self.0 {
            budget.give_back(RETRY);
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
    fn takes_back_a_permit_that_is_not_spent() {
        let budget = RetryBudget::new(1);
        drop(Permit::withdraw(Some(&budget)).unwrap());
        let permit = Permit::withdraw(Some(&budget)).unwrap();
        assert!(Permit::withdraw(Some(&budget)).is_none());
        permit.spend();
        assert!(Permit::withdraw(Some(&budget)).is_none());
        Permit::withdraw(None).unwrap().spend();
    }

    #[test]
    fn takes_the_largest_size() {
        assert!(RetryBudget::new(u32::MAX).withdraw());
    }
}
