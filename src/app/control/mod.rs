//! The control socket: how a command reaches the process that owns the data directory.
//!
//! Loopback TCP with a secret that only those can read who may open the directory
//! (`DATA_DIR/control.key`, mode 0600, new with each start). The owner runs the same code as the
//! command itself would and streams its output and exit code back (contract.md 5). Blocking and
//! plain: a command here is a thread for as long as it runs.
//!
//! On the wire: a length (4 bytes, big-endian) and a JSON head, the bytes of the input files, and
//! back frames of one tag byte, a length and bytes.

mod ask;
mod frame;
mod key;
mod listen;
mod wire;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Parts;

pub use ask::{AskFailed, ask};
pub use key::ControlKey;
pub(super) use listen::listen;

/// The files a command reads, by the path that was written on its command line.
pub type Inputs = BTreeMap<PathBuf, Vec<u8>>;

/// A command line that is to run where the data directory is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The arguments, the program's name first.
    pub arguments: Vec<String>,
    /// The working directory of the caller: relative paths of outputs begin there.
    pub place: PathBuf,
    /// The files it reads.
    pub inputs: Inputs,
}

/// Where output goes, of either kind.
pub type Sink = Box<dyn Write + Send>;

/// What the owner can be asked to run; `command` brings it, because `app` knows no command.
pub trait Commands: Send + Sync {
    /// Runs `request` to its end and gives the exit code. Blocks; called on a thread of its own
    /// inside the runtime.
    fn run(&self, request: Request, parts: &Parts, results: Sink, messages: Sink) -> u8;
}

/// Where the secret of `directory` lies.
fn key_path(directory: &Path) -> PathBuf {
    directory.join("control.key")
}
