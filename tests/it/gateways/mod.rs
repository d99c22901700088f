//! Every gateway × every situation of the origin behind it, through the library and through the tool's `bulk`: what they
//! say of an update must be true, and no update may be applied twice.
//!
//! `just gateways` installs the gateways, builds the tool and runs these tests. Where a gateway or the tool is missing, they
//! skip it and say so, or fail if the environment has `GATEWAYS=required`. `CINNOX_TOOL` is the absolute path of the tool.

mod configurations;
mod gateway;
mod origin;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{env, fmt};

use cinnox_destination::{Outcome, RetryPolicy};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::{process::Command, signal, time::timeout};

use self::configurations::*;
use self::gateway::Gateway;
use self::origin::{Origin, Situation};
use crate::support::{APP_ID, TOKEN, builder, update};

#[tokio::test]
#[ignore = "starts gateways; run by `just gateways`"]
async fn varnish() {
    assert_told_truly(&[VARNISH]).await;
}

#[tokio::test]
#[ignore = "starts gateways; run by `just gateways`"]
async fn nginx() {
    assert_told_truly(&[NGINX, NGINX_MAINTENANCE]).await;
}

#[tokio::test]
#[ignore = "starts gateways; run by `just gateways`"]
async fn haproxy() {
    assert_told_truly(&[HAPROXY, HAPROXY_MAINTENANCE]).await;
}

#[tokio::test]
#[ignore = "starts gateways; run by `just gateways`"]
async fn squid() {
    assert_told_truly(&[SQUID, SQUID_REPLY_ACCESS, SQUID_REPLY_SIZE]).await;
}

#[tokio::test]
#[ignore = "starts gateways; run by `just gateways`"]
async fn modsecurity() {
    assert_told_truly(&[MODSECURITY]).await;
}

/// Cases of one gateway that run at the same time.
const CONCURRENCY: usize = 8;

#[derive(Clone, Copy)]
enum Way {
    Library,
    Bulk,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Bulk => "bulk",
        }
    }

    /// The library's timeout of a call; for the tool, time for all its pauses as well.
    fn limit(self) -> Duration {
        match self {
            Self::Library => Duration::from_secs(60),
            Self::Bulk => Duration::from_secs(120),
        }
    }

    async fn send(self, url: &str, id: &str) -> Told {
        match self {
            Self::Library => send_by_library(url, id).await,
            Self::Bulk => send_by_bulk(url, id).await,
        }
    }
}

/// The outcome, `None` for a success; or why nothing was told.
type Told = Result<Option<Outcome>, String>;

async fn send_by_library(url: &str, id: &str) -> Told {
    let client = builder(url).retry(RetryPolicy::default()).build().unwrap();
    let result = client.update(&id.parse().unwrap(), &update()).await;
    Ok(result.err().map(|error| error.outcome()))
}

async fn send_by_bulk(url: &str, id: &str) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let table = format!(
        "destination,displayName,supportLanguages,supportLocations,types,staffTargets\n{id},Night shift,*,HK,STAFF,staff-1\n"
    );
    std::fs::write(folder.path().join("updates.csv"), table).unwrap();
    let output = Command::new(tool().expect("the tool was found"))
        .args(["bulk", "updates.csv", "--results", "results.jsonl", "--json"])
        .env_clear()
        .env("CINNOX_BASE_URL", url)
        .env("CINNOX_APP_ID", APP_ID)
        .env("CINNOX_APP_TOKEN", TOKEN)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let outcomes = [
        ("updated", None),
        ("rejected", Some(Outcome::Rejected)),
        ("not_sent", Some(Outcome::NotSent)),
        ("unknown", Some(Outcome::Unknown)),
    ];
    let told: Vec<_> = outcomes.into_iter().filter(|(name, _)| report[*name] != 0).collect();
    match told[..] {
        [(name, outcome)] if report[name] == 1 => Ok(outcome),
        _ => Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))),
    }
}

struct Case {
    gateway: &'static str,
    situation: Situation,
    way: Way,
    told: Told,
    elapsed: Duration,
    /// How often the update was applied, up to the end of the gateway.
    applied: usize,
}

