//! The stage: the built binary in a temporary directory on free ports, killed when dropped.

mod client;
mod park;
mod person;
mod wait;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

pub(crate) use client::{Answer, exchange, exchange_over, request, written};
pub(crate) use park::{ENTERPRISE, GATEWAY};
pub(crate) use person::{PASSWORD, Person, cookie_of, unbase32};
pub(crate) use wait::until;

/// How long a start with recovery may take, and a stop.
pub(crate) const START_WITHIN: Duration = Duration::from_secs(30);
pub(crate) const STOP_WITHIN: Duration = Duration::from_secs(10);

/// A command line of the built binary, on free ports, without the caller's environment of ours.
pub(crate) fn parkpulse(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parkpulse"));
    command
        .env("PARKPULSE_HTTP__LISTEN", "127.0.0.1:0")
        .env("PARKPULSE_MQTT__LISTEN", "127.0.0.1:0")
        .env("PARKPULSE_MQTT__TLS_LISTEN", "127.0.0.1:0")
        .env("PARKPULSE_SIGN_IN__HASH_MEMORY", "19 MiB")
        // On a slow machine people of a test sign in long before they do something.
        .env("PARKPULSE_SIGN_IN__FACTOR_FRESH_FOR", "12 hours")
        .env("PARKPULSE_DATA_DIR", data_dir);
    command
}

/// A data directory and the means to run commands on it, with or without a server.
pub(crate) struct Stage {
    directory: TempDir,
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// A place for a test's own files, outside the data directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        parkpulse(&self.data_dir())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a command that must exit 0, and gives its stdout.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}\n{}{}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            fs::read_to_string(self.path("serve.log")).unwrap_or_default()
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts `serve` and waits until `/readyz` answers 200.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(|_| {})
    }

    /// The same with more environment or arguments.
    pub(crate) fn serve_with(&self, more: impl FnOnce(&mut Command)) -> Server {
        let server = self.open_doors(more);
        server.get_ready(START_WITHIN);
        server
    }

    /// The same as soon as the doors are open, ready or not.
    pub(crate) fn open_doors(&self, more: impl FnOnce(&mut Command)) -> Server {
        let mut command = parkpulse(&self.data_dir());
        command.arg("serve");
        more(&mut command);
        let (data_dir, log) = (self.data_dir(), self.path("serve.log"));
        let mut server = Server::begin(START_WITHIN, command, &data_dir, &log);
        server.tester = Some((data_dir, OnceLock::new()));
        server
    }
}

/// A running `serve` (or `demo`), killed when dropped.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    pub(crate) http: String,
    pub(crate) mqtt: Option<String>,
    pub(crate) mqtt_tls: Option<String>,
    pub(crate) control: String,
    /// Where somebody is added who looks, and their token once they are.
    tester: Option<(PathBuf, OnceLock<String>)>,
}

impl Server {
    /// Starts `command`, whose data directory is `data_dir`, and waits until it is ready.
    pub(crate) fn start(command: Command, data_dir: &Path, log: &Path) -> Self {
        Self::start_within(START_WITHIN, command, data_dir, log)
    }

    /// The same for what has much to lay first: `within` for its doors and as long for the rest.
    pub(crate) fn start_within(
        within: Duration,
        command: Command,
        data_dir: &Path,
        log: &Path,
    ) -> Self {
        let server = Self::begin(within, command, data_dir, log);
        server.get_ready(within);
        server
    }

    /// Waits until `/readyz` answers 200.
    pub(crate) fn get_ready(&self, within: Duration) {
        until(within, "/readyz", || {
            (self.get("/readyz").status == 200).then_some(())
        });
    }

    /// The same as soon as the doors are open; for what answers nobody who comes without TLS, too.
    pub(crate) fn begin(
        within: Duration,
        mut command: Command,
        data_dir: &Path,
        log: &Path,
    ) -> Self {
        let ports = data_dir.join("ports.json");
        let _ = fs::remove_file(&ports);
        let lines = fs::File::create(log).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(lines.try_clone().unwrap())
            .stderr(lines);
        let mut server = Self {
            child: command.spawn().unwrap(),
            log: log.to_owned(),
            http: String::new(),
            mqtt: None,
            mqtt_tls: None,
            control: String::new(),
            tester: None,
        };
        let text = until(within, "ports.json", || {
            if let Some(status) = server.child.try_wait().unwrap() {
                panic!("it ended at start: {status}\n{}", server.log());
            }
            fs::read_to_string(&ports).ok()
        });
        let ports: serde_json::Value = serde_json::from_str(&text).unwrap();
        let port = |name: &str| ports[name].as_str().map(str::to_owned);
        server.http = port("http").unwrap();
        server.mqtt = port("mqtt");
        server.mqtt_tls = port("mqtt_tls");
        server.control = port("control").unwrap();
        server
    }

    /// What it printed and logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it says `words` in its log: a line may come after what it tells of.
    pub(crate) fn says(&self, words: &str) {
        until(Duration::from_secs(10), words, || {
            self.log().contains(words).then_some(())
        });
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks as an operator of all parks, who is added at the first question; in a demo, where one
    /// is that already, as nobody.
    pub(crate) fn get(&self, path: &str) -> Answer {
        let open = ["/livez", "/readyz", "/metrics", "/api/openapi.json"];
        let bearer = (!open.contains(&path)).then(|| self.bearer()).flatten();
        let headers: Vec<&str> = bearer.iter().map(String::as_str).collect();
        request(&self.http, "GET", path, &headers, b"")
    }

    /// The header of the operator of all parks; `None` in a demo.
    pub(crate) fn bearer(&self) -> Option<String> {
        let (directory, token) = self.tester.as_ref()?;
        let token = token.get_or_init(|| {
            let account = format!("tester-{}", self.pid());
            let role = ["--role", "operator", "--scope", "*"];
            let output = parkpulse(directory)
                .args(["user", "add", &account, "--token-days", "1", "--json"])
                .args(role)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            let added: serde_json::Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|cause| panic!("{cause}: {words}"));
            added["token"].as_str().unwrap().to_owned()
        });
        Some(format!("Authorization: Bearer {token}"))
    }

    /// Asks as whoever these headers make one.
    pub(crate) fn get_as(&self, path: &str, headers: &[&str]) -> Answer {
        request(&self.http, "GET", path, headers, b"")
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        request(&self.http, method, path, headers, body)
    }

    /// Sends a signal, as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for its end and gives the exit code (`None` if a signal ended it).
    pub(crate) fn ended(&mut self, within: Duration) -> Option<i32> {
        until(within, "the end of the process", || {
            self.child.try_wait().unwrap()
        })
        .code()
    }

    /// Asks it to stop and expects an ordered end in time.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        let code = self.ended(STOP_WITHIN);
        assert_eq!(code, Some(0), "{}", self.log());
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
