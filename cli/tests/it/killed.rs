//! What `kill -9` leaves: everything that was in flight is known to the next run.

use std::{collections::HashMap, fmt::Write as _, thread, time::Duration};

use crate::{
    server::{Answer, Server},
    tool::{Desk, WRONG, line, many, mark, pairs},
};

/// A random number below `end`; the same ones each time.
fn random(state: &mut u64, end: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % end
}

#[test]
fn in_flight_lines_are_unknown_after_kill_and_resent_only_if_idempotent() {
    let server = Server::start(|request| match request.number {
        0..3 => Answer::UpdateAfter(Duration::from_secs(60)),
        _ => Answer::Update,
    });
    let desk = Desk::new(many(5));
    let mut child = desk.bulk(&server.url, &["--concurrency", "3"]).spawn().unwrap();
    server.wait_for(3);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(desk.outcomes(), []);
    let ran = desk.run(&server.url, &[]).assert_status(1);
    let message = "3, first line 1: an earlier run ended before its result was written";
    assert_eq!((server.count(), ran.summary("unknown")), (5, message));
    let (unknown, updated) = ([1, 2, 3].map(|line| (line, "unknown")), [4, 5].map(|line| (line, "updated")));
    assert_eq!(desk.sorted_outcomes(), pairs([&unknown[..], &updated].concat()));
    desk.run(&server.url, &[]).assert_status(1);
    assert_eq!((server.count(), desk.outcomes().len()), (5, 5), "it is written once");
    desk.run(&server.url, &["--idempotent"]).assert_status(0);
    assert_eq!(server.count(), 8);
}

#[test]
fn killed_twenty_times_and_started_again_nothing_is_lost() {
    const LINES: usize = 2_000;
    const DESTINATIONS: u64 = 400;
    let server = Server::start(|request| match mark(&request.update) % 50 {
        7 => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::UpdateAfter(Duration::from_millis(1)),
    });
    let (mut updates, mut state) = (String::new(), 6);
    let destinations: Vec<_> = (1..=LINES).map(|_| format!("dest-{}", random(&mut state, DESTINATIONS))).collect();
    for (destination, number) in destinations.iter().zip(1..) {
        write!(updates, "{}", line(destination, number)).unwrap();
    }
    let desk = Desk::new(updates);
    let arguments = ["--concurrency", "16", "--idempotent"];
    for _ in 0..20 {
        let goal = server.count() + usize::try_from(random(&mut state, 90)).unwrap();
        let mut child = desk.bulk(&server.url, &arguments).spawn().unwrap();
        server.wait_for(goal);
        thread::sleep(Duration::from_micros(random(&mut state, 3_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(desk.outcomes().len() < LINES, "there was nothing left to kill");
    }
    let ran = desk.run(&server.url, &arguments);
    assert_eq!(ran.status, Some(1), "some lines are rejected: {ran:?}");

    let outcomes = desk.sorted_outcomes();
    let numbers: Vec<_> = outcomes.iter().map(|(line, _)| *line).collect();
    assert_eq!(numbers, (1..=LINES as u64).collect::<Vec<_>>(), "each line has one result");
    assert!(outcomes.iter().all(|(_, outcome)| outcome == "updated" || outcome == "rejected"));

    let mut expected = HashMap::new();
    for (line, _) in outcomes.iter().filter(|(_, outcome)| outcome == "updated") {
        let line = usize::try_from(*line).unwrap();
        expected.insert(destinations[line - 1].clone(), line);
    }
    assert_eq!(server.held(), expected);
    let mut latest = HashMap::new();
    for (destination, mark) in server.sent() {
        let before = latest.insert(destination, mark).unwrap_or_default();
        assert!(before <= mark, "an earlier line came after a later one");
    }
    // Only what was in flight when it was killed is sent twice.
    assert!(server.count() <= LINES + 20 * 16, "{}", server.count());
}
