//! The code that the build script makes of many edited documents, each as a module of its own.

pub use cinnox_destination::{AppId, DestinationId, SuccessCode, UpdatedId};

pub mod client {
    #[derive(Clone, Debug)]
    pub struct Attempt;
}

macro_rules! made {
    ($($name:ident)*) => {$(
        #[allow(warnings, rustdoc::all)]
        pub mod $name {
            include!(concat!(stringify!($name), ".rs"));

            impl progenitor_client::ClientHooks<crate::client::Attempt> for Client {}

            pub const ALL: usize = document::OPERATIONS.len() + document::SCHEMAS.len();
        }
    )*};
}

include!("names.rs");
