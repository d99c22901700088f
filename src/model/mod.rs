//! The data types of the endpoint: IDs, codes, and the hand-written methods of the generated types.
//!
//! Start with [`TypeTargets`] and [`Wildcard`], the extension traits for building an update. This layer depends only on
//! the generated types. It does not validate updates; `crate::validation` does.

mod code;
mod id;
mod targets;
mod wildcard;

pub use code::ErrorCode;
pub use id::{AppId, DestinationId, InvalidId};
pub(crate) use targets::target_field;
// `TypeName` is public because the generated types name it; nothing re-exports it.
#[allow(unreachable_pub)]
pub use targets::{TypeName, TypeTargets};
pub(crate) use wildcard::WILDCARD;
pub use wildcard::Wildcard;

use crate::generated::types::{DestinationUpdate, SupportLanguages, SupportLocations};

/// Seals `Wildcard`, `TypeTargets` and `Validate`, so that adding a method is not a breaking change.
pub trait Sealed {}

impl Sealed for DestinationUpdate {}
impl Sealed for SupportLanguages {}
impl Sealed for SupportLocations {}
