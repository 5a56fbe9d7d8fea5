//! The simulator of a demo: this program once more, as a process of its own. One that dies is
//! started again, a few times and in words; it ends with the demo.

use std::ffi::OsString;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How often it is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How often in a row it is started again.
const TRIES_MAX: u32 = 5;

/// Longer before each try.
const PAUSE: Duration = Duration::from_secs(1);

/// One that has run so long is well: earlier deaths are forgotten.
const WELL_AFTER: Duration = Duration::from_mins(10);

/// How long it may take to end.
const END_WITHIN: Duration = Duration::from_secs(2);

/// A simulator that is looked after.
#[derive(Debug)]
pub(super) struct Simulator {
    stop: SyncSender<()>,
    keeper: JoinHandle<io::Result<()>>,
}

impl Simulator {
    /// Starts this program as a simulator, with these arguments.
    pub(super) fn start(arguments: Vec<OsString>) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let (stop, stopped) = sync_channel(1);
        let child = command.spawn()?;
        let keeper = thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || keep(command, child, &stopped))?;
        Ok(Self { stop, keeper })
    }

    /// Ends it, and whoever looks after it.
    pub(super) fn end(self) -> io::Result<()> {
        // A keeper that is gone already hears nothing; it says below how it ended.
        let _heard = self.stop.send(());
        let ended = self.keeper.join();
        ended.unwrap_or_else(|_panic| Err(io::Error::other("the simulator's keeper died")))
    }
}

/// Starts it again when it dies, until it is to end.
fn keep(mut command: Command, mut child: Child, stopped: &Receiver<()>) -> io::Result<()> {
    let (mut tries, mut begun) = (0, Instant::now());
    loop {
        if is_to_end(stopped, LOOK_EVERY) {
            return end(&mut child);
        }
        let Some(status) = child.try_wait()? else {
            if begun.elapsed() > WELL_AFTER {
                tries = 0;
            }
            continue;
        };
        if tries == TRIES_MAX {
            tell_given_up(status);
            // Nothing is left to look after.
            let _ended = stopped.recv();
            return Ok(());
        }
        tries += 1;
        tell_death(status, tries);
        if is_to_end(stopped, PAUSE * tries) {
            return Ok(());
        }
        // One that cannot be started stays dead and is tried again.
        match command.spawn() {
            Ok(started) => (child, begun) = (started, Instant::now()),
            Err(cause) => tracing::warn!(%cause, "the simulator cannot be started"),
        }
    }
}

fn tell_death(status: ExitStatus, tries: u32) {
    tracing::warn!(
        %status,
        tries,
        "模拟器中断，正在重新启动；已收到的读数不受影响 (the simulator died; what was received is \
         safe; starting it again)"
    );
}

fn tell_given_up(status: ExitStatus) {
    tracing::error!(
        %status,
        "模拟器多次中断，不再启动：不再有新读数，已有数据不受影响；请看上面的日志，再重新运行 demo \
         (the simulator died too often: no new readings come, kept data are safe; see the log above, \
         then run the demo again)"
    );
}

fn is_to_end(stopped: &Receiver<()>, within: Duration) -> bool {
    !matches!(stopped.recv_timeout(within), Err(RecvTimeoutError::Timeout))
}

/// Asks the simulator to end, and makes it if it does not.
fn end(child: &mut Child) -> io::Result<()> {
    let asked = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = asked
        && child.try_wait()?.is_none()
    {
        kill_process(pid, Signal::TERM)?;
    }
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > END_WITHIN {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
