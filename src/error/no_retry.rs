//! Reasons for not retrying.

use std::{fmt, time::Duration};

/// Why a failure that may be retried was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRetry {
    /// Retried only by an idempotent policy.
    NotIdempotent,
    /// Not retried, because the operation is not idempotent.
    OperationNotIdempotent,
    /// Vetoed by [`RetryPolicy::retry_if`](crate::RetryPolicy::retry_if).
    Declined,
    AttemptsUsed(u32),
    RetryAfterTooLong {
        retry_after: Duration,
        max: Duration,
    },
    /// The next attempt would begin after the total timeout, which is given.
    OutOfTime(Duration),
    BudgetEmpty,
}

impl fmt::Display for NoRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotIdempotent => f.write_str("the retry policy is not idempotent"),
            Self::OperationNotIdempotent => f.write_str("the operation is not idempotent"),
            Self::Declined => f.write_str("retry_if declined"),
            Self::AttemptsUsed(max) => write!(f, "the maximum of {max} attempts was reached"),
            Self::RetryAfterTooLong { retry_after, max } => {
                write!(f, "the server asks for {retry_after:?}, more than the {max:?} allowed")
            }
            Self::OutOfTime(total) => {
                write!(f, "the next attempt would begin after the total timeout of {total:?}")
            }
            Self::BudgetEmpty => f.write_str("the retry budget is empty"),
        }
    }
}
