//! An accepted ID is exactly one segment of the URL; an ID that would change the URL is rejected.

use cinnox_destination::{InvalidId, prelude::*};
use proptest::{prelude::*, test_runner::TestRunner};
use reqwest::Url;

use crate::support::{builder, recorder::Recorder, update};

/// The segments of the path after URL parsing, decoded.
#[track_caller]
fn segments(path: &str) -> Vec<String> {
    let url = Url::parse(&format!("https://examplebaseurl.com{path}")).unwrap();
    assert_eq!((url.query(), url.fragment(), url.host_str()), (None, None, Some("examplebaseurl.com")));
    url.path_segments().unwrap().map(decode).collect()
}

fn decode(segment: &str) -> String {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits: String = bytes.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).unwrap()
}

/// Strings that are likely to change a URL, and any other strings.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        ".", "..", "/", "\\", "?", "#", "%", "%2e", "%2F", "%", ";", ":", "@", "&", "=", "+", " ", "\t", "\n", "\0",
        "//", "a", "Z", "0", "-", "_", "~", "[", "]", "|", "^", "`", "{", "}", "\"", "<", ">", "'", "é", "夜",
        "\u{202e}",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
        "[!-~]{1,140}",
        "[a-zA-Z0-9_.~-]{1,20}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn accepts_id_by_the_documented_rule_unchanged(id in hostile()) {
        let documented = (1..=128).contains(&id.len())
            && !matches!(id.split(';').next(), Some("" | "." | ".."))
            && id.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && !br"/\?#%".contains(&byte));
        let parsed = id.parse::<DestinationId>();
        prop_assert_eq!(parsed.is_ok(), documented);
        prop_assert_eq!(id.parse::<AppId>().is_ok(), documented);
        prop_assert_eq!(serde_json::from_value::<AppId>(id.clone().into()).is_ok(), documented);
        if let Ok(parsed) = parsed {
            prop_assert_eq!((parsed.as_str(), parsed.to_string()), (&*id, id.clone()));
            prop_assert_eq!(serde_json::to_value(&parsed).unwrap(), serde_json::Value::from(id));
        }
    }
}

/// Tested on the wire, including the client's encoding.
#[test]
fn accepted_id_is_one_segment_of_the_url() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Recorder::start());
    let client = builder(&server.url()).build().unwrap();
    let update = update();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(3_000));
    let ids = || hostile().prop_filter_map("rejected", |id| id.parse::<DestinationId>().ok());
    let tested = runner.run(&(ids(), ids()), |(app, destination)| {
        let app: AppId = app.as_str().parse().unwrap();
        runtime.block_on(client.generated().update_destination(&app, &destination, &update)).unwrap();
        let paths: Vec<_> = server.take().iter().map(|request| segments(&request.path)).collect();
        prop_assert_eq!(paths, [["v1", "api", "apps", app.as_str(), "destination", destination.as_str()]]);
        Ok(())
    });
    tested.unwrap();
}

#[tokio::test]
async fn accepted_character_arrives_in_its_segment() {
    let server = Recorder::start().await;
    let update = update();
    let accepted: Vec<char> = ('!'..='~').filter(|c| format!("a{c}").parse::<AppId>().is_ok()).collect();
    assert_eq!(accepted.len(), 94 - r"/\?#%".len());
    for c in accepted {
        let begins = [format!("{c}a"), format!("{c}{c}{c}")].into_iter().filter(|_| c != ';');
        for id in begins.chain([format!("a{c}b"), format!("..a{c}")]) {
            let client = builder(&server.url()).app_id(&id).accept_any_id().build().unwrap();
            client.update(&id.parse().unwrap(), &update).await.unwrap();
            let requests = server.take();
            let found: Vec<_> =
                requests.iter().map(|request| request.path.split('/').map(decode).collect::<Vec<_>>()).collect();
            assert_eq!(found, [["", "v1", "api", "apps", &id, "destination", &id]]);
        }
    }
}

#[test]
fn rejects_id_that_would_change_the_url() {
    struct Row {
        id: String,
        problem: String,
    }
    let character = |id: &str, shown: &str, at: usize| Row {
        id: id.to_owned(),
        problem: format!(
            "contains {shown} at byte {at}; an ID must not contain white space, control or non-ASCII characters, or any \
             of / \\ ? # %"
        ),
    };
    let relative = |id: &str| Row {
        id: id.to_owned(),
        problem: format!("is {id:?}, which is a relative path segment in a URL; use the ID that the vendor issued"),
    };
    let long = |length| Row {
        id: "a".repeat(length),
        problem: format!("is {length} bytes long; an ID must not be longer than 128 bytes"),
    };
    for Row { id, problem } in [
        Row { id: String::new(), problem: "is empty; use the one that the vendor issued".to_owned() },
        relative("."),
        relative(".."),
        relative("..;x"),
        relative(".;"),
        relative(";x"),
        character("a/b", "'/'", 1),
        character("..\\x", r"'\\'", 2),
        character("a?b", "'?'", 1),
        character("a#b", "'#'", 1),
        character("%2e%2e", "'%'", 0),
        character("a\0b", r"'\0'", 1),
        character("a\u{1b}[31m", r"'\u{1b}'", 1),
        character("a\u{7f}", r"'\u{7f}'", 1),
        character("dest-1 ", "' '", 6),
        character("dest-\u{a0}1", r"'\u{a0}'", 5),
        character("夜班", "'夜'", 0),
        character("a\u{202e}b", r"'\u{202e}'", 1),
        long(129),
        long(1_000_000),
    ] {
        let message = |error: InvalidId| error.to_string();
        assert_eq!(id.parse::<DestinationId>().map_err(message), Err(format!("the destination ID {problem}")));
        assert_eq!(id.parse::<AppId>().map_err(message), Err(format!("the App ID {problem}")));
        let error = Error::from(builder("https://examplebaseurl.com").app_id(&id).build().unwrap_err());
        assert_eq!((error.to_string(), error.outcome()), (format!("the App ID {problem}"), Outcome::NotSent));
        let error = serde_json::from_value::<DestinationId>(id.into()).unwrap_err();
        assert_eq!(error.to_string(), format!("the destination ID {problem}"));
    }
}
