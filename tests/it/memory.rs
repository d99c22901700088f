//! A response that never ends does not exhaust the memory.

use std::time::Duration;

use crate::{
    faults::cases::{self, BODY_LIMIT, Case},
    support::{builder, call, observed::observed, process, server::Server},
};

/// A value of `/proc/self/status`, in bytes.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
}

/// The result of a call, and the growth of memory in bytes.
async fn measure(case: &Case, limit: usize) -> (String, usize) {
    let server = Server::start(std::slice::from_ref(&case.server)).await;
    let timeout = Duration::from_secs(if case.stalls { 1 } else { 30 });
    let client = builder(&server.url()).attempt_timeout(timeout).total_timeout(timeout * 2).max_response_bytes(limit);
    // Resets the peak.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    let result = call(client).await;
    let growth = memory("VmHWM:").saturating_sub(before);
    println!("{}: {growth} bytes more than {before}", case.name);
    (observed(&result), growth)
}

#[tokio::test]
async fn buffers_endless_responses_up_to_the_limit() {
    if !process::run_in_own(module_path!(), "buffers_endless_responses_up_to_the_limit") {
        return;
    }
    let measured = ["endless", "for ever", "100,000 headers", "1 MiB", "2^63", "deep nesting", "small objects"];
    let cases: Vec<_> =
        cases::all().into_iter().filter(|case| measured.iter().any(|name| case.name.contains(name))).collect();
    assert_eq!(cases.len(), 14, "{:?}", cases.iter().map(|case| &case.name).collect::<Vec<_>>());
    for case in &cases {
        let (result, growth) = measure(case, BODY_LIMIT).await;
        assert_eq!(result, case.result, "{}", case.name);
        // The body, its copy for the generated client, and a buffer that grows; the rest belongs to the sockets.
        assert!(growth < 6 * BODY_LIMIT, "{}: memory grew by {growth} bytes", case.name);
    }
    // With a higher limit memory does grow, so the measurement works.
    let case = cases.iter().find(|case| case.name == "an endless body").unwrap();
    let (_, growth) = measure(case, 16 * BODY_LIMIT).await;
    assert!(growth > 12 * BODY_LIMIT, "memory grew by {growth} bytes");
}
