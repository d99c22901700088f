//! The data of the endpoint, without the rules of an update: IDs, codes, and the hand-written methods of the generated types.
//!
//! Start with [`TypeTargets`] and [`Wildcard`], the extension traits with which an update is put together. This layer
//! knows the generated types and nothing above them; which values are right is for `crate::validation` to say.

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
