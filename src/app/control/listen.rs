//! The owner's side.

use std::io::{self, BufWriter, Read};
use std::net::TcpStream;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::Parts;
use crate::config::Control;
use crate::store::failpoint;

use super::frame::{Framed, Tag, read_head, write_frame};
use super::wire::Head;
use super::{Commands, ControlKey, Request};

/// Bytes of output gathered before they go into a frame.
const GATHER_BYTES: usize = 16 * 1024;

/// What the caller of a command hears that failed by a fault of ours.
const FAILED_INSIDE: &str = "error: the command failed inside the process that owns the data \
    directory, by a fault of parkpulse. What it said was done is done; all else is as it was. The \
    owner goes on; its log says where it failed.\n";

/// Pause after the system refused to accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What every command that arrives is answered with.
struct Counter {
    parts: Arc<Parts>,
    commands: Arc<dyn Commands>,
    key: ControlKey,
    settings: Control,
}

/// Serves commands until `stop`, at most `commands_max` at a time; returns when those that run
/// have ended.
pub(in crate::app) async fn listen(
    listener: TcpListener,
    parts: Arc<Parts>,
    commands: Arc<dyn Commands>,
    key: ControlKey,
    stop: CancellationToken,
) {
    let settings = parts.settings.control.clone();
    let places = Arc::new(Semaphore::new(settings.commands_max));
    let counter = Arc::new(Counter {
        parts,
        commands,
        key,
        settings,
    });
    let running = TaskTracker::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let Some((place, accepted)) = stop.run_until_cancelled(next).await else {
            break;
        };
        let stream = accepted.and_then(|(stream, _)| stream.into_std());
        let Ok(stream) = stream else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let counter = Arc::clone(&counter);
        running.spawn_blocking(move || {
            // What goes wrong with one caller is that caller's to see: it hears no exit code.
            if let Err(cause) = counter.serve(stream) {
                tracing::debug!(%cause, "a command over the control socket was cut off");
            }
            drop(place);
        });
    }
    running.close();
    running.wait().await;
}

impl Counter {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(self.settings.patience))?;
        stream.set_write_timeout(Some(self.settings.patience))?;
        let request = match self.read(&mut stream)? {
            Ok(request) => request,
            Err(words) => {
                write_frame(&mut stream, Tag::Messages, words.as_bytes())?;
                return write_frame(&mut stream, Tag::Exit, &[1]);
            }
        };
        let stream = Arc::new(Mutex::new(stream));
        let results = BufWriter::with_capacity(GATHER_BYTES, Framed::new(&stream, Tag::Results));
        let messages = Framed::new(&stream, Tag::Messages);
        // What a command changes it commits whole or not at all, so nothing is left half done.
        let ran = panic::catch_unwind(AssertUnwindSafe(|| {
            failpoint("during_command");
            let (results, messages) = (Box::new(results), Box::new(messages));
            self.commands.run(request, &self.parts, results, messages)
        }));
        let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
        let code = match ran {
            Ok(code) => code,
            Err(_panic) => {
                tracing::error!("a command failed by a fault of this program; see above");
                write_frame(&mut stream, Tag::Messages, FAILED_INSIDE.as_bytes())?;
                1
            }
        };
        write_frame(&mut stream, Tag::Exit, &[code])
    }

    /// The request, or words that refuse it. The secret is looked at before anything else.
    fn read(&self, stream: &mut TcpStream) -> io::Result<Result<Request, &'static str>> {
        let head: Head = serde_json::from_slice(&read_head(stream)?).map_err(io::Error::other)?;
        if !self.key.fits(&head.key) {
            return Err(io::Error::other("a caller without the secret"));
        }
        if !head.is_of_this_version() {
            return Ok(Err(
                "the data directory is served by another version of parkpulse; use \
                 that one\n",
            ));
        }
        let bytes = head.input_bytes();
        if bytes > self.settings.request_bytes_max {
            return Ok(Err("the files are larger than control.request_bytes_max\n"));
        }
        let mut content = vec![0; bytes];
        stream.read_exact(&mut content)?;
        let request = head.into_request(&content);
        Ok(request.ok_or("the files were cut off\n"))
    }
}
