//! A typed, validated client for the CINNOX Open API endpoint *Update Destination – Service Group*.
//!
//! An update replaces every setting of a service group: its name, the languages and locations it serves, and the phone
//! numbers, staff and SIP trunks that take an enquiry. Start with [`Client::update`].
//!
//! - Invalid updates are never sent: [`Validate::validate`] reports every violated [`Rule`] at once.
//! - Every error reports an [`outcome`](Error::outcome): the update was *not sent*, was *rejected*, or its outcome is
//!   *unknown*.
//! - Only attempts known not to have been applied are retried, unless you opt in to
//!   [idempotent](RetryPolicy::idempotent) retries.
//!
//! # Update a service group
//!
//! ```no_run
//! use cinnox_destination::prelude::*;
//!
//! # async fn example() -> Result<(), Error> {
//! let client = Client::from_env()?; // CINNOX_BASE_URL, CINNOX_APP_ID, CINNOX_APP_TOKEN
//! let languages = SupportLanguages::all();
//! let locations = SupportLocations::only(["HK", "US-CA"]);
//! let update = DestinationUpdate::new("Night shift", languages, locations)
//!     .with_staff(["staff-1", "staff-2"]) // selects STAFF
//!     .with_phones(["+85212345678"]); // selects PHONE
//! let updated = client.update(&"dest-1".parse()?, &update).await?;
//! println!("updated {}", updated.id());
//! # Ok(())
//! # }
//! ```
//!
//! [`Wildcard`] provides `all` and `only`; [`TypeTargets`] provides `with_staff` and similar methods. Use
//! [`Client::builder`] to pass the three values explicitly; [`ClientBuilder`] has all settings. The returned
//! [`Response`] has the body (an [`UpdatedDestination`]), the status, the headers and the number of attempts.
//!
//! # Read an update from JSON
//!
//! ```
//! use cinnox_destination::prelude::*;
//!
//! let json = r#"{
//!     "displayName": " Night shift",
//!     "supportLanguages": ["en", "*"],
//!     "supportLocations": ["HK"],
//!     "types": ["STAFF"],
//!     "staffTargets": ["staff-1"]
//! }"#;
//! match DestinationUpdate::from_json(json) {
//!     // /displayName: " Night shift" begins or ends with white space; remove it
//!     Err(JsonError::Invalid(violations)) => {
//!         violations.iter().for_each(|violation| println!("{violation}"));
//!         assert_eq!(violations.len(), 2);
//!     }
//!     other => println!("{other:?}"),
//! }
//! ```
//!
//! Each [`Violation`] has a JSON pointer, a [`Rule`] and a message that says how to fix it.
//!
//! # Handle a failure
//!
//! ```no_run
//! use cinnox_destination::prelude::*;
//!
//! # async fn example(client: Client, id: DestinationId, update: DestinationUpdate) {
//! match client.update(&id, &update).await {
//!     Ok(updated) => println!("updated {}", updated.id()),
//!     Err(error) if error.outcome() == Outcome::Unknown => eprintln!("may have been applied: {error}"),
//!     // From here on, nothing was applied.
//!     Err(error) if error.is_not_found() => eprintln!("{id} does not exist"),
//!     Err(error) if error.is_throttled() => eprintln!("retry after {:?}", error.retry_after()),
//!     Err(error) => eprintln!("not applied: {error}"),
//! }
//! # }
//! ```
//!
//! Check the outcome first: it covers all attempts, everything else describes the last one. Match on [`ErrorKind`];
//! [`ErrorCode`] lists the vendor's codes. The table at [`Client::update`] says how to handle each kind.
//! [`Error::is_from_api`] distinguishes responses of the API from those of a proxy or firewall.
//!
//! # Change a setting for some calls
//!
//! ```no_run
//! use std::time::Duration;
//! use cinnox_destination::{Client, RetryPolicy};
//!
//! # fn example(client: Client) -> Result<(), cinnox_destination::Error> {
//! let patient = client.with_total_timeout(Duration::from_secs(300));
//! let repeating = client.with_retry(RetryPolicy::default().idempotent());
//! let rotated = client.with_app_token("the new token")?;
//! # Ok(())
//! # }
//! ```
//!
//! These clients share the connections and the [retry budget](ClientBuilder::retry_budget) of `client`.
//!
#![cfg_attr(feature = "mock", doc = include_str!("mock/front_page.md"))]
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `rustls` (default) | TLS by rustls, with the operating system's roots |
//! | `native-tls` | TLS by the operating system's library (on Linux OpenSSL, whose headers are needed to build) |
//! | `socks` | SOCKS proxies |
//! | `mock` | the module `mock`, an in-memory mock server for tests |
//! | `schemars` | `schemars::JsonSchema` for [`DestinationUpdate`] |
//! | `tracing` | a span for each call and attempt, events for retries and failed calls; without bodies, tokens or IDs |
//!
//! With both TLS features, native-tls is used (reqwest's choice). Without TLS, every call to an `https` URL fails with
//! [`ErrorKind::Configuration`].
//!
//! # Logs
//!
//! With the feature `tracing`, each call has a span, and each attempt a child span with OpenTelemetry's names for HTTP
//! clients, both at level `INFO`. Each retry and each failed call has an event at level `WARN` in the span of the call.
//! The target is always `cinnox_destination`. No span or event contains a body, the App Token, an ID or text from the
//! server. An invalid update has no span of an attempt, because nothing is attempted.
//!
//! | name | type | meaning |
//! |---|---|---|
//! | `cinnox.call` | span | a call |
//! | `cinnox.operation` | string | the operation: `update_destination` |
//! | `otel.kind` | string | `internal` |
//! | | | |
//! | `http.client.request` | span | an attempt |
//! | `otel.name` | string | the method and the URL template |
//! | `otel.kind` | string | `client` |
//! | `http.request.method` | string | `PATCH` |
//! | `url.template` | string | the path, with placeholders for the IDs |
//! | `server.address` | string | the host of the base URL |
//! | `server.port` | number | its port |
//! | `http.request.resend_count` | number | the number of earlier attempts; absent for the first |
//! | `http.response.status_code` | number | the HTTP status, if a response began to arrive |
//! | `error.type` | string | if it failed: a status that is not 2xx, otherwise the [`ErrorKind`] in snake case, such as `timeout` |
//! | `cinnox.code` | number | the vendor's error code, if there is one ([`Error::code`]) |
//! | | | |
//! | `attempt failed, will retry` | event | an attempt failed and another one follows |
//! | `attempt` | number | the number of the failed attempt, from 1 |
//! | `delay_ms` | number | the delay before the next attempt in milliseconds |
//! | `reason` | string | what went wrong, such as `code 6451010 (too many requests), status 429` or `connection lost` |
//! | `outcome` | string | the [`Outcome`] so far: `not sent`, `rejected` or `unknown` |
//! | `error.type`, `http.response.status_code`, `cinnox.code` | | as in the span of the attempt |
//! | | | |
//! | `call failed` | event | a call failed |
//! | `attempts` | number | the number of attempts |
//! | `not_retried` | string | why the call was not retried, if a retry could have helped |
//! | `reason`, `outcome` | string | as above; of the last attempt, and of the whole call |
//! | `error.type`, `http.response.status_code`, `cinnox.code` | | as in the span of the last attempt |
//!
//! # Limits
//!
//! The table at [`ClientBuilder`] lists every limit with its default.
//!
//! # Open questions about the vendor's API
//!
//! - Which characters an ID may contain. [`AppId`] and [`DestinationId`] reject only IDs that would change the request
//!   URL.
//! - How the server counts the characters of a display name.
//! - The rate limit, which HTTP status code 6451010 comes with, and whether `Retry-After` is sent.
//! - The `code` of a success ([`SuccessCode`]), and whether a 200 can carry an error code.
//! - How the server responds to a wrong token.
//! - Whether a country covers its states. [`Wildcard::covers`] compares codes exactly.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod error;
pub mod generated;
#[cfg(feature = "mock")]
pub mod mock;
mod model;
mod text;
mod validation;

