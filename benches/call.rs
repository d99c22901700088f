//! A whole call against a small server: written by hand, generated, and with everything that this crate adds.

#![allow(missing_docs)]

use std::time::Duration;

use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use futures_util::{StreamExt, stream};
use tokio::runtime::{Builder, Runtime};

#[path = "support/peers.rs"]
mod peers;
#[path = "support/samples.rs"]
mod samples;
#[path = "support/server.rs"]
mod server;
use peers::{HandWritten, Ours};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// How many calls an iteration has.
const CALLS: usize = 64;

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 64])]
fn hand_written(bencher: Bencher, concurrency: usize) {
    let peer = HandWritten::new(&server()).expect("a client");
    measure(bencher, concurrency, async || peer.call().await);
}

#[divan::bench(args = [1, 64])]
fn generated(bencher: Bencher, concurrency: usize) {
    let peer = Ours::new(&server()).expect("a client");
    measure(bencher, concurrency, async || peer.generated().await);
}

#[divan::bench(args = [1, 64])]
fn update(bencher: Bencher, concurrency: usize) {
    let peer = Ours::new(&server()).expect("a client");
    measure(bencher, concurrency, async || peer.update().await);
}

fn server() -> String {
    server::start(Duration::ZERO).expect("a loopback port")
}

fn measure(bencher: Bencher, concurrency: usize, call: impl AsyncFn() -> bool + Sync) {
    let runtime = runtime();
    // Makes the connections.
    runtime.block_on(calls(&call, concurrency));
    bencher.counter(ItemsCount::new(CALLS)).bench_local(|| runtime.block_on(calls(&call, concurrency)));
}

async fn calls(call: &impl AsyncFn() -> bool, concurrency: usize) {
    let mut answers = stream::iter(0..CALLS).map(|_| call()).buffer_unordered(concurrency);
    while let Some(updated) = answers.next().await {
        assert!(updated, "a call failed");
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
