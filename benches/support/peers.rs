//! The same call in three ways.

// Each bench has its own use for it.
#![allow(dead_code)]

use std::{error::Error, time::Duration};

use cinnox_destination::{AppId, Client, DestinationId, DestinationUpdate};
use serde::{Deserialize, Serialize};

use crate::samples;

const APP_ID: &str = "app-1";
const TOKEN: &str = "token";
const DESTINATION_ID: &str = "dest-1";

/// A call as one writes it by hand: typed structs, bearer, JSON in and out, nothing else.
pub(crate) struct HandWritten {
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
    pub(crate) fn new(base_url: &str) -> Result<Self, Box<dyn Error>> {
        let update = serde_json::from_slice(&samples::to_json(&samples::typical()))?;
        // The feature `gzip` is there for tests of this crate only.
        let http = reqwest::Client::builder().no_gzip().build()?;
        Ok(Self { http, base_url: base_url.to_owned(), update })
    }

    pub(crate) async fn call(&self) -> bool {
        let url = format!("{}/v1/api/apps/{APP_ID}/destination/{DESTINATION_ID}", self.base_url);
        let sent = self.http.patch(url).bearer_auth(TOKEN).json(&self.update).send().await;
        match sent.and_then(reqwest::Response::error_for_status) {
            Ok(response) => match response.json::<Updated>().await {
                Ok(updated) => updated.code == Some(200.0) && updated.result.id == DESTINATION_ID,
                Err(_) => false,
            },
            Err(_) => false,
        }
    }
}

/// This crate's client. Its settings are the default ones, but for more time for a thousand calls at once.
pub(crate) struct Ours {
    pub(crate) client: Client,
    app_id: AppId,
    destination_id: DestinationId,
    update: DestinationUpdate,
}

impl Ours {
    pub(crate) fn new(base_url: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            client: Client::builder(base_url, APP_ID, TOKEN).total_timeout(Duration::from_secs(120)).build()?,
            app_id: APP_ID.parse()?,
            destination_id: DESTINATION_ID.parse()?,
            update: samples::typical(),
        })
    }

    /// The plain generated call.
    pub(crate) async fn generated(&self) -> bool {
        let sent = self.client.generated().update_destination(&self.app_id, &self.destination_id, &self.update).await;
        sent.is_ok_and(|updated| updated.id() == DESTINATION_ID)
    }

    /// With validation, retries, limits, and, if the feature is on, `tracing`.
    pub(crate) async fn update(&self) -> bool {
        let updated = self.client.update(&self.destination_id, &self.update).await;
        updated.is_ok_and(|updated| updated.id() == DESTINATION_ID)
    }
}
