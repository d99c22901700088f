//! The data types of the endpoint: IDs, codes, and the hand-written methods of the generated types.
//!
//! Start with [`TypeTargets`] and [`Wildcard`], the extension traits for building an update. This layer depends only on
//! the generated types. It does not validate updates; `crate::validation` does.

mod code;
mod display;
mod id;
mod sealed;
mod targets;
mod updated;
mod wildcard;

pub(crate) use code::integer;
pub use code::{ErrorCode, SuccessCode};
pub use id::{AppId, DestinationId, InvalidId, UpdatedId};
pub(crate) use sealed::Sealed;
pub use targets::TypeTargets;
pub(crate) use targets::target_list;
pub(crate) use wildcard::WILDCARD;
pub use wildcard::Wildcard;
