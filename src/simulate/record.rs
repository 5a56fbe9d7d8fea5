//! The run's own ledger (`--ledger FILE`): one JSON line for each message sent and for each
//! acknowledged, so that a test can hold against the platform what it promised.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::calendar::Moment;

use super::outbox::Letter;

/// The open file. Each line is handed to the system before the next event is looked at.
#[derive(Debug)]
pub struct Record {
    file: Mutex<File>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    Sent {
        gateway: &'a str,
        epoch: u64,
        seq: u64,
        at_ms: i64,
        payload: &'a str,
    },
    Acknowledged {
        gateway: &'a str,
        epoch: u64,
        seq: u64,
        at_ms: i64,
        code: u8,
    },
}

/// Whose line it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub(super) gateway: &'a str,
    pub(super) epoch: u64,
    pub(super) at: Moment,
}

impl Record {
    /// Opens `path` to be written on; what is there stays.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self {
            file: Mutex::new(file),
        })
    }

    pub(super) fn sent(&self, sender: Sender<'_>, letter: &Letter) -> io::Result<()> {
        self.write(&Line::Sent {
            gateway: sender.gateway,
            epoch: sender.epoch,
            seq: letter.seq,
            at_ms: sender.at.unix_ms(),
            payload: &letter.payload,
        })
    }

    pub(super) fn acknowledged(&self, sender: Sender<'_>, seq: u64, code: u8) -> io::Result<()> {
        self.write(&Line::Acknowledged {
            gateway: sender.gateway,
            epoch: sender.epoch,
            seq,
            at_ms: sender.at.unix_ms(),
            code,
        })
    }

    /// One write a line, so that lines of several gateways never mix.
    fn write(&self, line: &Line<'_>) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&text)
    }
}
