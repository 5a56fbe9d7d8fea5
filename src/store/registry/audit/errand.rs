//! What a door was asked: from where, under which request id, and whether the log has its record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One thing that somebody asked a door to do. Clones are the same errand.
#[derive(Clone, Debug)]
pub struct Errand(Arc<Asked>);

#[derive(Debug)]
struct Asked {
    via: String,
    request: String,
    is_written: AtomicBool,
}

impl Errand {
    /// An errand that came from the network address `via` under the id `request`.
    #[must_use]
    pub fn new(via: impl Into<String>, request: impl Into<String>) -> Self {
        Self(Arc::new(Asked {
            via: via.into(),
            request: request.into(),
            is_written: AtomicBool::new(false),
        }))
    }

    /// From where.
    #[must_use]
    pub fn via(&self) -> &str {
        &self.0.via
    }

    /// Its id in answers and logs.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.0.request
    }

    /// Whether a record of it is on disk.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.0.is_written.load(Ordering::SeqCst)
    }

    pub(super) fn mark_written(&self) {
        self.0.is_written.store(true, Ordering::SeqCst);
    }
}
