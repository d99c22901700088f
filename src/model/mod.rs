//! The data of the endpoint, without rules: IDs, codes, and the two extension traits of the generated update.

mod code;
mod id;
mod targets;
mod wildcard;

pub(crate) use code::integer;
pub use code::{ErrorCode, SuccessCode};
pub use id::{AppId, DestinationId, InvalidId, UpdatedId};
pub use targets::TypeTargets;
pub(crate) use targets::target_list;
pub(crate) use wildcard::WILDCARD;
pub use wildcard::Wildcard;