impl Case {
    fn problems(&self) -> Vec<&'static str> {
        let Self { situation, told, applied, .. } = self;
        let is_as_answered = match situation {
            Situation::Answer => told == &Ok(None),
            Situation::ApiError => told == &Ok(Some(Outcome::Rejected)),
            _ => true,
        };
        let is_denied = matches!(told, Ok(Some(Outcome::Rejected | Outcome::NotSent)));
        let checks = [
            (told.is_ok(), "no outcome"),
            (is_as_answered, "not what the origin answered"),
            (!situation.applies() || *applied > 0, "the request did not reach the origin"),
            (*applied <= 1, "applied more than once"),
            (told != &Ok(None) || *applied == 1, "updated without exactly one application"),
            (!is_denied || *applied == 0, "applied although the outcome denies it"),
        ];
        checks.into_iter().filter(|(holds, _)| !holds).map(|(_, problem)| problem).collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gateway, situation, way, told, elapsed, applied } = self;
        let told = match told {
            Ok(None) => "updated".to_owned(),
            Ok(Some(outcome)) => outcome.to_string(),
            Err(reason) => reason.replace('\n', " "),
        };
        let problems = self.problems();
        let verdict = if problems.is_empty() { "ok".to_owned() } else { format!("FAILED: {}", problems.join(", ")) };
        let (situation, way, seconds) = (situation.name(), way.name(), elapsed.as_secs_f64());
        write!(f, "{gateway:28} {situation:21} {way:8} {told:9} applied {applied} times, {seconds:4.1} s  {verdict}")
    }
}

async fn assert_told_truly(gateways: &[Gateway]) {
    // Ctrl-C does not reach the gateways; leaving the run stops them.
    let cases = tokio::select! {
        biased;
        _ = signal::ctrl_c() => panic!("interrupted"),
        cases = run_installed(gateways) => cases,
    };
    let failed: Vec<_> = cases.iter().filter(|case| !case.problems().is_empty()).map(Case::to_string).collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

async fn run_installed(gateways: &[Gateway]) -> Vec<Case> {
    let is_required = env::var("GATEWAYS").is_ok_and(|value| value == "required");
    let mut cases = Vec::new();
    for gateway in gateways {
        let missing = gateway.missing().or_else(|| tool().is_none().then_some("the tool (CINNOX_TOOL)"));
        if let Some(missing) = missing {
            assert!(!is_required, "{}: {missing} is missing", gateway.name);
            println!("{} is skipped: {missing} is missing; run `just gateways`", gateway.name);
        } else {
            cases.extend(run(gateway).await);
        }
    }
    cases
}

/// Runs every situation both ways.
async fn run(gateway: &Gateway) -> Vec<Case> {
    let mut origin = Origin::start().await;
    let running = gateway.start(origin.port);
    let url = running.url();
    let mut cases = Vec::new();
    let (first, rest) = Situation::ALL.split_at(1);
    let (middle, last) = rest.split_at(rest.len() - 1);
    for situations in [first, middle, last] {
        if situations == [Situation::Down] {
            origin.go_down().await;
        }
        let each = situations.iter().flat_map(|situation| [(*situation, Way::Library), (*situation, Way::Bulk)]);
        let ran = stream::iter(each).map(|(situation, way)| run_case(gateway.name, &url, situation, way));
        cases.extend(ran.buffered(CONCURRENCY).collect::<Vec<_>>().await);
    }
    drop(running);
    for case in &mut cases {
        case.applied = origin.applied(&id(case.situation, case.way));
        println!("{case}");
    }
    cases
}

async fn run_case(gateway: &'static str, url: &str, situation: Situation, way: Way) -> Case {
    let begin = Instant::now();
    let told = timeout(way.limit(), way.send(url, &id(situation, way))).await;
    let told = told.unwrap_or_else(|_| Err("it did not end in time".to_owned()));
    Case { gateway, situation, way, told, elapsed: begin.elapsed(), applied: 0 }
}

fn id(situation: Situation, way: Way) -> String {
    format!("{}.{}", situation.name(), way.name())
}

fn tool() -> Option<PathBuf> {
    env::var_os("CINNOX_TOOL").map(PathBuf::from).filter(|tool| tool.is_file())
}
