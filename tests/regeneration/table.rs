//! The table of edits: what is replaced in the document, and what comes of it.

pub(crate) const OPERATION: &str = "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}/patch";
pub(crate) const UPDATE: &str = "/components/schemas/DestinationUpdate";

/// Where another property of the update, parameter or response can be added.
const PROPERTIES: &str = "        displayName:\n";
const PARAMETERS: &str = "        - name: destinationID\n";
const RESPONSES: &str = "        \"400\":\n";
const NAME: &str = "    DisplayName:\n      type: string\n";
const MAX_LENGTH: &str = "      maxLength: 40\n";
const DESCRIPTION: &str = "      description: The name of the service group.\n";

pub(crate) struct Edit {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [(&'static str, &'static str)],
    /// The sentence, with `OPERATION` and `UPDATE` for the two pointers; `None` if the build script succeeds.
    pub(crate) refused: Option<&'static str>,
}

const fn made(name: &'static str, edits: &'static [(&'static str, &'static str)]) -> Edit {
    Edit { name, edits, refused: None }
}

const fn refused(name: &'static str, edits: &'static [(&'static str, &'static str)], sentence: &'static str) -> Edit {
    Edit { name, edits, refused: Some(sentence) }
}

pub(crate) const TABLE: &[Edit] = &[
    made("camel_case_operation_id", &[("operationId: update_destination", "operationId: updateDestination")]),
    made("operation_id_is_a_keyword", &[("operationId: update_destination", "operationId: async")]),
    made("title_case_operation_id", &[("operationId: update_destination", "operationId: Update Destination")]),
    refused(
        "operation_id_is_missing",
        &[("      operationId: update_destination\n", "")],
        "OPERATION/operationId: is missing or cannot be used; it becomes the method name; use one such as `updateDestination`",
    ),
    refused(
        "operation_id_is_a_hook",
        &[("operationId: update_destination", "operationId: post")],
        "OPERATION/operationId: is missing or cannot be used; it becomes the method name; use one such as `updateDestination`",
    ),
    made(
        "additional_properties_are_refused",
        &[("      required: [displayName", "      additionalProperties: false\n      required: [displayName")],
    ),
    made(
        "additional_properties_are_allowed",
        &[("      required: [displayName", "      additionalProperties: true\n      required: [displayName")],
    ),
    made(
        "additional_properties_have_a_type",
        &[(
            "      required: [displayName",
            "      additionalProperties: { type: integer }\n      required: [displayName",
        )],
    ),
    made(
        "property_of_its_own_type",
        &[(
            PROPERTIES,
            "        fallback: { $ref: \"#/components/schemas/DestinationUpdate\" }\n        displayName:\n",
        )],
    ),
    made(
        "list_of_its_own_type",
        &[(
            PROPERTIES,
            "        fallback: { type: array, items: { $ref: \"#/components/schemas/DestinationUpdate\" } }\n        displayName:\n",
        )],
    ),
    refused(
        "recursion_through_all_of",
        &[(
            PROPERTIES,
            "        fallback:\n          allOf: [{ $ref: \"#/components/schemas/DestinationUpdate\" }, { type: object, properties: { x: { type: string } } }]\n        displayName:\n",
        )],
        "UPDATE/properties/fallback: contains itself; give it a name in `components`",
    ),
    refused(
        "all_of_itself",
        &[
            (NAME, "    DisplayName:\n      allOf: [{ $ref: \"#/components/schemas/DisplayName\" }]\n"),
            (MAX_LENGTH, ""),
        ],
        "/components/schemas/DisplayName/allOf/0: is a circular reference, or one of a long chain; remove it",
    ),
    refused(
        "reference_to_itself",
        &[(
            NAME,
            "    DisplayName:\n      $ref: \"#/components/schemas/DisplayName\"\n    Unused:\n      type: string\n",
        )],
        "/components/schemas/DisplayName/$ref: #/components/schemas/DisplayName is a circular reference; remove it",
    ),
    refused(
        "references_in_a_circle",
        &[(
            NAME,
            "    A: { $ref: \"#/components/schemas/B\" }\n    B: { $ref: \"#/components/schemas/A\" }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/A/$ref: #/components/schemas/B is a circular reference; remove it",
    ),
    made(
        "alias_of_a_schema",
        &[(
            NAME,
            "    Alias: { $ref: \"#/components/schemas/DestinationType\" }\n    DisplayName:\n      type: string\n",
        )],
    ),
    refused(
        "reference_to_nothing",
        &[("schemas/DisplayName\"", "schemas/Displayname\"")],
        "UPDATE/properties/displayName/$ref: #/components/schemas/Displayname is not in this file; add it or correct the name",
    ),
    refused(
        "reference_to_another_file",
        &[("\"#/components/schemas/DisplayName\"", "\"common.yaml#/DisplayName\"")],
        "UPDATE/properties/displayName/$ref: common.yaml#/DisplayName is not in this file; add it or correct the name",
    ),
    refused(
        "reference_is_a_number",
        &[("$ref: \"#/components/schemas/DisplayName\"", "$ref: 5")],
        "UPDATE/properties/displayName/$ref: 5 is not a reference; write it as \"#/components/…\"",
    ),
    refused(
        "reference_into_a_schema",
        &[("\"#/components/schemas/DisplayName\"", "\"#/components/schemas/DestinationUpdate/properties/types\"")],
        "UPDATE/properties/displayName/$ref: #UPDATE/properties/types must refer to a schema in #/components/schemas",
    ),
    refused(
        "limit_beside_a_reference",
        &[(
            "$ref: \"#/components/schemas/DisplayName\"",
            "$ref: \"#/components/schemas/DisplayName\"\n          maxLength: 3",
        )],
        "UPDATE/properties/displayName/maxLength: is next to a `$ref`, where OpenAPI 3.0 ignores it; write it where the reference leads, or write that out here",
    ),
    made(
        "description_beside_a_reference",
        &[(
            "$ref: \"#/components/schemas/DisplayName\"",
            "$ref: \"#/components/schemas/DisplayName\"\n          description: Shown to people.",
        )],
    ),
    made("property_named_example", &[(PROPERTIES, "        example: { type: string }\n        displayName:\n")]),
    made(
        "properties_with_odd_names",
        &[(
            PROPERTIES,
            "        $ref: { type: string }\n        type: { type: string }\n        self: { type: string }\n        \"1st\": { type: string }\n        x-y: { type: string }\n        a/b~c: { type: string }\n        日本: { type: string }\n        all: { type: string }\n        \"\\u202e\": { type: string }\n        displayName:\n",
        )],
    ),
    made("property_without_a_name", &[(PROPERTIES, "        \"\": { type: string }\n        displayName:\n")]),
    refused(
        "two_properties_are_one_field_by_a_character_that_nobody_sees",
        &[(PROPERTIES, "        a: { type: string }\n        \"a\\u202e\": { type: string }\n        displayName:\n")],
        "UPDATE/properties/a\\u{202e}: another property also becomes the field `a`; rename one of them",
    ),
    refused(
        "two_properties_are_one_field",
        &[(PROPERTIES, "        display_name: { type: string }\n        displayName:\n")],
        "UPDATE/properties/display_name: another property also becomes the field `display_name`; rename one of them",
    ),
    refused(
        "two_schemas_are_one_type",
        &[(NAME, "    display-name: { type: string }\n    DisplayName:\n      type: string\n")],
        "/components/schemas/display-name: and /components/schemas/DisplayName both become the type `DisplayName`; rename one of them",
    ),
    refused(
        "inner_schema_is_one_type_with_another",
        &[
            (
                PROPERTIES,
                "        extra: { type: object, properties: { a: { type: string } } }\n        displayName:\n",
            ),
            (NAME, "    DestinationUpdateExtra: { type: string }\n    DisplayName:\n      type: string\n"),
        ],
        "/components/schemas/DestinationUpdateExtra: and UPDATE/properties/extra both become the type `DestinationUpdateExtra`; rename one of them",
    ),
    refused(
        "schema_has_a_name_of_rust",
        &[(NAME, "    option: { type: string }\n    DisplayName:\n      type: string\n")],
        "/components/schemas/option: would generate the type `Option`, which clashes with Rust's prelude; rename it",
    ),
    refused(
        "schema_is_named_string",
        &[(
            NAME,
            "    string: { type: object, properties: { a: { type: string } } }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/string: would generate the type `String`, which clashes with Rust's prelude; rename it",
    ),
    made(
        "schemas_have_names_of_the_standard_library",
        &[(
            NAME,
            "    Vec: { type: string, enum: [a] }\n    Box: { type: array, items: { type: string } }\n    Default: { type: string, maxLength: 3 }\n    Clone: { type: integer }\n    error: { type: object, properties: { a: { type: string } } }\n    Self: { type: string }\n    From: { type: string }\n    DisplayName:\n      type: string\n",
        )],
    ),
    refused(
        "schema_has_no_name",
        &[(NAME, "    \"a b\": { type: string }\n    DisplayName:\n      type: string\n")],
        "/components/schemas/a b: is not a valid schema name; use letters, digits and . - _",
    ),
    made(
        "title_that_is_a_type",
        &[("      required: [displayName", "      title: ApiError\n      required: [displayName")],
    ),
    made(
        "notes_of_every_kind",
        &[
            (
                PROPERTIES,
                "        priority: { type: integer, nullable: true, minimum: 0, exclusiveMinimum: true, deprecated: true, readOnly: true, externalDocs: { url: \"https://example.com\" }, xml: { name: p }, x-internal: [1] }\n        displayName:\n",
            ),
            (
                "      required: [displayName",
                "      discriminator: { propertyName: displayName }\n      required: [displayName",
            ),
        ],
    ),
    made(
        "required_and_only_read",
        &[
            (PROPERTIES, "        createdAt: { type: string, readOnly: true }\n        displayName:\n"),
            ("required: [displayName", "required: [createdAt, displayName"),
        ],
    ),
    made(
        "format_uuid_and_others",
        &[(
            PROPERTIES,
            "        a: { type: string, format: uuid }\n        b: { type: string, format: date-time }\n        c: { type: string, format: date }\n        d: { type: string, format: ipv4 }\n        e: { type: string, format: byte }\n        f: { type: number, format: float }\n        g: { type: integer, format: int32 }\n        h: { type: string, format: unheard-of }\n        displayName:\n",
        )],
    ),
    refused(
        "pattern_without_its_crate",
        &[(MAX_LENGTH, "      pattern: \"^[A-Z]\"\n")],
        "/components/schemas/DisplayName/pattern: needs the crate `regress` at run time; run `cargo add regress`, or leave the pattern out",
    ),
    refused(
        "one_of",
        &[(PROPERTIES, "        a: { oneOf: [{ type: string }, { type: integer }] }\n        displayName:\n")],
        "UPDATE/properties/a/oneOf: is not supported: a value has one type here; write what all variants have in common",
    ),
    refused(
        "any_of",
        &[(NAME, "    A: { anyOf: [{ type: string }, { type: integer }] }\n    DisplayName:\n      type: string\n")],
        "/components/schemas/A/anyOf: is not supported: a value has one type here; write what all variants have in common",
    ),
    refused(
        "not",
        &[(PROPERTIES, "        a: { not: { type: string } }\n        displayName:\n")],
        "UPDATE/properties/a/not: is not supported: a value has one type here; write what all variants have in common",
    ),
    refused(
        "keyword_of_openapi_3_1",
        &[(PROPERTIES, "        a: { type: string, const: x }\n        displayName:\n")],
        "UPDATE/properties/a/const: is not a keyword of OpenAPI 3.0; correct or remove it",
    ),
    refused(
        "keyword_is_misspelt",
        &[("      maxLength: 40", "      maxlength: 40")],
        "/components/schemas/DisplayName/maxlength: is not a keyword of OpenAPI 3.0; correct or remove it",
    ),
    refused(
        "types_of_openapi_3_1",
        &[(PROPERTIES, "        a: { type: [string, \"null\"] }\n        displayName:\n")],
        "UPDATE/properties/a/type: [\"string\",\"null\"] is not a type of OpenAPI 3.0; write one of string, integer, number, boolean, array, object",
    ),
    refused(
        "exclusive_limit_of_openapi_3_1",
        &[(PROPERTIES, "        a: { type: integer, exclusiveMinimum: 0 }\n        displayName:\n")],
        "UPDATE/properties/a/exclusiveMinimum: is 0; write `true` or `false`, as OpenAPI 3.0 has it",
    ),
    refused(
        "exclusive_limit_without_a_limit",
        &[(PROPERTIES, "        a: { type: integer, exclusiveMinimum: true }\n        displayName:\n")],
        "UPDATE/properties/a/exclusiveMinimum: requires `minimum`; add it",
    ),
    refused(
        "type_is_unknown",
        &[(PROPERTIES, "        a: { type: text }\n        displayName:\n")],
        "UPDATE/properties/a/type: \"text\" is not a type of OpenAPI 3.0; write one of string, integer, number, boolean, array, object",
    ),
    refused(
        "type_is_missing",
        &[(PROPERTIES, "        a: { maxLength: 3, minimum: 4 }\n        displayName:\n")],
        "UPDATE/properties/a: has no `type`; add it",
    ),
    made(
        "type_is_plain_without_being_said",
        &[(
            PROPERTIES,
            "        a: { maxLength: 3 }\n        b: { items: { type: string } }\n        c: { properties: { d: {} } }\n        displayName:\n",
        )],
    ),
    refused(
        "limit_of_another_type",
        &[(PROPERTIES, "        a: { type: integer, maxLength: 3 }\n        displayName:\n")],
        "UPDATE/properties/a/maxLength: does not apply to type integer; remove it",
    ),
    refused(
        "limit_is_a_text",
        &[("maxLength: 40", "maxLength: forty")],
        "/components/schemas/DisplayName/maxLength: is \"forty\"; write an integer from 0 to 4294967295",
    ),
    refused(
        "limit_is_negative",
        &[("maxLength: 40", "maxLength: -1")],
        "/components/schemas/DisplayName/maxLength: is -1; write an integer from 0 to 4294967295",
    ),
    refused(
        "limit_is_huge",
        &[("maxLength: 40", "maxLength: 99999999999")],
        "/components/schemas/DisplayName/maxLength: is 99999999999; write an integer from 0 to 4294967295",
    ),
    made("limits_that_nothing_fits", &[(MAX_LENGTH, "      maxLength: 3\n      minLength: 5\n")]),
    refused(
        "array_without_items",
        &[(PROPERTIES, "        a: { type: array }\n        displayName:\n")],
        "UPDATE/properties/a: has no `items`, which an array needs; add it",
    ),
    refused(
        "required_is_a_flag",
        &[(PROPERTIES, "        a: { type: object, required: true }\n        displayName:\n")],
        "UPDATE/properties/a/required: is true; write a list with at least one entry",
    ),
    refused(
        "required_names_no_property",
        &[("required: [result]", "required: [reslt]")],
        "/components/schemas/UpdatedDestination/required/0: \"reslt\" is none of the properties; add it or correct the name",
    ),
    refused(
        "enum_has_a_value_twice",
        &[("[PHONE, STAFF, TRUNK]", "[PHONE, STAFF, PHONE]")],
        "/components/schemas/DestinationType/enum/2: \"PHONE\" is there twice; remove one of the two",
    ),
    refused(
        "enum_has_a_number",
        &[("[PHONE, STAFF, TRUNK]", "[PHONE, STAFF, 5]")],
        "/components/schemas/DestinationType/enum/2: 5 is not of the type; correct it or put it in quotes",
    ),
    refused(
        "enum_has_values_that_differ_in_case",
        &[("[PHONE, STAFF, TRUNK]", "[PHONE, phone, TRUNK]")],
        "/components/schemas/DestinationType: progenitor cannot make a client of this (Failed to make unique variant names for [PHONE,phone]); correct or simplify it",
    ),
    made(
        "enum_has_odd_values",
        &[(
            PROPERTIES,
            "        a: { type: string, enum: [\"\", \"`a\", \"a b\", \"\\u202eb\", \"self\", \"1\", \"*/c\"] }\n        displayName:\n",
        )],
    ),
    made(
        "enum_of_numbers",
        &[(
            PROPERTIES,
            "        a: { type: integer, enum: [1, 2] }\n        b: { type: number, enum: [0.5] }\n        displayName:\n",
        )],
    ),
    refused(
        "map_limit_beside_properties",
        &[(
            PROPERTIES,
            "        a: { type: object, minProperties: 1, properties: { b: { type: string } } }\n        displayName:\n",
        )],
        "UPDATE/properties/a/minProperties: is not supported for objects with named properties; use `required`",
    ),
    refused(
        "limit_on_a_type_written_by_hand",
        &[("      description: An App ID.\n", "      description: An App ID.\n      maxLength: 5\n")],
        "/components/schemas/AppId/maxLength: is not enforced; its type is hand-written; enforce the limit there",
    ),
    refused(
        "type_written_by_hand_in_a_request",
        &[(PROPERTIES, "        a: { $ref: \"#/components/schemas/AppId\" }\n        displayName:\n")],
        "/components/schemas/AppId: is in the body of a request; its type is hand-written and has rules that a JSON Schema does not know; use another schema",
    ),
    made(
        "type_written_by_hand_in_a_response",
        &[("        message:\n", "        app: { $ref: \"#/components/schemas/AppId\" }\n        message:\n")],
    ),
    made(
        "all_of_two_objects",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/ApiError\" }, { required: [code], properties: { b: { type: string } } }] }\n        displayName:\n",
        )],
    ),
    refused(
        "all_of_what_differs",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ properties: { b: { type: string } } }, { properties: { b: { type: integer } } }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/1/properties/b: differs from UPDATE/properties/a/allOf/0/properties/b; keep one of the two",
    ),
    refused(
        "all_of_texts",
        &[(PROPERTIES, "        a: { allOf: [{ type: string }, { maxLength: 3 }] }\n        displayName:\n")],
        "UPDATE/properties/a/allOf/0: `type` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    made(
        "nullable_schemas",
        &[
            (NAME, "    DisplayName:\n      nullable: true\n      type: string\n"),
            ("      enum: [PHONE", "      nullable: true\n      enum: [PHONE"),
        ],
    ),
    made(
        "default_values",
        &[
            (PROPERTIES, "        a: { type: integer, default: 5 }\n        displayName:\n"),
            (
                "        message:\n",
                "        a: { type: boolean, default: true }\n        b: { type: string, default: \"x\" }\n        c: { type: number, default: 0.5 }\n        d: { type: integer, default: \"no number\" }\n        e: { type: array, items: { type: string }, default: [a] }\n        message:\n",
            ),
        ],
    ),
    made(
        "text_that_would_run_or_break",
        &[
            (
                DESCRIPTION,
                "      description: \"```rust\\npanic!()\\n```\\n\\n    panic!()\\n\\n~~~\\npanic!()\\n~~~\\n\\n1.     panic!()\\n\\n> ```\\n> panic!()\\n\\n*/ /* ]] [x](y) <script>alert(1)</script> [`String`] https://example.com a\\rb \\u202e c `<b>` `open\"\n",
            ),
            ("      summary: Update a destination (service group).\n", "      summary: \"*/ ``` <b> \\r \\u202e\"\n"),
            ("  title: CINNOX", "  title: \"```\\npanic!()\\n``` */ \\u202e\"\n  x-title: CINNOX"),
        ],
    ),
    refused(
        "no_response_200",
        &[("        \"200\":\n", "        \"302\":\n")],
        "OPERATION/responses: has no success response; add 200",
    ),
    refused(
        "no_responses",
        &[("      responses:\n", "      x-responses:\n")],
        "OPERATION/responses: is missing or not an object; write one",
    ),
    refused(
        "response_is_no_status",
        &[(RESPONSES, "        \"4xx\":\n")],
        "OPERATION/responses/4xx: is not the status of a response; write a number such as 200, or `default`",
    ),
    made("responses_by_range", &[(RESPONSES, "        4XX:\n"), ("        \"200\":\n", "        2XX:\n")]),
    made(
        "further_error_with_the_same_schema",
        &[(
            RESPONSES,
            "        \"404\":\n          description: Not found.\n          content: { application/json: { schema: { $ref: \"#/components/schemas/ApiError\" } } }\n        \"400\":\n",
        )],
    ),
    refused(
        "default_response_differs",
        &[(
            RESPONSES,
            "        default:\n          description: Anything else.\n          content: { application/json: { schema: { $ref: \"#/components/schemas/ApiError\" } } }\n        \"400\":\n",
        )],
        "OPERATION/responses/default: the schema differs from that of another response; give all successful responses one schema and all errors one (`default` counts as both)",
    ),
    refused(
        "response_is_xml",
        &[(
            RESPONSES,
            "        \"404\":\n          description: Not found.\n          content: { text/xml: { schema: { type: string } } }\n        \"400\":\n",
        )],
        "OPERATION/responses/404/content/text~1xml: only application/json can be used; remove this media type",
    ),
    refused(
        "request_is_a_merge_patch",
        &[(
            "        content:\n          application/json:\n            schema:\n              $ref: \"#/components/schemas/DestinationUpdate\"",
            "        content:\n          application/merge-patch+json:\n            schema:\n              $ref: \"#/components/schemas/DestinationUpdate\"",
        )],
        "OPERATION/requestBody/content/application~1merge-patch+json: only application/json can be used; remove this media type",
    ),
    refused(
        "request_has_no_schema",
        &[("            schema:\n              $ref: \"#/components/schemas/DestinationUpdate\"\n", "")],
        "OPERATION/requestBody/content/application~1json: has no schema; add it",
    ),
    made(
        "optional_query_parameter",
        &[(
            PARAMETERS,
            "        - { name: dryRun, in: query, schema: { type: boolean } }\n        - name: destinationID\n",
        )],
    ),
    made(
        "optional_header_parameter",
        &[(
            PARAMETERS,
            "        - { name: X-Request-ID, in: header, schema: { type: string } }\n        - name: destinationID\n",
        )],
    ),
    made(
        "required_parameters",
        &[(
            PARAMETERS,
            "        - { name: dryRun, in: query, required: true, style: form, explode: true, schema: { type: boolean } }\n        - { name: X-Request-ID, in: header, required: true, schema: { type: string, maxLength: 5 } }\n        - name: destinationID\n",
        )],
    ),
    made(
        "ignored_header_parameter",
        &[(
            PARAMETERS,
            "        - { name: Authorization, in: header, required: true, schema: { type: string } }\n        - name: destinationID\n",
        )],
    ),
    made(
        "parameter_of_the_path_item",
        &[(
            "    patch:\n",
            "    parameters:\n      - { name: verbose, in: query, schema: { type: integer } }\n    patch:\n",
        )],
    ),
    refused(
        "cookie",
        &[(
            PARAMETERS,
            "        - { name: sid, in: cookie, schema: { type: string } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters/1/in: cookie is not supported; use path, query or header",
    ),
    refused(
        "parameter_is_an_object",
        &[(
            PARAMETERS,
            "        - { name: filter, in: query, schema: { type: object, properties: { a: { type: string } } } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters/1/schema: must be a string, number or boolean, and not nullable",
    ),
    refused(
        "parameter_has_a_style",
        &[(
            PARAMETERS,
            "        - { name: filter, in: query, style: deepObject, schema: { type: string } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters/1/style: is \"deepObject\"; write `simple` or `form`, or remove it",
    ),
    refused(
        "header_has_no_name",
        &[(
            PARAMETERS,
            "        - { name: \"a b\", in: header, schema: { type: string } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters/1/name: \"a b\" cannot be sent as a header; correct or remove it",
    ),
    refused(
        "parameter_is_named_as_the_body",
        &[(
            PARAMETERS,
            "        - { name: body, in: query, schema: { type: string } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters: \"body\" is not usable as an argument name, or is used twice; rename it",
    ),
    refused(
        "parameter_is_not_in_the_path",
        &[("- name: destinationID", "- name: id")],
        "OPERATION/parameters/1/name: id is not in the path; correct one of the two",
    ),
    refused(
        "path_has_a_further_parameter",
        &[("{destinationID}:", "{destinationID}/{part}:")],
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}~1{part}/patch/parameters: lacks {part}, which is in the path; add it",
    ),
    refused(
        "path_parameter_is_optional",
        &[(
            "          in: path\n          required: true\n          description: The App ID.",
            "          in: path\n          description: The App ID.",
        )],
        "OPERATION/parameters/0/required: must be `true` for a path parameter",
    ),
    refused(
        "path_without_a_slash",
        &[("  /v1/api", "  v1/api")],
        "/paths/v1~1api~1apps~1{appID}~1destination~1{destinationID}: does not begin with a slash; add it",
    ),
    refused(
        "path_with_a_query",
        &[("{destinationID}:\n", "{destinationID}?a=b:\n")],
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}?a=b: would not be sent unchanged; remove query, spaces, dot segments and double slashes",
    ),
    made("extension_among_the_paths", &[("paths:\n", "paths:\n  x-internal: { a: 1 }\n")]),
    refused("no_operation", &[("    patch:\n", "    x-patch:\n")], "/paths: has no operations; describe at least one"),
    refused("no_paths", &[("paths:\n", "x-paths:\n")], "/paths: is missing or not an object; write one"),
    refused(
        "method_is_misspelt",
        &[("    patch:\n", "    pacth:\n")],
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}/pacth: is not supported here; correct or remove it",
    ),
    refused(
        "field_is_misspelt",
        &[("      requestBody:\n", "      requestbody:\n")],
        "OPERATION/requestbody: is not supported here; correct or remove it",
    ),
    refused(
        "field_is_of_another_type",
        &[(
            "      tags: [destination]\n      summary: Update a destination (service group).\n",
            "      tags: destination\n",
        )],
        "OPERATION/tags: is \"destination\"; write a list",
    ),
    made("put_instead_of_patch", &[("    patch:\n", "    put:\n"), ("      x-idempotent: true\n", "")]),
    refused(
        "post_that_is_idempotent",
        &[("    patch:\n", "    post:\n")],
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}/post/x-idempotent: applies only to PATCH, because HTTP defines idempotency for every other method; remove it",
    ),
    refused(
        "idempotent_in_words",
        &[("x-idempotent: true", "x-idempotent: yes")],
        "OPERATION/x-idempotent: must be `true` or `false`, not \"yes\"",
    ),
    made(
        "merge_key",
        &[("components:\n", "x-short: &short { maxLength: 5 }\ncomponents:\n"), (MAX_LENGTH, "      <<: *short\n")],
    ),
    refused(
        "merge_key_in_a_merge_key",
        &[
            ("components:\n", "x-a: &a { maxLength: 5 }\nx-b: &b { <<: *a, type: string }\ncomponents:\n"),
            (MAX_LENGTH, "      <<: *b\n"),
        ],
        "/components/schemas/DisplayName/<<: comes in by another merge key; write its entries out",
    ),
    refused(
        "merge_key_of_a_text",
        &[(MAX_LENGTH, "      <<: text\n")],
        "has a merge key (`<<`) that cannot be applied (expected a mapping or list of mappings for merging, but found scalar); write its entries out",
    ),
    refused(
        "key_that_is_there_twice",
        &[(MAX_LENGTH, "      maxLength: 40\n      maxLength: 60\n")],
        "is not valid YAML, correct this place: components.schemas.DisplayName: duplicate entry with key \"maxLength\" at line 144 column 7",
    ),
    refused(
        "bracket_that_is_not_closed",
        &[("tags: [destination]", "tags: [destination")],
        "is not valid YAML, correct this place: did not find expected ',' or ']' at line 35 column 14, while parsing a flow sequence at line 34 column 13",
    ),
    refused(
        "openapi_3_1",
        &[("openapi: 3.0.3", "openapi: 3.1.0")],
        "/openapi: \"3.1.0\" is not supported; write the document as OpenAPI 3.0, with `openapi: 3.0.3`",
    ),
    refused(
        "version_is_a_number",
        &[("version: \"7.3\"", "version: 7.3")],
        "/info/version: is 7.3; write a string; put it in quotes",
    ),
    refused(
        "version_is_not_ascii",
        &[("version: \"7.3\"", "version: \"7.3\\u202e\"")],
        "/info/version: contains characters other than printable ASCII; remove them",
    ),
    refused(
        "all_of_beside_additional_properties",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/ApiError\" }], additionalProperties: false }\n        displayName:\n",
        )],
        "UPDATE/properties/a: `additionalProperties` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_beside_a_limit",
        &[(PROPERTIES, "        a: { allOf: [{ type: object }], minProperties: 2 }\n        displayName:\n")],
        "UPDATE/properties/a: `minProperties` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_beside_a_limit_of_text",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/DisplayName\" }], maxLength: 3 }\n        displayName:\n",
        )],
        "UPDATE/properties/a: `maxLength` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_beside_another_type",
        &[(
            PROPERTIES,
            "        a: { type: string, allOf: [{ $ref: \"#/components/schemas/DisplayName\" }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a: `type` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_text_beside_type_object",
        &[(
            PROPERTIES,
            "        a: { type: object, allOf: [{ $ref: \"#/components/schemas/DisplayName\" }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0: `maxLength` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_a_limited_map",
        &[(
            PROPERTIES,
            "        a: { type: object, allOf: [{ type: object, minProperties: 1 }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0: `minProperties` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_a_typed_map",
        &[(
            PROPERTIES,
            "        a: { type: object, allOf: [{ additionalProperties: { type: integer } }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0: `additionalProperties` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_a_nullable_object",
        &[(
            PROPERTIES,
            "        a: { required: [b], allOf: [{ nullable: true, properties: { b: {} } }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0: `nullable` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_a_read_only_object",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/ApiError\" }, { type: object, readOnly: true }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/1: `readOnly` is not supported in or next to `allOf`, which combines only objects with `properties` and `required`; write the schema out",
    ),
    refused(
        "all_of_one_of",
        &[(
            PROPERTIES,
            "        a: { type: object, allOf: [{ oneOf: [{ type: object }], properties: { b: {} } }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0/oneOf: is not supported: a value has one type here; write what all variants have in common",
    ),
    refused(
        "all_of_a_misspelt_keyword",
        &[(
            PROPERTIES,
            "        a: { type: object, allOf: [{ maxlength: 3, properties: { b: {} } }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0/maxlength: is not a keyword of OpenAPI 3.0; correct or remove it",
    ),
    refused(
        "all_of_a_list_of_properties",
        &[(
            PROPERTIES,
            "        a: { type: object, allOf: [{ type: object, properties: [] }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0/properties: is a list; write an object",
    ),
    refused(
        "all_of_words_only",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/ApiError\" }, { description: x }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/1: has no `type`; add it",
    ),
    refused(
        "all_of_no_schema",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/ApiError\" }, 5] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/1: is not a schema; write one",
    ),
    refused(
        "all_of_a_reference_with_more",
        &[(
            PROPERTIES,
            "        a: { allOf: [{ $ref: \"#/components/schemas/ApiError\", required: [code] }, { properties: { b: {} } }] }\n        displayName:\n",
        )],
        "UPDATE/properties/a/allOf/0/required: is next to a `$ref`, where OpenAPI 3.0 ignores it; put the reference into `allOf` and this next to it",
    ),
    made(
        "all_of_a_reference_and_more",
        &[(
            PROPERTIES,
            "        a: { required: [code], allOf: [{ $ref: \"#/components/schemas/ApiError\" }] }\n        displayName:\n",
        )],
    ),
    refused(
        "all_of_in_a_circle",
        &[(
            NAME,
            "    A: { allOf: [{ $ref: \"#/components/schemas/B\" }] }\n    B: { type: object, allOf: [{ $ref: \"#/components/schemas/A\" }] }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/B/allOf/0: is a circular reference, or one of a long chain; remove it",
    ),
    refused(
        "nullable_beside_a_reference",
        &[(
            PROPERTIES,
            "        a: { $ref: \"#/components/schemas/DisplayName\", nullable: true }\n        displayName:\n",
        )],
        "UPDATE/properties/a/nullable: is next to a `$ref`, where OpenAPI 3.0 ignores it; put the reference into `allOf` and this next to it",
    ),
    refused(
        "read_only_beside_a_reference",
        &[(
            PROPERTIES,
            "        a: { $ref: \"#/components/schemas/DisplayName\", readOnly: true }\n        displayName:\n",
        )],
        "UPDATE/properties/a/readOnly: is next to a `$ref`, where OpenAPI 3.0 ignores it; put the reference into `allOf` and this next to it",
    ),
    refused(
        "not_beside_a_reference",
        &[(PROPERTIES, "        a: { $ref: \"#/components/schemas/DisplayName\", not: {} }\n        displayName:\n")],
        "UPDATE/properties/a/not: is next to a `$ref`, where OpenAPI 3.0 ignores it; write it where the reference leads, or write that out here",
    ),
    refused(
        "any_of_beside_a_reference",
        &[(PROPERTIES, "        a: { $ref: \"#/components/schemas/DisplayName\", anyOf: [] }\n        displayName:\n")],
        "UPDATE/properties/a/anyOf: is next to a `$ref`, where OpenAPI 3.0 ignores it; write it where the reference leads, or write that out here",
    ),
    refused(
        "one_of_beside_a_reference",
        &[(PROPERTIES, "        a: { $ref: \"#/components/schemas/DisplayName\", oneOf: [] }\n        displayName:\n")],
        "UPDATE/properties/a/oneOf: is next to a `$ref`, where OpenAPI 3.0 ignores it; write it where the reference leads, or write that out here",
    ),
    refused(
        "maxlength_beside_a_reference",
        &[(
            PROPERTIES,
            "        a: { $ref: \"#/components/schemas/DisplayName\", maxlength: 3 }\n        displayName:\n",
        )],
        "UPDATE/properties/a/maxlength: is next to a `$ref`, where OpenAPI 3.0 ignores it; write it where the reference leads, or write that out here",
    ),
    refused(
        "unknown_word_beside_a_reference",
        &[(PROPERTIES, "        a: { $ref: \"#/components/schemas/DisplayName\", foo: 1 }\n        displayName:\n")],
        "UPDATE/properties/a/foo: is next to a `$ref`, where OpenAPI 3.0 ignores it; write it where the reference leads, or write that out here",
    ),
    refused(
        "parameter_beside_a_reference",
        &[
            (
                PARAMETERS,
                "        - { $ref: \"#/components/parameters/Dry\", required: true }\n        - name: destinationID\n",
            ),
            (
                "components:\n",
                "components:\n  parameters: { Dry: { name: dry, in: query, schema: { type: string } } }\n",
            ),
        ],
        "OPERATION/parameters/1/required: is next to a `$ref`, where OpenAPI 3.0 ignores it; put the reference into `allOf` and this next to it",
    ),
    refused(
        "long_chain_of_references",
        &[(
            NAME,
            "    A0: { $ref: \"#/components/schemas/A1\" }\n    A1: { $ref: \"#/components/schemas/A2\" }\n    A2: { $ref: \"#/components/schemas/A3\" }\n    A3: { $ref: \"#/components/schemas/A4\" }\n    A4: { $ref: \"#/components/schemas/A5\" }\n    A5: { $ref: \"#/components/schemas/A6\" }\n    A6: { $ref: \"#/components/schemas/A7\" }\n    A7: { $ref: \"#/components/schemas/A8\" }\n    A8: { $ref: \"#/components/schemas/A9\" }\n    A9: { $ref: \"#/components/schemas/A10\" }\n    A10: { $ref: \"#/components/schemas/A11\" }\n    A11: { $ref: \"#/components/schemas/A12\" }\n    A12: { $ref: \"#/components/schemas/A13\" }\n    A13: { $ref: \"#/components/schemas/A14\" }\n    A14: { $ref: \"#/components/schemas/A15\" }\n    A15: { $ref: \"#/components/schemas/A16\" }\n    A16: { $ref: \"#/components/schemas/A17\" }\n    A17: { $ref: \"#/components/schemas/A18\" }\n    A18: { $ref: \"#/components/schemas/A19\" }\n    A19: { $ref: \"#/components/schemas/A20\" }\n    A20: { $ref: \"#/components/schemas/A21\" }\n    A21: { $ref: \"#/components/schemas/A22\" }\n    A22: { $ref: \"#/components/schemas/A23\" }\n    A23: { $ref: \"#/components/schemas/A24\" }\n    A24: { $ref: \"#/components/schemas/A25\" }\n    A25: { $ref: \"#/components/schemas/A26\" }\n    A26: { $ref: \"#/components/schemas/A27\" }\n    A27: { $ref: \"#/components/schemas/A28\" }\n    A28: { $ref: \"#/components/schemas/A29\" }\n    A29: { $ref: \"#/components/schemas/A30\" }\n    A30: { type: string }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/A24/$ref: is behind 24 other references; refer to its target",
    ),
    made(
        "integer_limits_beyond_64_bits",
        &[(
            PROPERTIES,
            "        a: { type: integer, minimum: -1e30, maximum: 18446744073709551615 }\n        displayName:\n",
        )],
    ),
    refused(
        "integer_limit_that_no_64_bits_reach",
        &[(PROPERTIES, "        a: { type: integer, minimum: 18446744073709551615 }\n        displayName:\n")],
        "UPDATE/properties/a/minimum: 18446744073709551615 leaves no integer from -9223372036854775808 to 9223372036854775807; correct it",
    ),
    refused(
        "int32_limit_that_no_32_bits_reach",
        &[(PROPERTIES, "        a: { type: integer, format: int32, maximum: -3000000000 }\n        displayName:\n")],
        "UPDATE/properties/a/maximum: -3000000000 leaves no integer from -2147483648 to 2147483647; correct it",
    ),
    refused(
        "float_limit_that_is_not_exact",
        &[(PROPERTIES, "        a: { type: number, minimum: 9007199254740993 }\n        displayName:\n")],
        "UPDATE/properties/a/minimum: a float cannot hold 9007199254740993; write another number, or `type: integer`",
    ),
    refused(
        "enum_of_floats_that_is_not_exact",
        &[(PROPERTIES, "        a: { type: number, enum: [9007199254740993] }\n        displayName:\n")],
        "UPDATE/properties/a/enum: a float cannot hold 9007199254740993; write another number, or `type: integer`",
    ),
    refused(
        "multiple_of_a_fraction",
        &[(PROPERTIES, "        a: { type: number, multipleOf: 0.01 }\n        displayName:\n")],
        "UPDATE/properties/a/multipleOf: 0.01 is not an integer up to 9007199254740992; JSON Schema validators differ over its multiples; leave it out",
    ),
    refused(
        "multiple_of_a_huge_integer",
        &[(PROPERTIES, "        a: { type: integer, multipleOf: 9007199254740993 }\n        displayName:\n")],
        "UPDATE/properties/a/multipleOf: 9007199254740993 is not an integer up to 9007199254740992; JSON Schema validators differ over its multiples; leave it out",
    ),
    refused(
        "limit_is_infinite",
        &[(PROPERTIES, "        a: { type: number, maximum: .inf }\n        displayName:\n")],
        "UPDATE/properties/a/maximum: .inf is not a number of JSON; write a finite one",
    ),
    refused(
        "enum_has_the_same_number_twice",
        &[(PROPERTIES, "        a: { type: number, enum: [1, 1.0] }\n        displayName:\n")],
        "UPDATE/properties/a/enum/1: 1 is there twice; remove one of the two",
    ),
    refused(
        "enum_has_null",
        &[(PROPERTIES, "        a: { type: string, enum: [A, null] }\n        displayName:\n")],
        "UPDATE/properties/a/enum/1: null needs `nullable: true`; add it, or put \"null\" in quotes",
    ),
    made(
        "properties_with_names_of_constants",
        &[(
            PROPERTIES,
            "        fields: { type: string }\n        \"ß\": { type: string }\n        ss: { type: string }\n        displayName:\n",
        )],
    ),
    refused(
        "property_that_names_the_schema",
        &[(PROPERTIES, "        $schema: { type: string }\n        displayName:\n")],
        "UPDATE/properties/$schema: is not supported here: in a file it names the JSON Schema of an update, and is not sent; leave it out",
    ),
    refused(
        "operation_id_is_a_constant",
        &[("operationId: update_destination", "operationId: isLimited")],
        "OPERATION/operationId: is missing or cannot be used; it becomes the method name; use one such as `updateDestination`",
    ),
    refused(
        "operation_id_is_another_constant",
        &[("operationId: update_destination", "operationId: patterns")],
        "OPERATION/operationId: is missing or cannot be used; it becomes the method name; use one such as `updateDestination`",
    ),
    refused(
        "operation_id_of_a_method_with_options",
        &[
            (
                PARAMETERS,
                "        - { name: dryRun, in: query, schema: { type: boolean } }\n        - name: destinationID\n",
            ),
            (
                "components:\n",
                "  /v1/x:\n    get: { operationId: updateDestinationWithOptions, responses: { \"200\": { description: x } } }\ncomponents:\n",
            ),
        ],
        "/paths/~1v1~1x/get/operationId: and OPERATION both become the method `update_destination_with_options`; rename one of them",
    ),
    refused(
        "parameter_has_a_name_of_the_generated_code",
        &[(
            PARAMETERS,
            "        - { name: encode_path, in: query, schema: { type: string } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters: \"encode_path\" is not usable as an argument name, or is used twice; rename it",
    ),
    refused(
        "parameter_has_another_name_of_the_generated_code",
        &[(
            PARAMETERS,
            "        - { name: headerMap, in: query, schema: { type: string } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters: \"headerMap\" is not usable as an argument name, or is used twice; rename it",
    ),
    refused(
        "parameter_that_is_there_twice",
        &[(
            PARAMETERS,
            "        - { name: a, in: query, schema: { type: string } }\n        - { name: a, in: query, schema: { type: integer } }\n        - name: destinationID\n",
        )],
        "OPERATION/parameters/2: is there twice; remove one of the two",
    ),
    refused(
        "status_that_is_there_twice",
        &[(RESPONSES, "        400: { description: x }\n        \"400\":\n")],
        "OPERATION/responses/400: is there twice, with and without quotes; remove one of the two",
    ),
    refused(
        "key_is_a_boolean",
        &[(PROPERTIES, "        a: { properties: { true: { type: string } } }\n        displayName:\n")],
        "UPDATE/properties/a/properties/true: is a key that is not a string; put it in quotes",
    ),
    refused(
        "key_is_a_number",
        &[(PROPERTIES, "        a: { properties: { 0x10: { type: string } } }\n        displayName:\n")],
        "UPDATE/properties/a/properties/16: is a key that is not a string; put it in quotes",
    ),
    refused(
        "key_is_null",
        &[(PROPERTIES, "        a: { properties: { ~: { type: string } } }\n        displayName:\n")],
        "UPDATE/properties/a/properties/null: is a key that is not a string; put it in quotes",
    ),
    refused(
        "tag_of_yaml",
        &[(MAX_LENGTH, "      maxLength: !count 40\n")],
        "/components/schemas/DisplayName/maxLength: has the tag !count, which means nothing here; remove it",
    ),
    refused(
        "security_is_api_key",
        &[(
            "      type: http\n      scheme: bearer\n",
            "      type: apiKey\n      in: header\n      name: X-Api-Key\n",
        )],
        "/security: does not ask for an HTTP bearer token, which is all that the client sends; name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`",
    ),
    refused(
        "security_is_basic",
        &[("      scheme: bearer\n", "      scheme: basic\n")],
        "/security: does not ask for an HTTP bearer token, which is all that the client sends; name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`",
    ),
    refused(
        "security_is_unknown",
        &[("- appToken: []", "- nope: []")],
        "/security: does not ask for an HTTP bearer token, which is all that the client sends; name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`",
    ),
    refused(
        "security_is_missing",
        &[("security:\n  - appToken: []\n", "")],
        "/security: does not ask for an HTTP bearer token, which is all that the client sends; name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`",
    ),
    refused(
        "security_is_two",
        &[("- appToken: []", "- { appToken: [], nope: [] }")],
        "/security: does not ask for an HTTP bearer token, which is all that the client sends; name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`",
    ),
    refused(
        "security_of_an_operation_is_none",
        &[("      x-idempotent: true\n", "      x-idempotent: true\n      security: []\n")],
        "OPERATION/security: does not ask for an HTTP bearer token, which is all that the client sends; name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`",
    ),
    made("security_has_alternatives", &[("- appToken: []", "- nope: []\n  - appToken: []")]),
    refused(
        "servers_of_an_operation",
        &[(
            "      x-idempotent: true\n",
            "      x-idempotent: true\n      servers: [{ url: \"https://example.com\" }]\n",
        )],
        "OPERATION/servers: is not supported here; correct or remove it",
    ),
    made(
        "errors_without_a_body",
        &[(
            RESPONSES,
            "        \"401\": { description: No token. }\n        5XX: { description: Failed. }\n        \"400\":\n",
        )],
    ),
    refused(
        "second_success_without_a_body",
        &[(RESPONSES, "        \"204\": { description: Done. }\n        \"400\":\n")],
        "OPERATION/responses/204: the schema differs from that of another response; give all successful responses one schema and all errors one (`default` counts as both)",
    ),
    made(
        "response_without_further_properties",
        &[("    UpdatedDestination:\n", "    UpdatedDestination:\n      additionalProperties: false\n")],
    ),
    made("part_of_a_path_segment", &[("/v1/api/apps/{appID}/", "/v1/api/apps-{appID}/")]),
    made(
        "read_only_behind_a_reference",
        &[
            (
                PROPERTIES,
                "        createdAt: { $ref: \"#/components/schemas/CreatedAt\" }\n        updatedAt: { allOf: [{ $ref: \"#/components/schemas/CreatedAt\" }] }\n        displayName:\n",
            ),
            ("required: [displayName", "required: [createdAt, updatedAt, displayName"),
            (NAME, "    CreatedAt: { type: string, readOnly: true }\n    DisplayName:\n      type: string\n"),
        ],
    ),
    refused(
        "two_enums_that_differ_in_case",
        &[(
            NAME,
            "    A: { type: string, enum: [a, A] }\n    B: { type: string, enum: [b, B] }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/A: progenitor cannot make a client of this (Failed to make unique variant names for [a,A]); correct or simplify it",
    ),
    refused("no_title", &[("  title: CINNOX", "  x-title: CINNOX")], "/info/title: is missing; add it"),
];
