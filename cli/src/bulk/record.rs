//! The format of the results file: a header with the account, then one event per line.

use std::borrow::Cow;

use cinnox_destination::DestinationUpdate;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny},
};
use sha2::{Digest, Sha256};

use crate::{account::Account, verdict::LineOutcome};

/// Of the format. A change that earlier versions of the tool would misread makes it higher.
pub(crate) const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) version: u32,
    pub(crate) account: Account,
}

/// A hash of what an update says, the same in every version of the tool and on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UpdateHash(pub(crate) u64);

impl UpdateHash {
    pub(crate) fn of(update: &DestinationUpdate) -> serde_json::Result<Self> {
        let digest = Sha256::digest(serde_json::to_vec(update)?);
        let first = digest.first_chunk().copied().unwrap_or_default();
        Ok(Self(u64::from_be_bytes(first)))
    }
}

impl Serialize for UpdateHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for UpdateHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Self).map_err(D::Error::custom)
    }
}

/// What is known of a line that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// A request is about to go out, and may be applied from now on.
    Sending,
    /// It was not applied, and is going to be sent again.
    Waiting,
}

/// A line of the input that has not ended.
#[derive(Debug, Serialize)]
pub(crate) struct Progress<'a> {
    pub(crate) line: u32,
    pub(crate) destination: &'a str,
    pub(crate) update: UpdateHash,
    pub(crate) state: State,
}

/// How a line of the input ended, and why.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct LineResult<'a> {
    pub(crate) line: u32,
    pub(crate) destination: &'a str,
    pub(crate) update: UpdateHash,
    pub(crate) outcome: LineOutcome,
    pub(crate) code: Option<i64>,
    pub(crate) message: Option<&'a str>,
    pub(crate) attempts: u32,
}

/// An event as read by a later run.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) line: u32,
    pub(crate) destination: Cow<'a, str>,
    pub(crate) update: UpdateHash,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    State(State),
    Outcome(LineOutcome),
    /// Updated, and the server named another destination, as the message says.
    Misnamed,
}

impl<'a> Event<'a> {
    /// `None` if the text is neither.
    pub(crate) fn read(text: &'a [u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Either<'a> {
            line: u32,
            #[serde(borrow)]
            destination: Cow<'a, str>,
            update: UpdateHash,
            state: Option<State>,
            outcome: Option<LineOutcome>,
            message: Option<IgnoredAny>,
        }
        let Either { line, destination, update, state, outcome, message } = serde_json::from_slice(text).ok()?;
        let what = match (state, outcome) {
            (Some(state), None) => What::State(state),
            (None, Some(LineOutcome::Updated)) if message.is_some() => What::Misnamed,
            (None, Some(outcome)) => What::Outcome(outcome),
            _ => return None,
        };
        Some(Self { line, destination, update, what })
    }

    pub(crate) fn is_result(&self) -> bool {
        !matches!(self.what, What::State(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATE: &str = r#"{"types":["STAFF"],"staffTargets":["staff-1"],"displayName":"Night shift","supportLocations":
        ["HK"],"supportLanguages":["*"]}"#;

    fn hash(json: &str) -> UpdateHash {
        UpdateHash::of(&DestinationUpdate::from_json(json).unwrap()).unwrap()
    }

    #[test]
    fn the_hash_is_of_the_content_and_stays_the_same() {
        // Written down, so that a later version cannot take what is done for changed, and send it again.
        let text = r#"{"displayName":"Night shift","staffTargets":["staff-1"],"supportLanguages":["*"],"supportLocations":["HK"],"types":["STAFF"]}"#;
        assert_eq!(hash(UPDATE), hash(text));
        assert_eq!(serde_json::to_string(&hash(UPDATE)).unwrap(), "\"d85b55da61ac0b1c\"");
        assert_ne!(hash(UPDATE), hash(&UPDATE.replace("HK", "CN")));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let update = UpdateHash(0xff);
        let state = Progress { line: 7, destination: "a", update, state: State::Sending };
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(text, r#"{"line":7,"destination":"a","update":"00000000000000ff","state":"sending"}"#);
        let event = Event::read(text.as_bytes()).unwrap();
        assert_eq!((event.line, &*event.destination, event.update), (7, "a", update));
        assert_eq!(event.what, What::State(State::Sending));

        let (outcome, message) = (LineOutcome::NotSent, Some("\n"));
        let result = LineResult { line: 7, destination: "a", update, outcome, code: None, message, attempts: 2 };
        let text = serde_json::to_string(&result).unwrap();
        let rest = r#","outcome":"not sent","code":null,"message":"\n","attempts":2}"#;
        assert!(text.ends_with(rest), "{text}");
        assert_eq!(Event::read(text.as_bytes()).unwrap().what, What::Outcome(outcome));

        for (message, what) in [(None, What::Outcome(LineOutcome::Updated)), (Some("other"), What::Misnamed)] {
            let updated = LineResult { outcome: LineOutcome::Updated, message, ..result };
            assert_eq!(Event::read(&serde_json::to_vec(&updated).unwrap()).unwrap().what, what);
        }
    }
}
