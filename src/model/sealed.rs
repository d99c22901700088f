//! The private supertrait that seals `Wildcard`, `TypeTargets` and `Validate`, so that adding a method is not a
//! breaking change.

use crate::generated::types::{DestinationUpdate, SupportLanguages, SupportLocations};

pub trait Sealed {}

impl Sealed for DestinationUpdate {}
impl Sealed for SupportLanguages {}
impl Sealed for SupportLocations {}
