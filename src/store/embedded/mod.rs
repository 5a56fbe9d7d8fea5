//! The embedded engine: SQLite as the log and the house of compressed chunks (store.md).
//!
//! One thread writes, one folds, callers read with connections of their own. Knows no protocol and
//! no rule of the trade.
//!
//! *A message's way:* `submit` → inbox → writer: one batch row, commit with sync → head → answer.
//! *Later:* full head → fold → day chunks, slice by slice through the writer → month blocks.

pub mod codec;
mod compact;
mod counted;
mod find;
mod fold;
mod head;
mod inbox;
mod load;
mod merge;
mod open;
mod piece;
mod pool;
mod prepare;
mod queries;
mod record;
mod recover;
mod schema;
mod serve;
mod settings;
mod shared;
mod slice;
mod snapshot;
mod space;
mod sweep;
mod tables;
mod writer;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::calendar::Clock;

use super::StoreFault;
use super::disk::sync_dir_and_name;

pub use settings::Settings;

use fold::Folder;
use pool::Pool;
use shared::{Heads, Shared};
use writer::Writer;

/// Name of the main file in the data directory.
pub const READINGS_FILE: &str = "readings.db";

/// Readings in one file of the data directory.
#[derive(Debug)]
pub struct Embedded {
    shared: Arc<Shared>,
    file: PathBuf,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreFault> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(run);
    spawned.map_err(|cause| StoreFault::Unreadable {
        doing: "starting a thread of the store",
        cause: cause.to_string(),
    })
}

impl Embedded {
    /// Opens the store in the directory `dir`, which is there and which the caller owns (one owner,
    /// contract.md 5), brings it to the newest format, writes its log back and reads
    /// what is not folded into memory. When it returns, everything acknowledged before is seen.
    ///
    /// # Errors
    /// [`StoreFault::SelfCheck`], [`StoreFault::FromTheFuture`], [`StoreFault::Foreign`],
    /// [`StoreFault::DiskFailed`]: the store does not start.
    pub fn open(dir: &Path, settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, StoreFault> {
        let file = dir.join(READINGS_FILE);
        let mut connection = open::open_writer(&file)?;
        sync_dir_and_name(dir).map_err(|cause| StoreFault::DiskFailed {
            doing: "putting readings.db into its directory",
            cause: cause.to_string(),
        })?;
        let found = recover::look(&mut connection)?;
        let pool = Pool::open(&file, settings.readers)?;
        let heads = Heads {
            active: head::Head::default(),
            opened: Instant::now(),
            folding: None,
            latest: found.latest,
            folded: found.folded,
            counted: found.counted,
        };
        let path = dir.to_owned();
        let shared = Arc::new(Shared::new(path, settings, clock, pool, heads));
        shared
            .figures
            .damaged
            .store(found.damaged, Ordering::Relaxed);
        let read = shared
            .pool
            .read(|on| recover::receipts(on, &mut shared.arrivals()));
        read.map_err(open::unreadable("reading receipts at start"))?;
        shared.note_usage(found.usage.values());
        let writer = Writer {
            connection,
            shared: Arc::clone(&shared),
            next: found.next,
            quarantine_next: found.quarantine_next,
            usage: found.usage,
            cursors: found.cursors,
            space: (Instant::now(), space::space_at(dir, &settings)),
            log_is_long: false,
        };
        let folder = Folder {
            shared: Arc::clone(&shared),
            connection: open::open_reader(&file)?,
            blocks: load::Blocks::default(),
            answer: None,
        };
        let threads = vec![
            spawn("store-writer", || writer.run())?,
            spawn("store-folder", || folder.run())?,
        ];
        let store = Self {
            shared,
            file,
            threads: Mutex::new(threads),
        };
        recover::replay_log(&store.shared)?;
        let newest = super::BatchNo::new(found.next.saturating_sub(1));
        store.shared.newest.send_replace(newest);
        Ok(store)
    }

    /// Ends the threads, once.
    fn end(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.shared.places.close();
        self.shared.inbox.close();
        self.shared.ring_fold();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store died of a programming fault");
            }
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.end();
    }
}

/// How large a file is; 0 if it is not there.
fn file_bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}