pub use reqwest;

pub use crate::{
    client::{Client, ClientBuilder, Response, RetryPolicy},
    error::{ConfigError, Error, ErrorKind, Outcome, Result, Timeout},
    generated::types::UpdatedDestination,
    model::{AppId, DestinationId, ErrorCode, InvalidId, SuccessCode, TypeTargets, UpdatedId, Wildcard},
    validation::{JsonError, Rule, UnknownRule, Validate, Violation, Violations},
};

// Introductions of the generated types' pages; rustdoc appends the descriptions from the API document.

/// An update, as sent by [`Client::update`].
///
/// Create it with [`new`](Self::new) or [`from_json`](Self::from_json). [`TypeTargets`] sets its types together with
/// their targets, [`Validate`] validates it.
///
/// ```
/// use cinnox_destination::prelude::*;
///
/// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all());
/// assert!(update.with_staff(["staff-1"]).validate().is_ok());
/// ```
///
#[doc(inline)]
pub use crate::generated::types::DestinationUpdate;

/// The languages of an update. [`Wildcard`] provides its methods: [`all`](Wildcard::all), [`only`](Wildcard::only),
/// [`is_all`](Wildcard::is_all) and [`covers`](Wildcard::covers).
///
/// It dereferences to a `Vec<String>`; to change the list, use the field `0`.
///
/// ```
/// use cinnox_destination::{SupportLanguages, Wildcard};
///
/// let languages = SupportLanguages::only(["en", "zh-HK"]);
/// assert!(languages.covers("en") && SupportLanguages::all().covers("fr"));
/// ```
///
#[doc(inline)]
pub use crate::generated::types::SupportLanguages;

