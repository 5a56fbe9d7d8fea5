//! The caller's side.

use std::io::{self, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use crate::app::Ports;

use super::frame::{Tag, read_frame, write_head};
use super::wire::Head;
use super::{ControlKey, Request};

/// The longest command: nobody waits for ever for an owner that says nothing.
const COMMAND_WITHIN: Duration = Duration::from_hours(1);

/// Why the owner did not run a command to its end.
#[derive(Debug, thiserror::Error)]
pub enum AskFailed {
    /// It does not listen (yet); nothing was sent.
    #[error("the owner of the data directory cannot be reached; it may be starting or stopping")]
    Unreachable(#[source] io::Error),
    /// The connection broke; the command may have run.
    #[error(
        "the owner of the data directory ended before the command did; look whether it was done"
    )]
    CutOff(#[source] io::Error),
    /// The own output cannot be written.
    #[error("the output cannot be written")]
    Output(#[source] io::Error),
}

/// Sends `request` to the owner of `directory`, copies its output to `results` and `messages`, and
/// gives the exit code.
///
/// # Errors
/// See [`AskFailed`].
pub fn ask(
    directory: &Path,
    request: &Request,
    patience: Duration,
    results: &mut dyn Write,
    messages: &mut dyn Write,
) -> Result<u8, AskFailed> {
    let key = ControlKey::read(directory).map_err(AskFailed::Unreachable)?;
    let ports = Ports::read(directory).map_err(AskFailed::Unreachable)?;
    let mut stream =
        TcpStream::connect_timeout(&ports.control, patience).map_err(AskFailed::Unreachable)?;
    send(&mut stream, request, &key, patience).map_err(AskFailed::CutOff)?;
    loop {
        let (tag, bytes) = read_frame(&mut stream).map_err(AskFailed::CutOff)?;
        match tag {
            Tag::Results => results.write_all(&bytes).map_err(AskFailed::Output)?,
            // That nobody reads messages is no fault, as in `Out::say`.
            Tag::Messages => drop(messages.write_all(&bytes)),
            Tag::Exit => return Ok(bytes.first().copied().unwrap_or(1)),
        }
    }
}

fn send(
    stream: &mut TcpStream,
    request: &Request,
    key: &ControlKey,
    patience: Duration,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(patience))?;
    stream.set_read_timeout(Some(COMMAND_WITHIN))?;
    let head = Head::of(request, key.reveal());
    write_head(
        stream,
        &serde_json::to_vec(&head).map_err(io::Error::other)?,
    )?;
    for content in request.inputs.values() {
        stream.write_all(content)?;
    }
    stream.flush()
}
