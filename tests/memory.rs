//! A response that never ends does not fill the memory. Alone in its program, so that nothing else is measured.
#![cfg(target_os = "linux")]

#[path = "support/fault.rs"]
mod fault;
#[path = "support/matrix.rs"]
mod matrix;

use std::time::Duration;

use crate::{
    fault::{Server, builder, destination, update},
    matrix::{LIMIT, Row, describe, rows},
};

/// A value of `/proc/self/status`, in bytes.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
}

/// How a call ends, and by how much memory grows for it.
async fn measure(row: &Row, limit: usize) -> (String, usize) {
    let server = Server::start(std::slice::from_ref(&row.plan)).await;
    let time = Duration::from_secs(if row.stalls { 1 } else { 30 });
    let client = builder(&server.url()).attempt_timeout(time).total_timeout(time * 2).max_response_bytes(limit as u64);
    let client = client.build().unwrap();
    // Makes the peak begin anew.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    let result = client.update(&destination(), &update()).await;
    let grown = memory("VmHWM:").saturating_sub(before);
    println!("{}: {grown} bytes more than {before}", row.name);
    (result.as_ref().map_or_else(describe, |_| "updated".to_owned()), grown)
}

#[tokio::test]
async fn what_never_ends_is_held_up_to_the_limit() {
    let measured = [
        "ndless",
        "for ever",
        "gzip bomb",
        "100,000 headers",
        "1 MiB",
        "without end",
        "2^63",
        "deep nesting",
        "small objects",
    ];
    let rows: Vec<_> = rows().into_iter().filter(|row| measured.iter().any(|name| row.name.contains(name))).collect();
    assert_eq!(rows.len(), 20, "{:?}", rows.iter().map(|row| &row.name).collect::<Vec<_>>());
    for row in &rows {
        let (end, grown) = measure(row, LIMIT).await;
        assert_eq!(end, row.expected, "{}", row.name);
        // A buffer that grows holds the old and the new for a moment; the rest is the sockets' own.
        assert!(grown < 6 * LIMIT, "{}: memory grew by {grown} bytes", row.name);
    }
    // With another limit it does grow, and the measure shows it.
    let row = rows.iter().find(|row| row.name == "an endless body, plain").unwrap();
    let (_, grown) = measure(row, 64 * LIMIT).await;
    assert!(grown > 48 * LIMIT, "memory grew by {grown} bytes");
}
