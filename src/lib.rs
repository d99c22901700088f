//! A typed, validated client for the CINNOX Open API endpoint *Update Destination – Service Group*. It is unofficial: the
//! vendor has no part in it.
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
//! [`Client::builder`] to pass the three values explicitly; [`ClientBuilder`] has all settings.
//! [`DestinationUpdate::from_json`] reads an update from JSON and validates it; plain serde reads a stored update without
//! judging it.
//!
//! A program without async code creates one runtime, `tokio::runtime::Builder::new_current_thread().enable_all().build()?`,
//! and makes every call with its `block_on(client.update(…))`. Open connections belong to the runtime.
//!
//! # Handle a failure
//!
//! ```no_run
//! use cinnox_destination::prelude::*;
//!
//! # async fn example(client: Client, id: DestinationId, update: DestinationUpdate) {
//! match client.update(&id, &update).await {
//!     Ok(updated) => println!("updated {}", updated.id()),
//!     Err(error) if error.outcome() == Outcome::Unknown => eprintln!("check {id} before resending: {error}"),
//!     // From here on, nothing was applied.
//!     Err(error) if error.is_unauthorized() && error.is_from_api() => eprintln!("replace the App Token: {error}"),
//!     Err(error) if error.is_not_found() => eprintln!("{id} does not exist"),
//!     Err(error) if error.is_throttled() => eprintln!("retry after {:?}", error.retry_after()),
//!     Err(error) => eprintln!("not applied: {error}"),
//! }
//! # }
//! ```
//!
//! Check the outcome first. It covers all attempts; everything else describes the last one. A 401 that is not from the API
//! may be that of a proxy. The table at
//! [`Client::update`] says what to do for each kind, the table at [`Outcome`] what each response means.
//!
//! # Change a setting for some calls
//!
//! ```no_run
//! use std::time::Duration;
//! use cinnox_destination::{Client, RetryPolicy};
//!
//! # fn example(client: Client) -> Result<(), cinnox_destination::ConfigError> {
//! let patient = client.with_total_timeout(Duration::from_secs(300));
//! let repeating = client.with_retry(RetryPolicy::default().idempotent());
//! client.set_app_token("the new token")?; // all three use it from their next attempt on
//! # Ok(())
//! # }
//! ```
//!
//! These clients share the connections and the [retry budget](ClientBuilder::retry_budget) of `client`.
//!
#![cfg_attr(feature = "mock", doc = include_str!("mock/front_page.md"))]
//! # Run it as a job
//!
//! The example `sync.rs` updates many groups with bounded concurrency, stores which updates are pending or unknown,
//! rotates the token, and on shutdown finishes the calls in flight. To store [`Outcome`], [`ErrorCode`],
//! [`DestinationId`] and [`DestinationUpdate`], use serde. [`Outcome::as_str`] and [`ErrorKind::as_str`] are label
//! values for metrics; the example `metrics.rs` counts calls, attempts and outcomes.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `rustls` (default) | TLS by rustls, with the operating system's roots |
//! | `native-tls` | TLS by the operating system's library (on Linux OpenSSL, whose headers are needed to build) |
//! | `socks` | SOCKS proxies |
//! | `mock` | the module `mock`, an in-memory mock server for tests |
//! | `schemars` | `schemars::JsonSchema` for [`DestinationUpdate`] |
//!
//! With both `rustls` and `native-tls`, native-tls is used (reqwest's choice). With neither, [`ClientBuilder::build`]
//! rejects an `https` base URL, unless [`ClientBuilder::http_client`] brings TLS.
//!
//! # Logs
//!
//! Each call has a `tracing` span, and each attempt a child span, both at level `INFO`. Each retry and each failed call has
//! an event at level `WARN`. The target is `cinnox_destination`. None contains a body, the App Token, an ID or text from
//! the server.
//!
//! | span or event | fields |
//! |---|---|
//! | span `cinnox.call` | `cinnox.operation`, `otel.kind` |
//! | span `http.client.request` | OpenTelemetry's for HTTP clients: `otel.name`, `otel.kind`, `http.request.method`, `url.template`, `server.address`, `server.port`, `http.request.resend_count`, `http.response.status_code`, `error.type`; and `cinnox.code` |
//! | event `attempt failed, will retry` | `attempt`, `delay_ms`, `reason`, `outcome`, `error.type`, `http.response.status_code`, `cinnox.code` |
//! | event `call failed` | `attempts`, `not_retried`, `reason`, `outcome`, `error.type`, `http.response.status_code`, `cinnox.code` |
//!
//! `error.type` is the status of an error response, else [`ErrorKind::as_str`]; `outcome` is [`Outcome::as_str`];
//! `cinnox.code` is [`Error::code`].
//!
//! # What is not known about the vendor's API
//!
//! - Which characters an ID may contain. [`AppId`] and [`DestinationId`] reject only IDs that would change the request
//!   URL.
//! - In which form a response names the destination. If it is another one than that of the request, use
//!   [`ClientBuilder::accept_any_id`].
//! - How the server counts the characters of a display name.
//! - Whether a list of targets that an update omits is cleared. Empty lists are omitted.
//! - The rate limit, the HTTP status of the code 6451010, and whether `Retry-After` is sent.
//! - The `code` of a success, and whether a 200 can carry an error code.
//! - How the server responds to a wrong token.
//! - Which codes of languages and locations exist, and whether a country covers its states. [`Wildcard::covers`] compares
//!   codes exactly.
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

pub use crate::client::{Client, ClientBuilder, Response, RetryPolicy};
pub use crate::error::{ConfigError, Error, ErrorKind, Outcome, Result, Timeout};
pub use crate::generated::types::UpdatedDestination;
pub use crate::model::{AppId, DestinationId, ErrorCode, InvalidId, TypeTargets, Wildcard};
pub use crate::validation::{JsonError, Rule, UnknownRule, Validate, Violation, Violations};

// Introductions of the generated types' pages; rustdoc appends the descriptions from the OpenAPI document.

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
