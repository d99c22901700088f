# The tasks of this project. `just` lists them; `.ci/run` and GitHub's workflow call the same recipes.

library := "cinnox-destination"
# Every feature except native-tls, which needs a system library on Linux.
features := "mock,schemars,tracing"
minimum_rust := `sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml`

# List the recipes.
default:
    @just --list

# Run every test that needs no system library.
test *ARGUMENTS:
    cargo test --workspace {{ARGUMENTS}}

# Run the README's demo: one update, sent to the in-memory mock server.
demo:
    sh -c "$(grep -m 1 '^cargo run' README.md | tr -d '\r')" | tee /dev/stderr | tail -n 1 | \
        grep -qx 'updated destination dest-1'

# Check the formatting and run clippy, on the library also with each feature alone.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    for feature in "" mock schemars tracing; do just lint-feature "$feature" || exit 1; done

# Run clippy on the library with native-tls, which needs OpenSSL's headers on Linux.
lint-native-tls: (lint-feature "native-tls")

[private]
lint-feature FEATURE:
    cargo clippy --package {{library}} --lib --no-default-features --features "{{FEATURE}}" -- -D warnings

# Build the documentation.
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --package {{library}} --features {{features}}

# Renew the snapshots of the generated client and of the public API; then read `git diff tests/snapshots`.
regenerate: (tool "public-api" "0.52.0")
    RENEW=1 cargo test --test it snapshot
    RENEW=1 .ci/api

# Compare the public API with its snapshot and with the last release.
api: (tool "public-api" "0.52.0")
    .ci/api

# Lint the OpenAPI document with the linters whose runtimes (npx, python3) are installed.
document:
    .ci/document

# Package the library and the command-line tool, and build them from the packages.
package *ARGUMENTS:
    cargo package --package {{library}} --package cinnox-destination-cli {{ARGUMENTS}}

# Follow the README in a new crate that depends on the packed library, and use TLS without a crypto provider in another.
consumer:
    .ci/consumer

# Check the licences and sources of the dependencies.
deny: (tool "deny" "0.20.2")
    cargo deny check bans licenses sources

# Check the dependencies for known vulnerabilities; downloads the RustSec database.
advisories: (tool "deny" "0.20.2")
    cargo deny check advisories

# Build with the declared minimum version of Rust.
minimum-rust:
    rustup toolchain install {{minimum_rust}} --profile minimal
    cargo +{{minimum_rust}} check --workspace

# Run the benchmarks (Linux): instructions, cpu, growth, in-flight and bulk, or all of them.
bench *PARTS:
    cargo bench --package cinnox-destination-bench -- {{PARTS}}

# Measure the CPU time of a clean build of a program that depends on this crate or on others (8 minutes).
bench-build:
    benches/build_cost

# Send 200,000 updates to a server that fails in every way.
soak:
    cargo test --release --test it soak -- --ignored --nocapture

# Install gateways from Debian's packages and send updates through each (Linux).
gateways:
    .ci/gateways

# Run what has to pass before a change is merged, except minimum-rust and advisories, which GitHub requires as well.
ci:
    .ci/run

# Compiling a tool takes longer than running it, hence --debug.
[private]
tool NAME VERSION:
    cargo {{NAME}} --version || CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --debug cargo-{{NAME}} --version {{VERSION}}
