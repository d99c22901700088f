//! An accepted ID is exactly one segment of the URL; an ID that would change the URL is rejected.

use std::error::Error as StdError;

use cinnox_destination::{Error, ErrorKind, InvalidId, prelude::*};
use proptest::{prelude::*, test_runner::TestRunner};
use reqwest::Url;

use crate::support::{recorder::Recorder, update};

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
            prop_assert_eq!((parsed.as_str(), parsed.to_string(), parsed.as_ref()), (&*id, id.clone(), &*id));
            prop_assert_eq!(serde_json::to_value(&parsed).unwrap(), serde_json::Value::from(id));
        }
    }
}

/// Tested on the wire, including the client's encoding.
#[test]
fn accepted_id_is_one_segment_of_the_url() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Recorder::start());
    let client = Client::builder(&server.url(), "app-1", "token-1").build().unwrap();
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
            let client = Client::builder(&server.url(), &id, "token-1").build().unwrap();
            client.update(&id.parse().unwrap(), &update).await.unwrap();
            let requests = server.take();
            let found: Vec<_> =
                requests.iter().map(|request| request.path.split('/').map(decode).collect::<Vec<_>>()).collect();
            assert_eq!(found, [["", "v1", "api", "apps", &id, "destination", &id]]);
        }
    }
}

#[track_caller]
fn assert_rejected(id: &str, problem: &str) {
    let message = |error: InvalidId| error.to_string();
    assert_eq!(id.parse::<DestinationId>().map_err(message), Err(format!("the destination ID {problem}")));
    assert_eq!(id.parse::<AppId>().map_err(message), Err(format!("the App ID {problem}")));
    let error = Error::from(Client::builder("https://examplebaseurl.com", id, "token-1").build().unwrap_err());
    assert_eq!(error.to_string(), format!("the App ID {problem}"));
    assert!(matches!(error.kind(), ErrorKind::Configuration(_)));
    assert_eq!((error.outcome(), error.source().is_none()), (Outcome::NotSent, true));
    let error = serde_json::from_value::<DestinationId>(id.into()).unwrap_err();
    assert_eq!(error.to_string(), format!("the destination ID {problem}"));
}

#[test]
fn rejects_id_that_would_change_the_url() {
    let character = |shown: &str, at: usize| {
        format!(
            "contains {shown} at byte {at}; an ID must not contain white space, control or non-ASCII characters, or any \
             of / \\ ? # %"
        )
    };
    let relative =
        |id: &str| format!("is {id:?}, which is a relative path segment in a URL; use the ID that the vendor issued");
    assert_rejected("", "is empty; use the one that the vendor issued");
    assert_rejected(".", &relative("."));
    assert_rejected("..", &relative(".."));
    assert_rejected("..;x", &relative("..;x"));
    assert_rejected(".;", &relative(".;"));
    assert_rejected(";x", &relative(";x"));
    assert_rejected("a/b", &character("'/'", 1));
    assert_rejected("/", &character("'/'", 0));
    assert_rejected("a\\b", &character(r"'\\'", 1));
    assert_rejected("..\\..\\x", &character(r"'\\'", 2));
    assert_rejected("../x", &character("'/'", 2));
    assert_rejected("a?b", &character("'?'", 1));
    assert_rejected("a#b", &character("'#'", 1));
    assert_rejected("%2e%2e", &character("'%'", 0));
    assert_rejected("a\0b", &character(r"'\0'", 1));
    assert_rejected("a\nb", &character(r"'\n'", 1));
    assert_rejected("a\u{1b}[31m", &character(r"'\u{1b}'", 1));
    assert_rejected("a\u{7f}", &character(r"'\u{7f}'", 1));
    assert_rejected(" ", &character("' '", 0));
    assert_rejected("dest-1 ", &character("' '", 6));
    assert_rejected("\tdest-1", &character(r"'\t'", 0));
    assert_rejected("dest-\u{a0}1", &character(r"'\u{a0}'", 5));
    assert_rejected("dest-é", &character("'é'", 5));
    assert_rejected("夜班", &character("'夜'", 0));
    assert_rejected("a\u{202e}b", &character(r"'\u{202e}'", 1));
    assert_rejected(&"a".repeat(129), "is 129 bytes long; an ID must not be longer than 128 bytes");
    assert_rejected(&"a".repeat(1_000_000), "is 1000000 bytes long; an ID must not be longer than 128 bytes");
}

