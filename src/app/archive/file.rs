//! `manifest.json` in an archive.

use serde::{Deserialize, Serialize};

/// The only format there is so far.
pub(super) const FORMAT: u32 = 1;

/// What an archive holds, so that a cut or changed one is found.
#[derive(Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) version: String,
    pub(super) made_at: String,
    pub(super) files: Vec<Packed>,
}

/// One file of an archive.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}
