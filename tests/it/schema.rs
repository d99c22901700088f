//! The JSON Schema matches the document, and accepts the same updates as `from_json`. The tests of `validation` check each
//! of their updates against it as well.

use std::{collections::BTreeSet, sync::OnceLock};

use cinnox_destination::{JsonError, prelude::*};
use jsonschema::Validator;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::support::document::{fields, max_name_length, types};

fn schema() -> Value {
    schemars::schema_for!(DestinationUpdate).to_value()
}

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| jsonschema::draft202012::new(&schema()).unwrap())
}

/// The schema accepts an update if it breaks no rule, but for a known difference.
#[track_caller]
pub(crate) fn assert_agrees(update: &Value, is_valid: bool) {
    if validator().is_valid(update) != is_valid {
        assert!(!is_valid && has_a_number_with_and_without_plus(update), "valid: {is_valid}, {update}");
    }
}

/// Whether `from_json` and the schema accept the JSON.
fn accepted(json: &[u8]) -> (bool, bool) {
    let by_schema = serde_json::from_slice(json).is_ok_and(|update: Value| validator().is_valid(&update));
    (DestinationUpdate::from_json(json).is_ok(), by_schema)
}

#[track_caller]
fn assert_both(update: &Value, valid: bool) {
    assert_eq!(accepted(&serde_json::to_vec(update).unwrap()), (valid, valid), "{update}");
}

/// The document's schema of a property, without references.
fn of_document<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    match property["$ref"].as_str() {
        Some(target) => schema.pointer(&target[1..]).unwrap(),
        None => property,
    }
}

#[test]
fn schema_is_valid_in_draft_2020_12_and_draft_07() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::meta::validate(&schema).unwrap();

    let settings = schemars::generate::SchemaSettings::draft07();
    let schema = settings.into_generator().into_root_schema_for::<DestinationUpdate>().to_value();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    assert!(validator.is_valid(&plain()));
    let mut update = plain();
    update["displayName"] = json!("n".repeat(max_name_length() + 1));
    assert!(!validator.is_valid(&update));
    update["displayName"] = json!(" Night shift");
    assert!(!validator.is_valid(&update));
}

#[test]
fn schema_matches_the_document() {
    let schema = schema();
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["title"], "DestinationUpdate");
    assert_eq!(schema["description"], "The settings that a destination (service group) has after the update.");
    assert_eq!(schema["required"], json!(["displayName", "supportLanguages", "supportLocations", "types"]));
    assert_eq!(schema["additionalProperties"], false);
    let properties = schema["properties"].as_object().unwrap();
    let names: BTreeSet<_> = properties.keys().cloned().collect();
    assert_eq!(names, fields().into_iter().chain(["$schema".to_owned()]).collect());
    let limit = &of_document(&schema, &properties["displayName"])["maxLength"];
    assert_eq!(*limit, json!(max_name_length()));
    let kinds = of_document(&schema, &properties["types"]["items"]);
    assert_eq!(kinds["enum"], json!(types()));
    for name in ["displayName", "supportLanguages", "types", "staffTargets"] {
        let property = of_document(&schema, &properties[name]);
        assert!(property["description"].as_str().is_some_and(|text| text.ends_with('.')), "{name}: {property}");
        assert!(property["examples"].as_array().is_some_and(|examples| examples.len() == 1), "{name}: {property}");
    }
    let text = schema.to_string();
    assert!(!text.contains("\"example\"") && !text.contains("#/components"), "{text}");
}

/// ECMA-262, RE2 (Go) and PCRE (PHP) have few escapes in common.
#[test]
fn patterns_work_in_every_dialect() {
    let mut patterns = Vec::new();
    collect_patterns(&schema(), &mut patterns);
    assert!(patterns.len() > 10);
    for pattern in patterns {
        let escapes = pattern.split('\\').skip(1);
        for escape in escapes {
            let is_hexadecimal = escape.strip_prefix('x').is_some_and(|digits| {
                digits.len() >= 2 && digits.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
            });
            assert!(is_hexadecimal || escape.starts_with('+'), "{pattern:?} has \\{escape:?}");
        }
        assert!(!pattern.contains("(?"), "{pattern:?} has a group of one dialect");
    }
}

fn collect_patterns(schema: &Value, patterns: &mut Vec<String>) {
    match schema {
        Value::Object(keywords) => {
            patterns.extend(keywords.get("pattern").and_then(Value::as_str).map(str::to_owned));
            keywords.values().for_each(|value| collect_patterns(value, patterns));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_patterns(item, patterns)),
        _ => {}
    }
}

/// In another type of the caller, next to a type with the name of one of our schemas.
#[test]
fn schema_can_be_embedded() {
    #[derive(schemars::JsonSchema)]
    #[allow(dead_code)]
    struct DisplayName(bool);

    #[derive(schemars::JsonSchema)]
    #[allow(dead_code)]
    struct Plan {
        name: DisplayName,
        updates: Vec<DestinationUpdate>,
    }

    let schema = schemars::schema_for!(Plan).to_value();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    assert!(validator.is_valid(&json!({ "name": true, "updates": [plain()] })));
    assert!(!validator.is_valid(&json!({ "name": true, "updates": [{}] })));
    assert!(!validator.is_valid(&json!({ "name": "x", "updates": [plain()] })));
}

