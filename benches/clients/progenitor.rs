#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{ClientHooks, OperationInfo, RequestBuilderExt, encode_path};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///The answer to an update that was refused.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug, Default)]
    pub struct ApiError {
        ///One of the vendor's error codes.
        #[serde(default)]
        pub code: i64,
        ///What was wrong, in the words of the server.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<::std::string::String>,
    }

    ///An App ID.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct AppId(pub ::std::string::String);
    impl ::std::ops::Deref for AppId {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }

    impl ::std::convert::From<AppId> for ::std::string::String {
        fn from(value: AppId) -> Self {
            value.0
        }
    }

    impl ::std::convert::From<::std::string::String> for AppId {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }

    impl ::std::fmt::Display for AppId {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl ::std::str::FromStr for AppId {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }

    ///The ID of a destination (service group), as the response of the vendor's
    /// Create Destination endpoint gives it.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct DestinationId(pub ::std::string::String);
    impl ::std::ops::Deref for DestinationId {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }

    impl ::std::convert::From<DestinationId> for ::std::string::String {
        fn from(value: DestinationId) -> Self {
            value.0
        }
    }

    impl ::std::convert::From<::std::string::String> for DestinationId {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }

    impl ::std::fmt::Display for DestinationId {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl ::std::str::FromStr for DestinationId {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }

    ///What takes an enquiry, in capital letters.
    #[derive(
        :: serde :: Deserialize, :: serde :: Serialize, Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd,
    )]
    pub enum DestinationType {
        #[serde(rename = "PHONE")]
        Phone,
        #[serde(rename = "STAFF")]
        Staff,
        #[serde(rename = "TRUNK")]
        Trunk,
    }

    impl ::std::fmt::Display for DestinationType {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Phone => f.write_str("PHONE"),
                Self::Staff => f.write_str("STAFF"),
                Self::Trunk => f.write_str("TRUNK"),
            }
        }
    }

    impl ::std::str::FromStr for DestinationType {
        type Err = self::error::ConversionError;
        fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "PHONE" => Ok(Self::Phone),
                "STAFF" => Ok(Self::Staff),
                "TRUNK" => Ok(Self::Trunk),
                _ => Err("invalid value".into()),
            }
        }
    }

    impl ::std::convert::TryFrom<&str> for DestinationType {
        type Error = self::error::ConversionError;
        fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }

    impl ::std::convert::TryFrom<::std::string::String> for DestinationType {
        type Error = self::error::ConversionError;
        fn try_from(value: ::std::string::String) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }

    ///The settings that a destination (service group) has after the update.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
    pub struct DestinationUpdate {
        #[serde(rename = "displayName")]
        pub display_name: DisplayName,
        ///PSTN numbers with their country code. Required when `types` has
        /// `PHONE`.
        #[serde(rename = "phoneTargets", default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub phone_targets: ::std::vec::Vec<::std::string::String>,
        ///Staff IDs. Required when `types` has `STAFF`.
        #[serde(rename = "staffTargets", default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub staff_targets: ::std::vec::Vec<::std::string::String>,
        #[serde(rename = "supportLanguages")]
        pub support_languages: SupportLanguages,
        #[serde(rename = "supportLocations")]
        pub support_locations: SupportLocations,
        ///SIP trunk numbers with their country code. Required when `types` has
        /// `TRUNK`.
        #[serde(rename = "trunkTargets", default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub trunk_targets: ::std::vec::Vec<::std::string::String>,
        ///What takes an enquiry. Each type that is named here needs its list
        /// of targets.
        pub types: ::std::vec::Vec<DestinationType>,
    }

    ///The name of the service group.
    #[derive(:: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct DisplayName(::std::string::String);
    impl ::std::ops::Deref for DisplayName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }

    impl ::std::convert::From<DisplayName> for ::std::string::String {
        fn from(value: DisplayName) -> Self {
            value.0
        }
    }

    impl ::std::str::FromStr for DisplayName {
        type Err = self::error::ConversionError;
        fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
            if value.chars().count() > 40usize {
                return Err("longer than 40 characters".into());
            }
            Ok(Self(value.to_string()))
        }
    }

    impl ::std::convert::TryFrom<&str> for DisplayName {
        type Error = self::error::ConversionError;
        fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }

    impl ::std::convert::TryFrom<::std::string::String> for DisplayName {
        type Error = self::error::ConversionError;
        fn try_from(value: ::std::string::String) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }

    impl<'de> ::serde::Deserialize<'de> for DisplayName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| <D::Error as ::serde::de::Error>::custom(e.to_string()))
        }
    }

    ///One of the vendor's success codes.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct SuccessCode(pub f64);
    impl ::std::ops::Deref for SuccessCode {
        type Target = f64;
        fn deref(&self) -> &f64 {
            &self.0
        }
    }

    impl ::std::convert::From<SuccessCode> for f64 {
        fn from(value: SuccessCode) -> Self {
            value.0
        }
    }

    impl ::std::convert::From<f64> for SuccessCode {
        fn from(value: f64) -> Self {
            Self(value)
        }
    }

    impl ::std::fmt::Display for SuccessCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl ::std::str::FromStr for SuccessCode {
        type Err = <f64 as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }

    impl ::std::convert::TryFrom<&str> for SuccessCode {
        type Error = <f64 as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }

    impl ::std::convert::TryFrom<String> for SuccessCode {
        type Error = <f64 as ::std::str::FromStr>::Err;
        fn try_from(value: String) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }

    ///The codes of the languages in which the staff talk with a customer or
    /// visitor. `*` stands for every language.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct SupportLanguages(pub ::std::vec::Vec<::std::string::String>);
    impl ::std::ops::Deref for SupportLanguages {
        type Target = ::std::vec::Vec<::std::string::String>;
        fn deref(&self) -> &::std::vec::Vec<::std::string::String> {
            &self.0
        }
    }

    impl ::std::convert::From<SupportLanguages> for ::std::vec::Vec<::std::string::String> {
        fn from(value: SupportLanguages) -> Self {
            value.0
        }
    }

    impl ::std::convert::From<::std::vec::Vec<::std::string::String>> for SupportLanguages {
        fn from(value: ::std::vec::Vec<::std::string::String>) -> Self {
            Self(value)
        }
    }

    ///The places that the service group serves, as countries or regions and
    /// their states. `*` stands for every country and region.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct SupportLocations(pub ::std::vec::Vec<::std::string::String>);
    impl ::std::ops::Deref for SupportLocations {
        type Target = ::std::vec::Vec<::std::string::String>;
        fn deref(&self) -> &::std::vec::Vec<::std::string::String> {
            &self.0
        }
    }

    impl ::std::convert::From<SupportLocations> for ::std::vec::Vec<::std::string::String> {
        fn from(value: SupportLocations) -> Self {
            value.0
        }
    }

    impl ::std::convert::From<::std::vec::Vec<::std::string::String>> for SupportLocations {
        fn from(value: ::std::vec::Vec<::std::string::String>) -> Self {
            Self(value)
        }
    }

    ///The answer to an update that was carried out.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
    pub struct UpdatedDestination {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<SuccessCode>,
        pub result: UpdatedDestinationResult,
    }

    ///Names the destination that was updated.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
    pub struct UpdatedDestinationResult {
        pub id: UpdatedId,
    }

    ///The ID of the updated destination.
    #[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct UpdatedId(pub ::std::string::String);
    impl ::std::ops::Deref for UpdatedId {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }

    impl ::std::convert::From<UpdatedId> for ::std::string::String {
        fn from(value: UpdatedId) -> Self {
            value.0
        }
    }

    impl ::std::convert::From<::std::string::String> for UpdatedId {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }

    impl ::std::fmt::Display for UpdatedId {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl ::std::str::FromStr for UpdatedId {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }

    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::fmt::Debug for ConversionError {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }

        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}

