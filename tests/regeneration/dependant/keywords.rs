use cinnox_destination::DestinationUpdate;
use serde_json::{Value, json};

#[test]
fn reader_and_schema_judge_each_value_alike() {
    let schema = schemars::schema_for!(DestinationUpdate).to_value();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let draft_07 = schemars::generate::SchemaSettings::draft07().into_generator();
    let draft_07 = draft_07.into_root_schema_for::<DestinationUpdate>().to_value();
    assert_eq!(draft_07["$schema"], "http://json-schema.org/draft-07/schema#");
    let editor = jsonschema::draft7::new(&draft_07).unwrap();

    let rows: Vec<Value> = serde_json::from_str(include_str!("rows.json")).unwrap();
    assert!(rows.len() > 1_000, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let mut update = serde_json::to_value(dependant::update()).unwrap();
        update[row["name"].as_str().unwrap()] = row["value"].clone();
        let read = DestinationUpdate::from_json(update.to_string());
        let judged = json!([read.is_ok(), validator.is_valid(&update), editor.is_valid(&update)]);
        let right = &row["right"];
        if judged != json!([right, right, right]) {
            wrong.push(format!("{row}: reader, schema, draft-07: {judged} {read:?}"));
        }
        if row["value"] == "a<b" {
            let pointer = row["name"].as_str().unwrap();
            let sentence = format!("/{pointer}: \"a<b\" does not match the pattern ^[^<>]*$; correct it");
            assert_eq!(read.unwrap_err().to_string(), sentence);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
