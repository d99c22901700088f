//! The same call made by five clients. All of them keep their default settings, so that each row is what a user gets.

use std::pin::Pin;

use cinnox_destination::{AppId, Client, DestinationId, DestinationUpdate};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::{Deserialize, Serialize};

use crate::clients::openapi_generator::apis::configuration::Configuration;
use crate::clients::openapi_generator::apis::destination_api;
use crate::clients::openapi_generator::models;
use crate::clients::progenitor;
use crate::{Result, samples};

const APP_ID: &str = "app-1";
const TOKEN: &str = "5d41402abc4b2a76b9719d911017c592a76b9719";
const DESTINATION_ID: &str = "dest-1";

/// The future is boxed, as it is in a spawned task. It resolves to whether the server confirmed the update.
pub(crate) type Call<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;

/// Sends the typical update to one destination.
pub(crate) trait Caller {
    fn call(&self) -> Call<'_>;
}

pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// Makes the client, given the base URL of the server.
    pub(crate) new: fn(&str) -> Result<Box<dyn Caller>>,
}

/// The others are compared with the first.
pub(crate) const WAYS: [Way; 5] = [
    Way { name: "hand-written", new: |url| Ok(Box::new(HandWritten::new(url)?)) },
    Way { name: "progenitor", new: |url| Ok(Box::new(Progenitor::new(url)?)) },
    Way { name: "openapi-generator", new: |url| Ok(Box::new(OpenapiGenerator::new(url)?)) },
    Way { name: "generated", new: |url| Ok(Box::new(Generated(Ours::new(url)?))) },
    Way { name: "update", new: |url| Ok(Box::new(Update(Ours::new(url)?))) },
];

pub(crate) fn way(name: &str) -> Result<&'static Way> {
    WAYS.iter().find(|way| way.name == name).ok_or_else(|| format!("there is no way to call named {name}").into())
}

/// A call written directly with reqwest: typed structs, bearer token, JSON in and out.
struct HandWritten {
    http: reqwest::Client,
    base_url: String,
    update: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    display_name: String,
    support_languages: Vec<String>,
    support_locations: Vec<String>,
    types: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    phone_targets: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    staff_targets: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trunk_targets: Vec<String>,
}

#[derive(Deserialize)]
struct Updated {
    code: Option<f64>,
    result: UpdatedResult,
}

#[derive(Deserialize)]
struct UpdatedResult {
    id: String,
}

impl HandWritten {
    fn new(base_url: &str) -> Result<Self> {
        let http = reqwest::Client::builder().build()?;
        Ok(Self { http, base_url: base_url.to_owned(), update: samples::typical_as()? })
    }

    async fn send(&self) -> reqwest::Result<Updated> {
        let url = format!("{}/v1/api/apps/{APP_ID}/destination/{DESTINATION_ID}", self.base_url);
        let response = self.http.patch(url).bearer_auth(TOKEN).json(&self.update).send().await?;
        response.error_for_status()?.json().await
    }
}

impl Caller for HandWritten {
    fn call(&self) -> Call<'_> {
        Box::pin(async {
            let updated = self.send().await;
            updated.is_ok_and(|updated| updated.code == Some(200.0) && updated.result.id == DESTINATION_ID)
        })
    }
}

/// Plain progenitor's client.
struct Progenitor {
    client: progenitor::Client,
    app_id: progenitor::types::AppId,
    destination_id: progenitor::types::DestinationId,
    update: progenitor::types::DestinationUpdate,
}

impl Progenitor {
    fn new(base_url: &str) -> Result<Self> {
        // It has no parameter for a token.
        let headers = HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {TOKEN}").parse()?)]);
        let http = reqwest::Client::builder().default_headers(headers).build()?;
        Ok(Self {
            client: progenitor::Client::new_with_client(base_url, http),
            app_id: APP_ID.parse()?,
            destination_id: DESTINATION_ID.parse()?,
            update: samples::typical_as()?,
        })
    }
}

impl Caller for Progenitor {
    fn call(&self) -> Call<'_> {
        Box::pin(async {
            let updated = self.client.update_destination(&self.app_id, &self.destination_id, &self.update).await;
            updated.is_ok_and(|updated| *updated.result.id == DESTINATION_ID)
        })
    }
}

/// openapi-generator's client.
struct OpenapiGenerator {
    configuration: Configuration,
    update: models::DestinationUpdate,
}

impl OpenapiGenerator {
    fn new(base_url: &str) -> Result<Self> {
        let mut configuration = Configuration::new();
        base_url.clone_into(&mut configuration.base_path);
        configuration.bearer_access_token = Some(TOKEN.to_owned());
        Ok(Self { configuration, update: samples::typical_as()? })
    }
}

impl Caller for OpenapiGenerator {
    fn call(&self) -> Call<'_> {
        Box::pin(async {
            // The call consumes the update.
            let update = self.update.clone();
            let updated =
                destination_api::update_destination(&self.configuration, APP_ID, DESTINATION_ID, update).await;
            updated.is_ok_and(|updated| updated.result.id == DESTINATION_ID)
        })
    }
}

/// This crate's client.
pub(crate) struct Ours {
    pub(crate) client: Client,
    app_id: AppId,
    destination_id: DestinationId,
    update: DestinationUpdate,
}

impl Ours {
    pub(crate) fn new(base_url: &str) -> Result<Self> {
        Ok(Self {
            client: Client::builder().base_url(base_url).app_id(APP_ID).app_token(TOKEN).build()?,
            app_id: APP_ID.parse()?,
            destination_id: DESTINATION_ID.parse()?,
            update: samples::typical(),
        })
    }
}

/// `client.generated()`: limits and redaction, without validation and retries.
struct Generated(Ours);

impl Caller for Generated {
    fn call(&self) -> Call<'_> {
        let Ours { client, app_id, destination_id, update } = &self.0;
        Box::pin(async {
            let updated = client.generated().update_destination(app_id, destination_id, update).await;
            updated.is_ok_and(|updated| updated.id() == DESTINATION_ID)
        })
    }
}

/// `client.update()`: everything enabled.
struct Update(Ours);

impl Caller for Update {
    fn call(&self) -> Call<'_> {
        let Ours { client, destination_id, update, .. } = &self.0;
        Box::pin(async {
            let updated = client.update(destination_id, update).await;
            updated.is_ok_and(|updated| updated.id() == DESTINATION_ID)
        })
    }
}
