//! `manifest.json` in an archive.

use serde::{Deserialize, Serialize};

/// The format with open keys.
pub(super) const FORMAT: u32 = 1;

/// The format with sealed keys: a program that does not know it must not put them in place.
pub(super) const FORMAT_SEALED: u32 = 2;

/// What an archive holds, so that a cut or changed one is found.
#[derive(Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) version: String,
    pub(super) made_at: String,
    pub(super) files: Vec<Packed>,
    /// How the keys are sealed; absent: they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealing: Option<Sealing>,
}

/// One file of an archive.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// How the keys of an archive were sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sealing {
    /// `argon2id`.
    pub(super) kdf: String,
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    /// 16 random bytes, hex.
    pub(super) salt: String,
}
