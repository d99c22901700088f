//! A typed, validated client for the CINNOX Open API endpoint *Update Destination – Service Group*.
//!
//! An update replaces every setting of a service group: its name, the languages and locations it serves, and the phone
//! numbers, staff and SIP trunks that take an enquiry. Start with [`Client::update`].
//!
//! - An update that cannot be right is never sent: [`Validate::validate`] finds every broken [`Rule`] at once.
//! - After a failure you know where you stand: [`Error::outcome`] says whether the update was *not sent*, *rejected*, or
//!   whether its outcome is *unknown*.
//! - Only attempts known not to have been applied are retried, unless a [`RetryPolicy`] says otherwise.
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
//! let update = DestinationUpdate::new("Night shift", languages, locations)?
//!     .with_staff(["staff-1", "staff-2"]) // selects STAFF
//!     .with_phones(["+85212345678"]); // selects PHONE
//! let updated = client.update(&"dest-1".parse()?, &update).await?;
//! println!("updated {}", updated.id());
//! # Ok(())
//! # }
//! ```
//!
//! [`Wildcard`] has `all` and `only`, [`TypeTargets`] has `with_staff` and its like. [`Client::builder`] takes the three
//! values from elsewhere, and a [`ClientBuilder`] every setting. The returned [`Response`] has the body (an
//! [`UpdatedDestination`]), the status, the headers and the number of attempts.
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
//! Each [`Violation`] has a JSON pointer, a [`Rule`] with its [`RuleSource`], and a sentence that says what to do.
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
//!     Err(error) if error.is_throttled() => eprintln!("again in {:?}", error.retry_after()),
//!     Err(error) => eprintln!("not applied: {error}"),
//! }
//! # }
//! ```
//!
//! Look at the outcome first: it is about all attempts, everything else about the last one.
//! [`ErrorKind`] is for a `match`, [`ErrorCode`] for the vendor's codes; the table at [`Client::update`] says for each
//! kind what to do. [`Error::is_from_api`] tells an answer of the API from one of a proxy or firewall.
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
//! These handles share the connections and the [retry budget](ClientBuilder::retry_budget) of `client`.
//!
#![cfg_attr(feature = "mock", doc = include_str!("mock/front_page.md"))]
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `rustls` (default) | TLS by rustls, with the operating system's roots |
//! | `native-tls` | TLS by the operating system's library; on Linux that is OpenSSL, with its headers to build |
//! | `socks` | SOCKS proxies |
//! | `mock` | `mock`, the in-memory mock server for tests |
//! | `schemars` | `schemars::JsonSchema` for [`DestinationUpdate`] |
//! | `tracing` | a span for each call and each attempt, events for retries and failed calls; no body, token or ID in them |
//!
//! With both TLS features, native-tls is used (reqwest's choice). Without TLS, every call to an `https` URL fails with
//! [`ErrorKind::Configuration`].
//!
//! # Logs
//!
//! With the feature `tracing`, a call has a span of its own, and each of its attempts one inside it, with OpenTelemetry's
//! names for HTTP clients. Their level is `INFO`. An event is a `WARN` in the span of the call; it is there for each retry,
//! and when a call fails. The target of all of them is `cinnox_destination`. None holds a body, the App Token, an ID or
//! text of the server. An update that is invalid has neither span nor event, because nothing is attempted.
//!
//! | field | type | what it says |
//! |---|---|---|
//! | `cinnox.call` | span | a call |
//! | `cinnox.operation` | text | the operation: `update_destination` |
//! | `otel.kind` | text | `internal` |
//! | | | |
//! | `http.client.request` | span | an attempt |
//! | `otel.name` | text | the method and the template of the URL |
//! | `otel.kind` | text | `client` |
//! | `http.request.method` | text | `PATCH` |
//! | `url.template` | text | the path, with the names of the IDs |
//! | `server.address` | text | the host of the base URL |
//! | `server.port` | number | its port |
//! | `http.request.resend_count` | number | how many attempts went before; not at the first |
//! | `http.response.status_code` | number | the HTTP status, if a response began to arrive |
//! | `error.type` | text | if it failed: the status unless it is 2xx, else the [`ErrorKind`] in snake case, such as `timeout` |
//! | `cinnox.code` | number | the vendor's code, if it failed with one ([`Error::code`]) |
//! | | | |
//! | `attempt failed, will retry` | event | an attempt failed and another one follows |
//! | `attempt` | number | the attempt that failed, from 1 |
//! | `delay_ms` | number | how long the client waits before the next one, in milliseconds |
//! | `reason` | text | what went wrong, such as `code 6451010 (too many requests), status 429` or `connection lost` |
//! | `outcome` | text | the [`Outcome`] so far: `not sent`, `rejected` or `unknown` |
//! | `error.type`, `http.response.status_code`, `cinnox.code` | | as in the span of the attempt |
//! | | | |
//! | `call failed` | event | a call failed |
//! | `attempts` | number | how many attempts were made |
//! | `not_retried` | text | why no further attempt followed, if one could have helped |
//! | `reason`, `outcome` | text | as above, of the last attempt and of the call |
//! | `error.type`, `http.response.status_code`, `cinnox.code` | | as in the span of the last attempt |
//!
//! # Limits
//!
//! The table at [`ClientBuilder`] has every limit with its default.
//!
//! # What is not known about the vendor
//!
//! The alphabet of the IDs ([`AppId`] and [`DestinationId`] refuse only what would change the URL); how the server counts
//! the characters of a [`DisplayName`]; which HTTP status carries code 6451010, whether `Retry-After` is sent, and the
//! rate limit; what `code` is on success ([`SuccessCode`]), and whether a 200 can carry an error code; how the server
//! answers a wrong token; whether a country covers its states ([`Wildcard::covers`] compares letter for letter).
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
    validation::{JsonError, Rule, RuleSource, Validate, Violation, Violations},
};

