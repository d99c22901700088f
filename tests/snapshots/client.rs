#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///The response to a rejected request.
    #[non_exhaustive]
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct ApiError {
        ///One of the vendor's error codes.
        #[serde(default)]
        pub code: i64,
        ///A description of the error.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<::std::string::String>,
    }
    ///A type of target that takes enquiries.
    #[non_exhaustive]
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum DestinationType {
        #[serde(rename = "PHONE")]
        ///`PHONE`
        Phone,
        #[serde(rename = "STAFF")]
        ///`STAFF`
        Staff,
        #[serde(rename = "TRUNK")]
        ///`TRUNK`
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
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
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
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for DestinationType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///The settings that a destination (service group) has after the update.
    #[non_exhaustive]
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct DestinationUpdate {
        /**The name of the service group.

At most 40 characters.*/
        #[serde(rename = "displayName")]
        pub display_name: DisplayName,
        ///PSTN numbers with their country code. Required when `types` contains `PHONE`.
        #[serde(
            rename = "phoneTargets",
            default,
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub phone_targets: ::std::vec::Vec<::std::string::String>,
        ///Staff IDs. Required when `types` contains `STAFF`.
        #[serde(
            rename = "staffTargets",
            default,
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub staff_targets: ::std::vec::Vec<::std::string::String>,
        ///Codes of the languages that the staff speak with customers and visitors. `*` means every language.
        #[serde(rename = "supportLanguages")]
        pub support_languages: SupportLanguages,
        ///The locations that the service group serves: codes of countries, regions or their states. `*` means every location.
        #[serde(rename = "supportLocations")]
        pub support_locations: SupportLocations,
        ///SIP trunk numbers with their country code. Required when `types` contains `TRUNK`.
        #[serde(
            rename = "trunkTargets",
            default,
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub trunk_targets: ::std::vec::Vec<::std::string::String>,
        ///The types of target that take enquiries. Each selected type needs its list of targets.
        pub types: ::std::vec::Vec<DestinationType>,
    }
    /**The name of the service group.

At most 40 characters.*/
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
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
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if value.chars().count() > 40usize {
                return Err("longer than 40 characters".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for DisplayName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for DisplayName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
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
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///Codes of the languages that the staff speak with customers and visitors. `*` means every language.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(transparent)]
    pub struct SupportLanguages(pub ::std::vec::Vec<::std::string::String>);
    impl ::std::ops::Deref for SupportLanguages {
        type Target = ::std::vec::Vec<::std::string::String>;
        fn deref(&self) -> &::std::vec::Vec<::std::string::String> {
            &self.0
        }
    }
    impl ::std::convert::From<SupportLanguages>
    for ::std::vec::Vec<::std::string::String> {
        fn from(value: SupportLanguages) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::vec::Vec<::std::string::String>>
    for SupportLanguages {
        fn from(value: ::std::vec::Vec<::std::string::String>) -> Self {
            Self(value)
        }
    }
    ///The locations that the service group serves: codes of countries, regions or their states. `*` means every location.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(transparent)]
    pub struct SupportLocations(pub ::std::vec::Vec<::std::string::String>);
    impl ::std::ops::Deref for SupportLocations {
        type Target = ::std::vec::Vec<::std::string::String>;
        fn deref(&self) -> &::std::vec::Vec<::std::string::String> {
            &self.0
        }
    }
    impl ::std::convert::From<SupportLocations>
    for ::std::vec::Vec<::std::string::String> {
        fn from(value: SupportLocations) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::vec::Vec<::std::string::String>>
    for SupportLocations {
        fn from(value: ::std::vec::Vec<::std::string::String>) -> Self {
            Self(value)
        }
    }
    ///The response to a successful update.
    #[non_exhaustive]
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct UpdatedDestination {
        ///The code of a successful response. The vendor does not document its value.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<crate::SuccessCode>,
        ///Identifies the updated destination.
        pub result: UpdatedDestinationResult,
    }
    ///Identifies the updated destination.
    #[non_exhaustive]
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct UpdatedDestinationResult {
        ///The ID of the updated destination.
        pub id: crate::UpdatedId,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
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
    impl ApiError {
        pub(crate) const CODE: &'static str = "code";
        pub(crate) const MESSAGE: &'static str = "message";
        pub(crate) const FIELDS: &'static [&'static str] = &["code", "message"];
        pub(crate) fn with_required() -> Self {
            Self {
                code: ::std::default::Default::default(),
                message: ::std::default::Default::default(),
            }
        }
    }
    impl DestinationType {
        pub(crate) const ALL: &'static [Self] = &[Self::Phone, Self::Staff, Self::Trunk];
    }
    impl DestinationUpdate {
        pub(crate) const DISPLAY_NAME: &'static str = "displayName";
        pub(crate) const PHONE_TARGETS: &'static str = "phoneTargets";
        pub(crate) const STAFF_TARGETS: &'static str = "staffTargets";
        pub(crate) const SUPPORT_LANGUAGES: &'static str = "supportLanguages";
        pub(crate) const SUPPORT_LOCATIONS: &'static str = "supportLocations";
        pub(crate) const TRUNK_TARGETS: &'static str = "trunkTargets";
        pub(crate) const TYPES: &'static str = "types";
        pub(crate) const FIELDS: &'static [&'static str] = &[
            "displayName",
            "phoneTargets",
            "staffTargets",
            "supportLanguages",
            "supportLocations",
            "trunkTargets",
            "types",
        ];
        pub(crate) fn with_required(
            display_name: DisplayName,
            support_languages: SupportLanguages,
            support_locations: SupportLocations,
            types: ::std::vec::Vec<DestinationType>,
        ) -> Self {
            Self {
                display_name: display_name,
                phone_targets: ::std::default::Default::default(),
                staff_targets: ::std::default::Default::default(),
                support_languages: support_languages,
                support_locations: support_locations,
                trunk_targets: ::std::default::Default::default(),
                types: types,
            }
        }
    }
    impl UpdatedDestination {
        pub(crate) const CODE: &'static str = "code";
        pub(crate) const RESULT: &'static str = "result";
        pub(crate) const FIELDS: &'static [&'static str] = &["code", "result"];
        pub(crate) fn with_required(result: UpdatedDestinationResult) -> Self {
            Self {
                code: ::std::default::Default::default(),
                result: result,
            }
        }
    }
    impl UpdatedDestinationResult {
        pub(crate) const ID: &'static str = "id";
        pub(crate) const FIELDS: &'static [&'static str] = &["id"];
        pub(crate) fn with_required(id: crate::UpdatedId) -> Self {
            Self { id: id }
        }
    }
    const _: () = {
        #[derive(::serde::Deserialize)]
        #[serde(remote = "ApiError")]
        struct __Fields {
            #[serde(default)]
            pub code: i64,
            #[serde(skip_serializing_if = "::std::option::Option::is_none")]
            pub message: ::std::option::Option<::std::string::String>,
        }
        struct __Object;
        impl<'de> ::serde::de::Visitor<'de> for __Object {
            type Value = ApiError;
            fn expecting(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> ::std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                self,
                map: __A,
            ) -> ::std::result::Result<ApiError, __A::Error> {
                __Fields::deserialize(
                    ::serde::de::value::MapAccessDeserializer::new(map),
                )
            }
        }
        impl<'de> ::serde::Deserialize<'de> for ApiError {
            fn deserialize<__D: ::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                deserializer.deserialize_map(__Object)
            }
        }
    };
    const _: () = {
        #[derive(::serde::Deserialize)]
        #[serde(remote = "DestinationUpdate")]
        #[serde(deny_unknown_fields)]
        struct __Fields {
            #[serde(rename = "displayName")]
            pub display_name: DisplayName,
            #[serde(
                rename = "phoneTargets",
                default,
                skip_serializing_if = "::std::vec::Vec::is_empty"
            )]
            pub phone_targets: ::std::vec::Vec<::std::string::String>,
            #[serde(
                rename = "staffTargets",
                default,
                skip_serializing_if = "::std::vec::Vec::is_empty"
            )]
            pub staff_targets: ::std::vec::Vec<::std::string::String>,
            #[serde(rename = "supportLanguages")]
            pub support_languages: SupportLanguages,
            #[serde(rename = "supportLocations")]
            pub support_locations: SupportLocations,
            #[serde(
                rename = "trunkTargets",
                default,
                skip_serializing_if = "::std::vec::Vec::is_empty"
            )]
            pub trunk_targets: ::std::vec::Vec<::std::string::String>,
            pub types: ::std::vec::Vec<DestinationType>,
        }
        struct __Object;
        impl<'de> ::serde::de::Visitor<'de> for __Object {
            type Value = DestinationUpdate;
            fn expecting(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> ::std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                self,
                map: __A,
            ) -> ::std::result::Result<DestinationUpdate, __A::Error> {
                __Fields::deserialize(
                    ::serde::de::value::MapAccessDeserializer::new(map),
                )
            }
        }
        impl<'de> ::serde::Deserialize<'de> for DestinationUpdate {
            fn deserialize<__D: ::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                deserializer.deserialize_map(__Object)
            }
        }
    };
    const _: () = {
        #[derive(::serde::Deserialize)]
        #[serde(remote = "UpdatedDestination")]
        struct __Fields {
            #[serde(skip_serializing_if = "::std::option::Option::is_none")]
            pub code: ::std::option::Option<crate::SuccessCode>,
            pub result: UpdatedDestinationResult,
        }
        struct __Object;
        impl<'de> ::serde::de::Visitor<'de> for __Object {
            type Value = UpdatedDestination;
            fn expecting(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> ::std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                self,
                map: __A,
            ) -> ::std::result::Result<UpdatedDestination, __A::Error> {
                __Fields::deserialize(
                    ::serde::de::value::MapAccessDeserializer::new(map),
                )
            }
        }
        impl<'de> ::serde::Deserialize<'de> for UpdatedDestination {
            fn deserialize<__D: ::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                deserializer.deserialize_map(__Object)
            }
        }
    };
    const _: () = {
        #[derive(::serde::Deserialize)]
        #[serde(remote = "UpdatedDestinationResult")]
        struct __Fields {
            pub id: crate::UpdatedId,
        }
        struct __Object;
        impl<'de> ::serde::de::Visitor<'de> for __Object {
            type Value = UpdatedDestinationResult;
            fn expecting(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> ::std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                self,
                map: __A,
            ) -> ::std::result::Result<UpdatedDestinationResult, __A::Error> {
                __Fields::deserialize(
                    ::serde::de::value::MapAccessDeserializer::new(map),
                )
            }
        }
        impl<'de> ::serde::Deserialize<'de> for UpdatedDestinationResult {
            fn deserialize<__D: ::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                deserializer.deserialize_map(__Object)
            }
        }
    };
}
#[derive(Clone, Debug)]
/**Client for CINNOX Open API, Update Destination – Service Group

Replaces the settings of one service group, which the API calls a destination: its name, the languages and locations it serves, and the phone numbers, staff and SIP trunks that take an enquiry.

Version: 7.3*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::client::Attempt,
}
impl ClientInfo<crate::client::Attempt> for Client {
    fn api_version() -> &'static str {
        "7.3"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::client::Attempt {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::client::Attempt>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /**Update a destination (service group)

Replaces the settings of the destination with those of the body. The four required fields must always be sent, even if unchanged.

Sends a `PATCH` request to `/v1/api/apps/{appID}/destination/{destinationID}`

Arguments:
- `app_id`: The App ID.
- `destination_id`: The ID of the destination to update.
- `body`
*/
    pub async fn update_destination<'a>(
        &'a self,
        app_id: &'a crate::AppId,
        destination_id: &'a crate::DestinationId,
        body: &'a types::DestinationUpdate,
    ) -> Result<ResponseValue<types::UpdatedDestination>, Error<types::ApiError>> {
        let url = format!(
            "{}/v1/api/apps/{}/destination/{}", self.baseurl, encode_path(& app_id
            .to_string()), encode_path(& destination_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "update_destination",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
