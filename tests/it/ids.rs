//! An accepted ID is exactly one segment of the URL; an ID that would change the URL is rejected.

use cinnox_destination::prelude::*;
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
