//! The server as a process: started, asked, measured and ended. Knows nothing of what it is sent.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ground::Ground;

const START_WITHIN: Duration = Duration::from_mins(5);

/// Processor time, in seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cpu {
    /// In our code and in the kernel.
    pub(crate) all: f64,
    /// Of it in the kernel.
    pub(crate) kernel: f64,
    /// By name of thread; threads that ended meanwhile are missing.
    pub(crate) threads: BTreeMap<String, f64>,
}

impl Cpu {
    /// What the process used since it began.
    pub(crate) fn of(process: u32) -> Self {
        let folder = format!("/proc/{process}");
        let (all, kernel) = times(&fs::read_to_string(format!("{folder}/stat")).unwrap());
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("{folder}/task")).unwrap() {
            let folder = task.unwrap().path();
            let read = |file: &str| fs::read_to_string(folder.join(file));
            // A thread may end while we look.
            if let (Ok(name), Ok(stat)) = (read("comm"), read("stat")) {
                *threads.entry(name.trim().to_owned()).or_insert(0.0) += times(&stat).0;
            }
        }
        Self {
            all,
            kernel,
            threads,
        }
    }

    /// What was used since `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let threads = self.threads.iter().map(|(name, used)| {
            let earlier = before.threads.get(name).copied().unwrap_or(0.0);
            (name.clone(), used - earlier)
        });
        Self {
            all: self.all - before.all,
            kernel: self.kernel - before.kernel,
            threads: threads.collect(),
        }
    }

    /// Where it went, in words.
    pub(crate) fn parts(&self) -> String {
        let mut parts = vec![format!(
            "{:.0} % in the kernel",
            100.0 * self.kernel / self.all
        )];
        for (name, used) in &self.threads {
            let share = 100.0 * used / self.all;
            if share >= 0.5 {
                parts.push(format!("{name} {share:.0} %"));
            }
        }
        parts.join(", ")
    }
}

/// A running server, killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) mqtt: SocketAddr,
    http: SocketAddr,
}

/// A command line of the built program on the bench's data directory; `BENCH_SERVER` names
/// another build of it to compare with.
pub(crate) fn parkpulse(data_dir: &Path) -> Command {
    let built = env!("CARGO_BIN_EXE_parkpulse").into();
    let program = std::env::var_os("BENCH_SERVER").unwrap_or(built);
    let mut command = Command::new(program);
    command
        .env("PARKPULSE_HTTP__LISTEN", "127.0.0.1:0")
        .env("PARKPULSE_MQTT__LISTEN", "127.0.0.1:0")
        .env("PARKPULSE_LOG__LEVEL", "warn")
        .env("PARKPULSE_DATA_DIR", data_dir)
        .stdin(Stdio::null());
    command
}

impl Server {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(ground: &Ground) -> Self {
        Self::start_as(&ground.data_dir, &["serve"])
    }

    /// The same by other arguments.
    pub(crate) fn start_as(data_dir: &Path, arguments: &[&str]) -> Self {
        let ports = data_dir.join("ports.json");
        let _not_there = fs::remove_file(&ports);
        let child = parkpulse(data_dir)
            .args(arguments)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + START_WITHIN;
        let text = loop {
            if let Ok(text) = fs::read_to_string(&ports) {
                break text;
            }
            assert!(Instant::now() < until, "it does not start");
            sleep(Duration::from_millis(2));
        };
        let ports: serde_json::Value = serde_json::from_str(&text).unwrap();
        let port = |name: &str| ports[name].as_str().unwrap().parse().unwrap();
        let server = Self {
            child,
            mqtt: port("mqtt"),
            http: port("http"),
        };
        while !server.get("/readyz").starts_with(b"HTTP/1.1 200") {
            assert!(Instant::now() < until, "it does not get ready");
            sleep(Duration::from_millis(2));
        }
        server
    }

    /// The whole answer; empty if there was none.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let mut answer = Vec::new();
        let Ok(mut stream) = TcpStream::connect(self.http) else {
            return answer;
        };
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        if stream.write_all(request.as_bytes()).is_ok() {
            let _cut_off = stream.read_to_end(&mut answer);
        }
        answer
    }

    /// What is answered to JSON, as a page of ours sends it; empty if there was no answer.
    pub(crate) fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let mut answer = Vec::new();
        let Ok(mut stream) = TcpStream::connect(self.http) else {
            return answer;
        };
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(request.as_bytes()).is_ok() {
            let _cut_off = stream.read_to_end(&mut answer);
        }
        answer
    }

    /// A figure of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let page = String::from_utf8(self.get("/metrics")).unwrap();
        let line = page
            .lines()
            .find(|line| !line.starts_with('#') && line.contains(name));
        let number = line.and_then(|line| line.rsplit(' ').next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    pub(crate) fn cpu(&self) -> Cpu {
        Cpu::of(self.child.id())
    }

    /// Waits until it works on nothing any more; `false` if it still does after `within`.
    pub(crate) fn rest(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut quiet = 0;
        while Instant::now() < until {
            let before = times(&self.proc("stat")).0;
            sleep(Duration::from_millis(400));
            let used = times(&self.proc("stat")).0 - before;
            quiet = if used <= 0.02 { quiet + 1 } else { 0 };
            if quiet == 4 {
                return true;
            }
        }
        false
    }

    /// Memory now and at most so far, in MiB.
    pub(crate) fn memory_mib(&self) -> (f64, f64) {
        let status = self.proc("status");
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            kib / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "it did not stop in order: {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Processor time of a `stat` line and the kernel's part of it, in seconds.
fn times(stat: &str) -> (f64, f64) {
    let ticks_per_s = ticks_per_second();
    // The name in parentheses may hold anything; fields are counted after it.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let seconds = |place: usize| fields[place].parse::<f64>().unwrap() / ticks_per_s;
    (seconds(11) + seconds(12), seconds(12))
}

/// What the kernel counts processor time in.
fn ticks_per_second() -> f64 {
    static TICKS: std::sync::OnceLock<f64> = std::sync::OnceLock::new();
    *TICKS.get_or_init(|| {
        let told = Command::new("getconf").arg("CLK_TCK").output().unwrap();
        String::from_utf8(told.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap()
    })
}
