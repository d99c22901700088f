//! Every public type is `Send` and `Sync`, and every error can be boxed.

use std::error::Error as StdError;

use cinnox_destination::{
    AppId, Client, ClientBuilder, ConfigError, DestinationId, DestinationType, DestinationUpdate, DisplayName, Error,
    ErrorCode, ErrorKind, InvalidId, JsonError, Outcome, Response, RetryPolicy, Rule, RuleSource, SuccessCode,
    SupportLanguages, SupportLocations, Timeout, UpdatedDestination, UpdatedId, Violation, Violations, Wildcard,
    generated,
};

fn crosses_threads<T: Send + Sync + 'static>() {}

fn is_an_error<T: StdError + Send + Sync + 'static>() {}

fn can_be_cloned<T: Clone>() {}

#[test]
fn every_public_type_is_send_and_sync() {
    crosses_threads::<AppId>();
    crosses_threads::<Client>();
    crosses_threads::<ClientBuilder>();
    crosses_threads::<ConfigError>();
    crosses_threads::<DestinationId>();
    crosses_threads::<DestinationType>();
    crosses_threads::<DestinationUpdate>();
    crosses_threads::<DisplayName>();
    crosses_threads::<Error>();
    crosses_threads::<ErrorCode>();
    crosses_threads::<ErrorKind>();
    crosses_threads::<InvalidId>();
    crosses_threads::<JsonError>();
    crosses_threads::<Outcome>();
    crosses_threads::<Response<UpdatedDestination>>();
    crosses_threads::<RetryPolicy>();
    crosses_threads::<Rule>();
    crosses_threads::<RuleSource>();
    crosses_threads::<SuccessCode>();
    crosses_threads::<SupportLanguages>();
    crosses_threads::<SupportLocations>();
    crosses_threads::<Timeout>();
    crosses_threads::<UpdatedDestination>();
    crosses_threads::<UpdatedId>();
    crosses_threads::<Violation>();
    crosses_threads::<Violations>();
    crosses_threads::<generated::Client>();
    crosses_threads::<generated::types::ApiError>();
    crosses_threads::<generated::types::UpdatedDestinationResult>();
}

/// The list above is complete.
#[test]
fn every_exported_type_is_in_the_list() {
    const NO_TYPES: [&str; 4] = ["Result", "TypeTargets", "Validate", "Wildcard"];
    let library = include_str!("../../src/lib.rs");
    let (_, exports) = library.split_once("pub use crate::{").unwrap();
    let (exports, _) = exports.split_once("\n};").unwrap();
    let names = exports.split(|c: char| !c.is_alphanumeric()).filter(|name| name.starts_with(char::is_uppercase));
    for name in names.filter(|name| !NO_TYPES.contains(name)) {
        let line = format!("    crosses_threads::<{name}");
        assert!(include_str!("autotraits.rs").contains(&line), "{name} is not in the list");
    }
}

#[test]
fn mock_types_are_send_and_sync() {
    use cinnox_destination::mock::{Failure, MockServer, Received};

    crosses_threads::<MockServer>();
    crosses_threads::<Failure>();
    crosses_threads::<Received>();
}

#[test]
fn every_error_is_send_sync_and_static() {
    is_an_error::<ConfigError>();
    is_an_error::<Error>();
    is_an_error::<InvalidId>();
    is_an_error::<JsonError>();
    is_an_error::<Violations>();
    is_an_error::<generated::Error<generated::types::ApiError>>();
    is_an_error::<generated::types::error::ConversionError>();
}

#[test]
fn clients_can_be_cloned() {
    can_be_cloned::<Client>();
    can_be_cloned::<generated::Client>();
}

/// Compiles only if the future of a call can move to another thread.
#[tokio::test]
async fn call_can_be_spawned() {
    let client = Client::builder("https://examplebaseurl.com", "app-1", "token-1").build().unwrap();
    let update = DestinationUpdate::new("", SupportLanguages::all(), SupportLocations::all()).unwrap();
    let id: DestinationId = "dest-1".parse().unwrap();
    let called = tokio::spawn(async move { client.update(&id, &update).await });
    assert_eq!(called.await.unwrap().unwrap_err().outcome(), Outcome::NotSent);
}

#[test]
fn generated_call_can_be_spawned() {
    fn check<'a>(
        client: &'a generated::Client,
        app_id: &'a AppId,
        id: &'a DestinationId,
        update: &'a DestinationUpdate,
    ) -> impl Send + 'a {
        client.update_destination(app_id, id, update)
    }
    let _ = check;
}