#[test]
fn accepts_id_of_128_bytes_and_with_other_dots() {
    for id in ["a", "...", ".a", "a.", "a..b", "-", "0", "a:b@c;d=e&f+g$h,i", &"a".repeat(128)] {
        assert_eq!(id.parse::<DestinationId>().unwrap().as_str(), id);
        assert_eq!(id.parse::<AppId>().unwrap().as_str(), id);
    }
}

#[track_caller]
fn assert_base_url_rejected(base_url: &str, problem: &str) {
    let builder = Client::builder(base_url, "app-1", "token-1").allow_http();
    let error = Error::from(builder.build().expect_err(base_url));
    assert_eq!(error.to_string(), format!("the base URL {problem}"));
    assert!(matches!(error.kind(), ErrorKind::Configuration(_)));
    assert_eq!((error.outcome(), error.is_retryable()), (Outcome::NotSent, false));
}

#[test]
fn rejects_base_url_that_would_call_something_else() {
    let not_a_url = "is not a URL; it looks like https://HOST";
    for base_url in ["", "examplebaseurl.com", "/v1", "https://", "https://[::1", "https://host:99999"] {
        assert_base_url_rejected(base_url, not_a_url);
    }
    let scheme = "does not begin with https://";
    assert_base_url_rejected("https:examplebaseurl.com", scheme);
    let ascii = "has a character that is not ASCII, which may look like another; write the host in punycode";
    assert_base_url_rejected("https://bücher.example", ascii);
    assert_base_url_rejected("https://host\u{200b}.com", ascii);
    for base_url in
        ["ftp://examplebaseurl.com", "file:///etc", "data:text/plain,x", "examplebaseurl.com:443", "ws://host"]
    {
        assert_base_url_rejected(base_url, scheme);
    }
    let user = "has a user name or password before the @; remove it, the App Token is all that is needed";
    for base_url in
        ["https://@host", "https://host@evil.example", "https://user:password@host", "https://:password@host"]
    {
        assert_base_url_rejected(base_url, user);
    }
    let host = "has no host, or a host that is not in canonical form; write it as https://HOST";
    for base_url in [
        "https:///api",
        "https:////evil.example",
        "https://%EF%BD%85vil.example",
        "https://012.0.0.1",
        "https://0x7f.1",
    ] {
        assert_base_url_rejected(base_url, host);
    }
    let lost = "has a query or fragment; remove everything from the ? or #";
    for base_url in ["https://host?", "https://host/?a=b", "https://host#", "https://host/a#b"] {
        assert_base_url_rejected(base_url, lost);
    }
    let character = "has white space, a control character or a backslash; remove it";
    for base_url in [
        " https://host",
        "https://host\n",
        "https://ho\tst",
        "https://host/a b",
        "https:\\\\host",
        "https://host\\@evil",
    ] {
        assert_base_url_rejected(base_url, character);
    }
}

#[test]
fn debug_shows_normalised_base_url() {
    for (base_url, called) in [
        ("https://examplebaseurl.com", "https://examplebaseurl.com"),
        ("HTTPS://ExampleBaseUrl.com:443//", "https://examplebaseurl.com"),
        ("https://examplebaseurl.com/a/../b/./c/", "https://examplebaseurl.com/b/c"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://[2001:DB8:0:0:0:0:0:1]:8443", "https://[2001:db8::1]:8443"),
        ("http://[0:0:0:0:0:0:0:1]:", "http://[::1]"),
        ("https://127.0.0.1:443", "https://127.0.0.1"),
    ] {
        let client = Client::builder(base_url, "app-1", "token-1").build().unwrap();
        assert!(format!("{client:?}").contains(&format!("base_url: {called:?},")), "{client:?}");
    }
}
