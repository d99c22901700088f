//! The private supertrait that seals `Wildcard`, `TypeTargets` and `Validate`, so that a new method breaks no
//! implementation elsewhere.

use crate::generated::types::{DestinationUpdate, SupportLanguages, SupportLocations};

pub trait Sealed {}

impl Sealed for DestinationUpdate {}
impl Sealed for SupportLanguages {}
impl Sealed for SupportLocations {}
