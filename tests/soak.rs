//! Thousands of updates at once, through every fault of the matrix: what each call says must be true. The long run is
//! `cargo test --release --features mock,schemars,tracing --test soak -- --ignored --nocapture`.
#![cfg(feature = "rustls")]

#[path = "support/fault.rs"]
mod fault;
#[path = "support/matrix.rs"]
mod matrix;
#[path = "support/tls.rs"]
mod tls;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use cinnox_destination::{Client, Outcome};
use futures_util::{StreamExt, stream};
use tokio::net::TcpSocket;

use crate::{
    fault::{Plan, Server, builder, quick, update},
    matrix::{Row, rows},
};

const CONCURRENCY: usize = 64;
const SEED: u64 = 0x6451_0010;
/// How many requests in the beginning meet bodies without end.
const BURST: usize = 4 * CONCURRENCY;
/// One call in so many goes to a place where no connection can be made.
const NO_CONNECTION_EACH: usize = 500;

/// The same random-looking number for the same input (SplitMix64).
fn random(seed: u64, number: usize) -> u64 {
    let mut z = seed.wrapping_add((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Nine requests in ten succeed; the tenth meets a row of the matrix. Where the row leaves the outcome open, the update
/// is applied in half of the cases.
///
/// The worst for memory comes first, 64 bodies up to the limit at once: an allocator keeps what it had once, and what is
/// added later is a leak.
fn plan(rows: &[Row], number: usize) -> Plan {
    if number < BURST {
        let mut too_large = rows.iter().filter(|row| row.expected.starts_with("BodyTooLarge")).cycle();
        return too_large.nth(number).unwrap().plan.clone();
    }
    if !random(SEED, number).is_multiple_of(10) {
        return Plan::success();
    }
    let which = random(SEED + 1, number);
    let row = &rows[usize::try_from(which % rows.len() as u64).unwrap()];
    row.plan.clone().applying(row.succeeds() || (row.is_unknown() && which >> 63 == 1))
}

/// Resident memory; nothing where the system does not tell it.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).map_or(0, |pages| pages * 4096)
}

/// After the first tenth of the calls, memory may grow by a tenth.
async fn soak(calls: usize) {
    let warm_up = calls / 10;
    let rows = rows();
    let applied: Arc<[AtomicBool]> = (0..calls).map(|_| AtomicBool::new(false)).collect();
    let server = {
        let applied = Arc::clone(&applied);
        let on_applied = move |path: &str| {
            let number: usize = path.rsplit('-').next().unwrap().parse().unwrap();
            applied[number].store(true, Ordering::SeqCst);
        };
        Server::scripted(move |number| plan(&rows, number), on_applied).await
    };
    let settings = |url: &str| {
        builder(url)
            .attempt_timeout(Duration::from_millis(500))
            .total_timeout(Duration::from_secs(5))
            .retry(quick().idempotent().max_retry_after(Duration::ZERO))
    };
    let client = settings(&server.url()).build().unwrap();

    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let dead = settings(&format!("http://{}", taken.local_addr().unwrap())).build().unwrap();
    let stranger = tls::start(tls::self_signed("localhost", 2999), Plan::success()).await;
    let strange = settings(&format!("https://localhost:{}", stranger.address.port())).build().unwrap();
    let unreachable = [dead, strange];

    let begin = Instant::now();
    let mut ends = BTreeMap::new();
    let mut false_words = Vec::new();
    let mut never_applied = Vec::with_capacity(calls);
    let (mut warm, mut highest) = (0, 0);
    let update = update();
    let mut results = stream::iter(0..calls)
        .map(|number| {
            let client: Client = match number % NO_CONNECTION_EACH {
                0 => unreachable[number / NO_CONNECTION_EACH % unreachable.len()].clone(),
                _ => client.clone(),
            };
            let update = &update;
            async move {
                let id = format!("d-{number}").parse().unwrap();
                (number, client.update(&id, update).await)
            }
        })
        .buffer_unordered(CONCURRENCY);
    let mut done = 0;
    while let Some((number, result)) = results.next().await {
        let applied = applied[number].load(Ordering::SeqCst);
        let (end, is_true) = match &result {
            Ok(_) => ("updated".to_owned(), applied),
            Err(error) => (error.outcome().to_string(), error.outcome() == Outcome::Unknown || !applied),
        };
        if !is_true {
            false_words.push(format!("d-{number} (applied: {applied}): {result:?}"));
        }
        if result.is_err_and(|error| error.outcome() != Outcome::Unknown) {
            never_applied.push(number);
        }
        *ends.entry(end).or_insert(0) += 1;
        done += 1;
        if done == warm_up {
            warm = resident_bytes();
        } else if done % (calls / 100) == 0 {
            highest = highest.max(resident_bytes());
        }
    }
    let last = resident_bytes();
    println!("{calls} calls in {:?}: {ends:?}; the server saw {:?}", begin.elapsed(), server.seen());
    println!("resident bytes: {warm} after {warm_up} calls, {highest} at most, {last} in the end");

    // Once more in the end: an attempt must not have been carried out behind the back of a call that was over.
    never_applied.retain(|number| applied[*number].load(Ordering::SeqCst));
    assert!(never_applied.is_empty(), "not sent or rejected, and applied later: {never_applied:?}");
    assert!(false_words.is_empty(), "{} calls say what is not true:\n{}", false_words.len(), false_words.join("\n"));
    assert_eq!(ends.values().sum::<usize>(), calls);
    assert_eq!(ends.keys().collect::<Vec<_>>(), ["not sent", "rejected", "unknown", "updated"]);
    assert!(ends["updated"] > calls * 9 / 10 && ends["unknown"] < calls / 15, "{ends:?}");
    assert!(last <= warm + warm / 10, "memory grew from {warm} to {last} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_10_000_calls_say_is_true() {
    soak(10_000).await;
}

#[ignore = "takes minutes"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_200_000_calls_say_is_true() {
    soak(200_000).await;
}