// The heads of the generated types' pages; what the document says follows.

/// An update: what [`Client::update`] sends.
///
/// Made by [`new`](Self::new) or [`from_json`](Self::from_json); [`TypeTargets`] sets its types with their targets,
/// [`Validate`] checks it.
///
/// ```
/// use cinnox_destination::prelude::*;
///
/// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())?;
/// assert!(update.with_staff(["staff-1"]).validate().is_ok());
/// # Ok::<(), Violations>(())
/// ```
///
#[doc(inline)]
pub use crate::generated::types::DestinationUpdate;

/// The name of a service group in an update: text that is not too long, made by `parse`.
///
/// It dereferences to a `String`. [`DestinationUpdate::new`] takes plain text; [`Validate`] has the other rules of a name.
///
/// ```
/// use cinnox_destination::DisplayName;
///
/// let name: DisplayName = "Night shift".parse().unwrap();
/// assert!(name.starts_with("Night") && "n".repeat(1_000).parse::<DisplayName>().is_err());
/// ```
///
#[doc(inline)]
pub use crate::generated::types::DisplayName;

/// The languages of an update. [`Wildcard`] has its methods: [`all`](Wildcard::all), [`only`](Wildcard::only),
/// [`is_all`](Wildcard::is_all) and [`covers`](Wildcard::covers).
///
/// It dereferences to a `Vec<String>`; the field `0` is that list, to be changed.
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

/// The locations of an update. [`Wildcard`] has its methods: [`all`](Wildcard::all), [`only`](Wildcard::only),
/// [`is_all`](Wildcard::is_all) and [`covers`](Wildcard::covers).
///
/// It dereferences to a `Vec<String>`; the field `0` is that list, to be changed.
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
/// # let update = DestinationUpdate::new("Night shift", languages, locations)?;
/// let update = update.with_targets(DestinationType::Phone, ["+85212345678"]);
/// assert_eq!(update.types, [DestinationType::Phone]);
/// # Ok::<(), Violations>(())
/// ```
///
#[doc(inline)]
pub use crate::generated::types::DestinationType;

/// What most programs need: `use cinnox_destination::prelude::*;`.
///
/// [`crate::Response`] and [`crate::Result`] are not in it: programs that use HTTP have types of these
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
