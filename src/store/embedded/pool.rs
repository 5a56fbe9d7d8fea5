//! Connections that read, a bounded number of them.

use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use crate::store::StoreFault;

use super::open::open_reader;

/// The connections; whoever finds none waits for one.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Mutex<Vec<Connection>>,
    bell: Condvar,
}

impl Pool {
    /// Opens `count` connections to the file at `path`.
    pub(super) fn open(path: &Path, count: usize) -> Result<Self, StoreFault> {
        let idle: Result<Vec<_>, _> = (0..count.max(1)).map(|_| open_reader(path)).collect();
        Ok(Self {
            idle: Mutex::new(idle?),
            bell: Condvar::new(),
        })
    }

    /// Reads with a connection of the pool. `read` must be short: what visitors do comes after it.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        let connection = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                if let Some(connection) = idle.pop() {
                    break connection;
                }
                idle = self.bell.wait(idle).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let answer = read(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
        self.bell.notify_one();
        answer
    }
}
