//! A server on loopback that gives answers in turn, for the tests of a program that depends on the copy.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};

use cinnox_destination::prelude::*;

/// Gives each connection one of these answers and hangs up: the base URL, and later the requests as they came.
pub fn serve(answers: &[String]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let answers = answers.to_vec();
    let requests = thread::spawn(move || {
        let serve_one = |answer: String| {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = String::new();
            while !is_complete(&request) {
                let mut bytes = [0; 4096];
                let count = connection.read(&mut bytes).unwrap();
                assert_ne!(count, 0, "the request ends early: {request}");
                request.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
            connection.write_all(answer.as_bytes()).unwrap();
            request
        };
        answers.into_iter().map(serve_one).collect()
    });
    (base_url, requests)
}

fn is_complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// An answer whose end is that of the connection.
pub fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}")
}

pub fn update() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1", "staff-2"])
        .with_phones(["+85212345678"])
}