fn plain() -> Value {
    json!({
        "displayName": "Night shift",
        "supportLanguages": ["*"],
        "supportLocations": ["HK", "US-CA"],
        "types": ["PHONE", "STAFF"],
        "phoneTargets": ["+85212345678"],
        "staffTargets": ["staff-1", "staff-2"],
    })
}

/// The shapes, which the tests of `validation` cannot have.
#[test]
fn schema_and_reader_accept_the_same_shapes() {
    assert_both(&json!({}), false);
    assert_both(&json!([]), false);
    assert_both(&plain(), true);
    for (field, value, valid) in [
        ("displayName", json!(7), false),
        ("supportLanguages", json!("*"), false),
        ("supportLocations", json!([null]), false),
        ("types", json!(["phone", "STAFF"]), false),
        ("phoneTargets", json!([85_212_345_678_i64]), false),
        ("trunkTargets", json!(null), false),
        ("trunkTargets", json!([]), true),
        ("$schema", json!(null), false),
        ("$schema", json!("./destination-update.schema.json"), true),
        ("more", json!(1), false),
    ] {
        let mut update = plain();
        update[field] = value;
        assert_both(&update, valid);
    }
}

/// JSON that `from_json` rejects and the schema accepts.
#[test]
fn known_differences_exist() {
    let json = plain().to_string();
    // A validator sees only the last one of two equal keys, and compares entries exactly.
    let twice = json.replacen('{', r#"{"displayName":"a","#, 1);
    let with_and_without_plus = json.replace("[\"+85212345678\"", "[\"+85212345678\",\"85212345678\"");
    for json in [twice, with_and_without_plus] {
        assert_eq!(accepted(json.as_bytes()), (false, true), "{json}");
    }
}

/// Whether the update has the second known difference. A `Value` cannot have the first.
fn has_a_number_with_and_without_plus(update: &Value) -> bool {
    ["phoneTargets", "trunkTargets"].into_iter().filter_map(|field| update[field].as_array()).any(|numbers| {
        let with_plus = |number: &Value| Some(format!("+{}", number.as_str()?).into());
        numbers.iter().filter_map(with_plus).any(|number| numbers.contains(&number))
    })
}

/// Strings that match a regular expression, which is parsed only once.
fn pattern(regex: &str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(regex).unwrap()
}

/// Characters with a meaning in the rules: white space, hidden characters of each kind, separators and quotation marks.
const SPECIAL: &str = "* \t\n\r\0\u{1c}\u{7f}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{1160}\u{180e}\u{2003}\u{200b}\u{200d}\u{200f}\
                       \u{2028}\u{202e}\u{2060}\u{2066}\u{2800}\u{3000}\u{3164}\u{fe0f}\u{feff}\u{fffc}\u{fffd}\u{ffff}\u{e0001}\
                       ,;|，；、\"'`«“‹」＂";

fn text() -> impl Strategy<Value = String> {
    let special = || select(SPECIAL.chars().collect::<Vec<_>>());
    let words =
        ["", "*", "en", "EN", "HK", "+85212345678", "85212345678", "01234567", "１２３４５６７", "PHONE", "staff-1"];
    prop_oneof![
        pattern("[a-z]{1,3}"),
        select(words.to_vec()).prop_map(str::to_owned),
        vec(
            prop_oneof![special(), special(), pattern("[a-z]").prop_map(|letter| letter.chars().next().unwrap())],
            1..4
        )
        .prop_map(String::from_iter),
        any::<String>(),
    ]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => pattern(r"\+?[1-9][0-9]{6,14}"),
        1 => pattern(r"\+{0,2}[0-9]{0,17}"),
        1 => text(),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let long = select(vec!["a", "夜", "🌙", "e\u{301}"])
        .prop_flat_map(|piece| (0..8_usize).prop_map(|more| piece.repeat(max_name_length() - 4 + more)));
    prop_oneof![4 => pattern("[A-Za-z][A-Za-z ]{0,37}[A-Za-z]"), 1 => text(), 1 => long]
}

fn codes() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        2 => Just(vec!["*".to_owned()]),
        3 => subsequence(["en", "fr", "zh-HK", "HK", "US-CA"].map(str::to_owned).to_vec(), 1..=5),
        1 => vec(text(), 0..4),
    ]
}