/// The locations of an update. [`Wildcard`] provides its methods: [`all`](Wildcard::all), [`only`](Wildcard::only),
/// [`is_all`](Wildcard::is_all) and [`covers`](Wildcard::covers).
///
/// It dereferences to a `Vec<String>`; to change the list, use the field `0`.
///
/// ```
/// use cinnox_destination::{SupportLocations, Wildcard};
///
/// let locations = SupportLocations::only(["HK", "US-CA"]);
/// assert!(locations.covers("US-CA") && !locations.covers("US"));
/// ```
///
#[doc(inline)]
pub use crate::generated::types::SupportLocations;

/// One of the types of an update. [`TypeTargets`] sets it together with its targets.
///
/// ```
/// use cinnox_destination::prelude::*;
///
/// # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
/// # let update = DestinationUpdate::new("Night shift", languages, locations);
/// let update = update.with_targets(DestinationType::Phone, ["+85212345678"]);
/// assert_eq!(update.types, [DestinationType::Phone]);
/// ```
///
#[doc(inline)]
pub use crate::generated::types::DestinationType;

/// What most programs need: `use cinnox_destination::prelude::*;`.
///
/// It does not contain [`crate::Response`] and [`crate::Result`]: programs that use HTTP often have types of these
/// names, and a call needs neither by name.
pub mod prelude {
    pub use crate::{
        AppId, Client, ConfigError, DestinationId, DestinationType, DestinationUpdate, Error, ErrorCode, ErrorKind,
        JsonError, Outcome, RetryPolicy, SupportLanguages, SupportLocations, TypeTargets, Validate, Violation,
        Violations, Wildcard,
    };
}

/// The examples in the README compile and run as written. One of them needs the feature `mock`.
#[cfg(all(doctest, feature = "mock"))]
#[doc = include_str!("../README.md")]
struct Readme;
