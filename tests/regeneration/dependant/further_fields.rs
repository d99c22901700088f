use cinnox_destination::DestinationUpdate;

#[test]
fn reader_and_schema_judge_further_fields_alike() {
    let schema = schemars::schema_for!(DestinationUpdate).to_value();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (value, is_right) in [(5.into(), true), (10.into(), false), ("x".into(), false)] {
        let mut update = serde_json::to_value(dependant::update()).unwrap();
        update["priority"] = value;
        let read = DestinationUpdate::from_json(update.to_string());
        assert_eq!((read.is_ok(), validator.is_valid(&update)), (is_right, is_right), "{update} {read:?}");
        if let Ok(read) = read {
            assert_eq!(read.extra["priority"], 5);
            assert_eq!(serde_json::to_value(&read).unwrap(), update);
        }
    }
}