/// Well-formed updates, valid or with any number of violations.
fn well_formed() -> impl Strategy<Value = Value> {
    let types = prop_oneof![
        5 => subsequence(vec!["PHONE", "STAFF", "TRUNK"], 1..=3),
        1 => vec(select(vec!["PHONE", "STAFF", "TRUNK"]), 0..4),
    ];
    let staff = || vec(prop_oneof![3 => pattern("staff-[0-9]{1,2}"), 1 => text()], 1..4);
    let lists = (vec(number(), 1..4), staff(), vec(number(), 1..4));
    // Usually the lists of the selected types, sometimes others.
    (name(), codes(), codes(), types, lists, option::weighted(0.2, [any::<bool>(), any::<bool>(), any::<bool>()]))
        .prop_map(|(name, languages, locations, types, (phones, staff, trunks), given)| {
            let mut update = json!({
                "displayName": name,
                "supportLanguages": languages,
                "supportLocations": locations,
                "types": types,
            });
            let lists = [
                ("PHONE", "phoneTargets", phones),
                ("STAFF", "staffTargets", staff),
                ("TRUNK", "trunkTargets", trunks),
            ];
            for (index, (kind, field, targets)) in lists.into_iter().enumerate() {
                match given {
                    None if types.contains(&kind) => update[field] = json!(targets),
                    None => {}
                    Some(given) if given[index] => update[field] = json!(targets),
                    Some(_) => update[field] = json!([]),
                }
            }
            update
        })
}

/// Any JSON that could replace a part of an update.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
        vec(text(), 0..3).prop_map(Value::from),
        Just(json!({})),
        Just(json!({ "PHONE": null })),
        Just(json!([["*"]])),
        Just(json!([null])),
        Just(json!(["phone"])),
    ]
}

/// Updates that may not be well-formed: fields removed, replaced, added or changed.
fn malformed() -> impl Strategy<Value = Value> {
    let names = [fields(), vec!["phoneTarget".to_owned(), String::new()]].concat();
    let change = (select(names), option::weighted(0.8, anything()), any::<bool>());
    (well_formed(), vec(change, 1..3)).prop_map(|(mut update, changes)| {
        for (name, value, inside) in changes {
            let fields: &mut Map<String, Value> = update.as_object_mut().unwrap();
            match (value, fields.get_mut(&name).and_then(Value::as_array_mut)) {
                (Some(value), Some(list)) if inside => list.push(value),
                (Some(value), _) => drop(fields.insert(name, value)),
                (None, _) => drop(fields.remove(&name)),
            }
        }
        update
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn schema_and_validation_agree(update in well_formed()) {
        assert_agrees(&update, DestinationUpdate::from_json(update.to_string()).is_ok());
        let typed: DestinationUpdate = serde_json::from_value(update.clone()).unwrap();
        prop_assert_eq!(typed.validate().is_ok(), DestinationUpdate::from_json(update.to_string()).is_ok());
    }

    #[test]
    fn schema_and_reader_agree_on_malformed_updates(update in malformed()) {
        assert_agrees(&update, DestinationUpdate::from_json(update.to_string()).is_ok());
    }

    #[test]
    fn update_with_valid_parts_is_valid(
        name in pattern("[!-~夜-家é]([ -~夜-家é]{0,38}[!-~夜-家é])?"),
        languages in option::of(subsequence(vec!["en", "fr", "zh-HK", "zh-TW"], 1..=4)),
        locations in option::of(subsequence(vec!["HK", "US-CA", "US", "FR"], 1..=4)),
        order in Just([DestinationType::Phone, DestinationType::Staff, DestinationType::Trunk]).prop_shuffle(),
        count in 1..=3_usize,
        numbers in prop::collection::hash_set(pattern("\\+[1-9][0-9]{6,14}"), 1..5),
        staff in prop::collection::hash_set(pattern("[!-)+-~夜-家é]{1,9}"), 1..5),
        removed in option::of(0..3_usize),
    ) {
        let languages = languages.map_or_else(SupportLanguages::all, SupportLanguages::only);
        let locations = locations.map_or_else(SupportLocations::all, SupportLocations::only);
        let mut update = DestinationUpdate::new(name, languages, locations);
        for kind in &order[..count] {
            update = match kind {
                DestinationType::Phone => update.with_phones(numbers.clone()),
                DestinationType::Staff => update.with_staff(staff.clone()),
                _ => update.with_trunks(numbers.clone()),
            };
        }
        if let Some(removed) = removed.filter(|_| count > 1) {
            update.remove_type(order[removed]);
        }
        prop_assert_eq!(update.validate(), Ok(()));
        prop_assert!(validator().is_valid(&serde_json::to_value(&update).unwrap()));
        prop_assert_eq!(DestinationUpdate::from_json(serde_json::to_vec(&update).unwrap()), Ok(update));
    }
}

/// Guards the properties above: the generators must produce both valid and invalid updates.
#[test]
fn generators_produce_valid_and_invalid_updates() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};

    let mut runner = TestRunner::deterministic();
    let (mut valid, mut one, mut many) = (0, 0, 0);
    for _ in 0..1_000 {
        let update = well_formed().new_tree(&mut runner).unwrap().current();
        match DestinationUpdate::from_json(serde_json::to_vec(&update).unwrap()) {
            Ok(_) => valid += 1,
            Err(JsonError::Invalid { violations, .. }) if violations.len() > 1 => many += 1,
            Err(_) => one += 1,
        }
    }
    assert!(valid > 100 && one > 100 && many > 100, "{valid} valid, {one} with one problem, {many} with many");
}
