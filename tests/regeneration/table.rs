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
    /// The sentence, with `OPERATION` and `UPDATE` for the two pointers; nothing if code comes of it.
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
        "OPERATION/operationId: is missing or cannot be used; it becomes the name of the method, write one such as `updateDestination`",
    ),
    refused(
        "operation_id_is_a_hook",
        &[("operationId: update_destination", "operationId: post")],
        "OPERATION/operationId: is missing or cannot be used; it becomes the name of the method, write one such as `updateDestination`",
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
        "UPDATE/properties/fallback: leads back to itself; give it a name in `components`",
    ),
    refused(
        "all_of_itself",
        &[
            (NAME, "    DisplayName:\n      allOf: [{ $ref: \"#/components/schemas/DisplayName\" }]\n"),
            (MAX_LENGTH, ""),
        ],
        "/components/schemas/DisplayName/allOf/0: leads back to itself; say what it is",
    ),
    refused(
        "reference_to_itself",
        &[(
            NAME,
            "    DisplayName:\n      $ref: \"#/components/schemas/DisplayName\"\n    Unused:\n      type: string\n",
        )],
        "/components/schemas/DisplayName/$ref: #/components/schemas/DisplayName leads back to itself; say what it is",
    ),
    refused(
        "references_in_a_circle",
        &[(
            NAME,
            "    A: { $ref: \"#/components/schemas/B\" }\n    B: { $ref: \"#/components/schemas/A\" }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/A/$ref: #/components/schemas/B leads back to itself; say what it is",
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
        "UPDATE/properties/displayName/$ref: #/components/schemas/DestinationUpdate/properties/types is no schema with a name; put it under #/components/schemas",
    ),
    refused(
        "limit_beside_a_reference",
        &[(
            "$ref: \"#/components/schemas/DisplayName\"",
            "$ref: \"#/components/schemas/DisplayName\"\n          maxLength: 3",
        )],
        "UPDATE/properties/displayName/maxLength: stands beside a $ref, where OpenAPI 3.0 ignores it; put both into `allOf`, or write it where the reference leads",
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
        "UPDATE/properties/a\\u{202e}: becomes the field `a`, as another one does; rename one",
    ),
    refused(
        "two_properties_are_one_field",
        &[(PROPERTIES, "        display_name: { type: string }\n        displayName:\n")],
        "UPDATE/properties/display_name: becomes the field `display_name`, as another one does; rename one",
    ),
    refused(
        "two_schemas_are_one_type",
        &[(NAME, "    display-name: { type: string }\n    DisplayName:\n      type: string\n")],
        "/components/schemas/display-name: becomes the type `DisplayName`, as /components/schemas/DisplayName does; rename one of the two",
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
        "/components/schemas/DestinationUpdateExtra: becomes the type `DestinationUpdateExtra`, as UPDATE/properties/extra does; rename one of the two",
    ),
    refused(
        "schema_has_a_name_of_rust",
        &[(NAME, "    option: { type: string }\n    DisplayName:\n      type: string\n")],
        "/components/schemas/option: becomes the type `Option`, which Rust has already; rename it",
    ),
    refused(
        "schema_is_named_string",
        &[(
            NAME,
            "    string: { type: object, properties: { a: { type: string } } }\n    DisplayName:\n      type: string\n",
        )],
        "/components/schemas/string: becomes the type `String`, which Rust has already; rename it",
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
        "/components/schemas/a b: is not a name for a schema; use letters, digits and . - _",
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
        "/components/schemas/DisplayName/pattern: needs the crate `regress` at run time; run `cargo add regress`, or leave it out",
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
        "UPDATE/properties/a/exclusiveMinimum: stands without `minimum`; add it",
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
        "UPDATE/properties/a/maxLength: says nothing of a value of type integer; remove it",
    ),
    refused(
        "limit_is_a_text",
        &[("maxLength: 40", "maxLength: forty")],
        "/components/schemas/DisplayName/maxLength: is \"forty\"; write a whole number, 0 or above, and not beyond 4294967295",
    ),
    refused(
        "limit_is_negative",
        &[("maxLength: 40", "maxLength: -1")],
        "/components/schemas/DisplayName/maxLength: is -1; write a whole number, 0 or above, and not beyond 4294967295",
    ),
    refused(
        "limit_is_huge",
        &[("maxLength: 40", "maxLength: 99999999999")],
        "/components/schemas/DisplayName/maxLength: is 99999999999; write a whole number, 0 or above, and not beyond 4294967295",
    ),
    made("limits_that_nothing_fits", &[(MAX_LENGTH, "      maxLength: 3\n      minLength: 5\n")]),
    refused(
        "array_without_items",
        &[(PROPERTIES, "        a: { type: array }\n        displayName:\n")],
        "UPDATE/properties/a: is an array without `items`; say what its items are",
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
        "/components/schemas/DestinationType: progenitor cannot make a client of this (Failed to make unique variant names for [PHONE,phone]); correct it, or write it in a simpler way",
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
        "UPDATE/properties/a/minProperties: cannot be held where properties have names; say which are required",
    ),
    refused(
        "limit_on_a_type_written_by_hand",
        &[("      description: An App ID.\n", "      description: An App ID.\n      maxLength: 5\n")],
        "/components/schemas/AppId/maxLength: is not held; its type is written by hand, say it there",
    ),
    refused(
        "type_written_by_hand_in_a_request",
        &[(PROPERTIES, "        a: { $ref: \"#/components/schemas/AppId\" }\n        displayName:\n")],
        "/components/schemas/AppId: is in the body of a request; its type is written by hand and has rules that a JSON Schema does not know; use another schema",
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
        "UPDATE/properties/a/allOf/0: cannot be combined; only objects without `nullable` and `additionalProperties` can be put together",
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
        "OPERATION/responses: says nothing of a success; add the response 200",
    ),
    refused(
        "no_responses",
        &[("      responses:\n", "      x-responses:\n")],
        "OPERATION/responses: is missing or no object; write it",
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
        "OPERATION/parameters/1/schema: is no single value; a parameter is a string, number or boolean",
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
        "OPERATION/parameters: \"body\" cannot be the name of an argument, or another one has it; rename it",
    ),
    refused(
        "parameter_is_not_in_the_path",
        &[("- name: destinationID", "- name: id")],
        "OPERATION/parameters/1/name: id is not in the path; correct one of the two",
    ),
    refused(
        "path_has_a_further_parameter",
        &[("{destinationID}:", "{destinationID}/{part}:")],
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}~1{part}/patch/parameters: says nothing of {part}, which is in the path; add it",
    ),
    refused(
        "path_parameter_is_optional",
        &[(
            "          in: path\n          required: true\n          description: The App ID.",
            "          in: path\n          description: The App ID.",
        )],
        "OPERATION/parameters/0/required: is not `true`, which a path needs; write it",
    ),
    refused(
        "path_without_a_slash",
        &[("  /v1/api", "  v1/api")],
        "/paths/v1~1api~1apps~1{appID}~1destination~1{destinationID}: does not begin with a slash; add it",
    ),
    refused(
        "path_with_a_query",
        &[("{destinationID}:\n", "{destinationID}?a=b:\n")],
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}?a=b: is not sent as it is written; use a path without query, spaces, dots and double slashes",
    ),
    made("extension_among_the_paths", &[("paths:\n", "paths:\n  x-internal: { a: 1 }\n")]),
    refused(
        "no_operation",
        &[("    patch:\n", "    x-patch:\n")],
        "/paths: has no operation; the client is made of them",
    ),
    refused("no_paths", &[("paths:\n", "x-paths:\n")], "/paths: is missing or no object; write it"),
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
        "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}/post/x-idempotent: is only for PATCH; HTTP says it of every other method, remove it",
    ),
    refused(
        "idempotent_in_words",
        &[("x-idempotent: true", "x-idempotent: yes")],
        "OPERATION/x-idempotent: \"yes\" is not right; write `true` or `false`",
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
        "/info/version: is 7.3; write a text; put it in quotes",
    ),
    refused(
        "version_is_not_ascii",
        &[("version: \"7.3\"", "version: \"7.3\\u202e\"")],
        "/info/version: has characters other than visible ASCII; remove them",
    ),
    refused("no_title", &[("  title: CINNOX", "  x-title: CINNOX")], "/info/title: is missing; add it"),
];
