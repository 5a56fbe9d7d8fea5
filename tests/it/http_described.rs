//! The API against its own description: requests made from its document by schemathesis, in
//! and out of what it allows, from a fixed seed. `.ci/servers` installs it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::stage::{Server, Stage};

/// As `.ci/servers` has it.
const VERSION: &str = "4.32.5";
const SEED: &str = "20261122";
/// Cases of one operation that are made up at random; those at its borders come besides.
const EXAMPLES: &str = "12";

/// What every answer must be: no fault of ours, and of the shape that the document says.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// The command in its own directory; `None` where it was not installed.
fn installed() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let own = format!("parkpulse/schemathesis-{VERSION}/bin/schemathesis");
    let command = cache.or(home)?.join(own);
    command.exists().then_some(command)
}

/// Asks as whoever `header` makes one; panics with what it printed if something is not as described.
fn hold(command: &PathBuf, stage: &Stage, server: &Server, header: &str, more: &[&str]) {
    let base = format!("http://{}", server.http);
    let output = Command::new(command)
        .arg("--no-color")
        .args(["run", &format!("{base}/api/openapi.json"), "--url", &base])
        // One at a time: Python 3.11 loses count inside its parser when threads read source at once
        // ("AST constructor recursion depth mismatch"), and the run ends in an error of its own.
        .args(["--seed", SEED, "--max-examples", EXAMPLES, "--workers", "1"])
        .args(["--phases", "examples,coverage,fuzzing", "--checks", CHECKS])
        .args(["--generation-database", "none"])
        .args(["--request-timeout", "20", "--header", header])
        .args(more)
        .current_dir(stage.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{header}\n{text}\n{words}\n{}",
        server.log()
    );
    let end: Vec<&str> = text.lines().rev().take(25).collect();
    println!("{}", end.into_iter().rev().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_answer_is_as_the_document_says_and_no_request_makes_us_fail() {
    let Some(command) = installed() else {
        assert!(std::env::var_os("CI").is_none(), "run .ci/servers first");
        println!("SKIPPED: `.ci/servers` installs schemathesis {VERSION}");
        return;
    };
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_RATE__ACCOUNT_PER_SECOND", "10000")
            .env("PARKPULSE_RATE__NETWORK_PER_SECOND", "10000");
    });
    // A line that never ends, one that is no HTTP, and what ends the session that asks.
    let without = [
        "--exclude-path",
        "/api/v1/live",
        "--exclude-path",
        "/mqtt",
        "--exclude-path",
        "/api/v1/sign-out",
        "--exclude-path",
        "/api/v1/readings",
    ];
    hold(
        &command,
        &stage,
        &server,
        &server.bearer().unwrap(),
        &without,
    );
    let gateway = format!("Authorization: Bearer {token}");
    hold(
        &command,
        &stage,
        &server,
        &gateway,
        &["--include-path", "/api/v1/readings"],
    );
    let mut sec = stage.person("sec.one", "sec", "");
    server.sign_in(&mut sec);
    let people = ["--include-path-regex", "/api/v1/(people|me|sign-in)"];
    hold(&command, &stage, &server, &sec.cookie, &people);
    server.stop();
}
