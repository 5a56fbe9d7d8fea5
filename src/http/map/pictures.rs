//! Pictures that were painted, by the digest of what they show: the same map is asked for again by
//! everybody who opens the same page, and painting takes longer than everything else about it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::heatmap::Digest;
use crate::park::Name;
use crate::park::backdrop::Thing;

/// What decides the bytes of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureKey {
    /// Of the column and its classes; not of its colours.
    pub digest: Digest,
    /// The palette's name.
    pub palette: String,
    /// Of the backdrop under it, by [`PictureKey::backdrop_of`].
    pub backdrop: String,
    /// The filter and the parcel that is outlined, as they were asked for.
    pub chosen: String,
    /// The media type.
    pub kind: &'static str,
}

impl PictureKey {
    /// The digest of a backdrop: SHA-256 of all that is drawn of it, in hex; a road that was moved is
    /// another picture.
    #[must_use]
    pub fn backdrop_of(things: &[Thing]) -> String {
        let mut hash = Sha256::new();
        for thing in things {
            let name = thing.name.as_ref().map_or("", Name::as_str);
            hash.update(format!("{}\t{:?}\t{name}\t", thing.park, thing.kind));
            hash.update(thing.width_m.to_bits().to_be_bytes());
            for line in &thing.lines {
                hash.update("\n");
                for corner in line {
                    hash.update(corner.x.to_bits().to_be_bytes());
                    hash.update(corner.y.to_bits().to_be_bytes());
                }
            }
            hash.update("\n\n");
        }
        hex::encode(hash.finalize())
    }

    /// As an entity tag (RFC 9110, 8.8.3).
    #[must_use]
    pub fn tag(&self) -> String {
        let chosen = hex::encode(Sha256::digest(&self.chosen));
        let chosen = chosen.get(..16).unwrap_or_default();
        format!(
            "\"{}-{}-{}-{chosen}\"",
            self.digest, self.palette, self.backdrop
        )
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
