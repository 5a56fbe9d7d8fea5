//! Pictures that were painted, by the digest of what they show: the same map is asked for again by
//! everybody who opens the same page, and painting takes longer than everything else about it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::heatmap::Digest;

/// What decides the bytes of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureKey {
    /// Of the column and its classes; not of its colours.
    pub digest: Digest,
    /// The palette's name.
    pub palette: String,
    /// How many corners the backdrop under it has.
    pub backdrop: usize,
    /// The media type.
    pub kind: &'static str,
}

impl PictureKey {
    /// As an entity tag (RFC 9110, 8.8.3).
    #[must_use]
    pub fn tag(&self) -> String {
        format!("\"{}-{}-{}\"", self.digest, self.palette, self.backdrop)
    }
}

/// Pictures kept, at most so many bytes; those not asked for the longest go first.
#[derive(Debug)]
pub struct Pictures {
    bytes_max: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The one asked for last at the end.
    pictures: VecDeque<(PictureKey, Bytes)>,
    bytes: usize,
}

impl Pictures {
    /// Nothing yet, at most `bytes_max` ever; 0 keeps none.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            kept: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The picture, if it is kept.
    #[must_use]
    pub fn find(&self, key: &PictureKey) -> Option<Bytes> {
        let mut kept = self.lock();
        let place = kept.pictures.iter().position(|(known, _)| known == key)?;
        let found = kept.pictures.remove(place)?;
        let bytes = found.1.clone();
        kept.pictures.push_back(found);
        Some(bytes)
    }

    /// Keeps a picture; one that is larger than all that may be kept is not.
    pub fn keep(&self, key: PictureKey, bytes: Bytes) {
        let mut kept = self.lock();
        let is_known = kept.pictures.iter().any(|(known, _)| *known == key);
        if is_known || bytes.len() > self.bytes_max {
            return;
        }
        kept.bytes += bytes.len();
        kept.pictures.push_back((key, bytes));
        while kept.bytes > self.bytes_max
            && let Some((_, oldest)) = kept.pictures.pop_front()
        {
            kept.bytes -= oldest.len();
        }
    }

    /// How many bytes are kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }
}