#[derive(Clone, Debug)]
///Client for CINNOX Open API, Update Destination – Service Group
///
///Replaces the settings of one service group, which the API calls a
/// destination: its name, the languages and locations it serves, and the phone
/// numbers, staff and SIP trunks that take an enquiry.
///
///Version: 7.3
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
}

impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap())
    }

    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self { baseurl: baseurl.to_string(), client }
    }
}

impl ClientInfo<()> for Client {
    fn api_version() -> &'static str {
        "7.3"
    }

    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }

    fn client(&self) -> &reqwest::Client {
        &self.client
    }

    fn inner(&self) -> &() {
        &()
    }
}

impl ClientHooks<()> for &Client {}
#[allow(clippy::all)]
impl Client {
    ///Update a destination (service group)
    ///
    ///Replaces the settings of the destination with those of the body. The
    /// four required fields are needed every time, whichever of them changes.
    ///
    ///Sends a `PATCH` request to
    /// `/v1/api/apps/{appID}/destination/{destinationID}`
    ///
    ///Arguments:
    /// - `app_id`: The App ID.
    /// - `destination_id`: The ID of the destination to update.
    /// - `body`
    pub async fn update_destination<'a>(
        &'a self,
        app_id: &'a types::AppId,
        destination_id: &'a types::DestinationId,
        body: &'a types::DestinationUpdate,
    ) -> Result<ResponseValue<types::UpdatedDestination>, Error<types::ApiError>> {
        let url = format!(
            "{}/v1/api/apps/{}/destination/{}",
            self.baseurl,
            encode_path(&app_id.to_string()),
            encode_path(&destination_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static("application/json"))
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_destination" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}

/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
