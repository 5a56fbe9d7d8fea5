//! Secrets of 32 random bytes that lie beside the registry, readable by their owner alone.
//!
//! Made once, synced under a temporary name first: a half-written key would be a lost one.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::RegistryFault;
use super::database::sync_directory;

/// The bytes of every key.
pub(super) const KEY_BYTES: usize = 32;

/// A file with a key, and what is lost without it.
pub(super) struct KeyFile {
    /// Its name in the data directory.
    pub(super) name: &'static str,
    /// What it is the key of, in words.
    pub(super) what: &'static str,
    /// What cannot be done without it, in words.
    pub(super) loss: &'static str,
}

impl KeyFile {
    /// Reads the key, or makes it if nothing depends on it yet (`is_needed`).
    ///
    /// # Errors
    /// Missing though needed, readable by others, of a wrong length, a failing disk.
    pub(super) fn open(
        &self,
        directory: &Path,
        is_needed: bool,
    ) -> Result<[u8; KEY_BYTES], RegistryFault> {
        let path = directory.join(self.name);
        let refused = |what: String| RegistryFault::TokenKey {
            file: path.clone(),
            what,
        };
        let bytes = match File::open(&path) {
            Ok(file) => read(file).map_err(&refused)?,
            Err(cause) if cause.kind() == ErrorKind::NotFound && !is_needed => {
                let made = make(directory, &path);
                return made.map_err(|cause| refused(cause.to_string()));
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound => {
                let Self { what, loss, .. } = self;
                return Err(refused(format!(
                    "the key of {what} is missing, so {loss}; restore it from the backup"
                )));
            }
            Err(cause) => return Err(refused(cause.to_string())),
        };
        let count = bytes.len();
        <[u8; KEY_BYTES]>::try_from(bytes).map_err(|_wrong_length| {
            refused(format!(
                "the key of {} has {count} bytes instead of {KEY_BYTES}; restore it from the backup",
                self.what
            ))
        })
    }
}

fn read(mut file: File) -> Result<Vec<u8>, String> {
    let facts = file.metadata().map_err(|cause| cause.to_string())?;
    let mode = facts.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!(
            "others may read this key (mode {:o}); `chmod 600` it",
            mode & 0o777
        ));
    }
    let mut bytes = Vec::new();
    let taken = (&mut file).take(64).read_to_end(&mut bytes);
    taken.map_err(|cause| cause.to_string())?;
    Ok(bytes)
}

/// 32 random bytes.
pub(super) fn random_bytes() -> Result<[u8; KEY_BYTES], RegistryFault> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|_cause| RegistryFault::NoRandomBits)?;
    Ok(bytes)
}

fn make(directory: &Path, path: &PathBuf) -> Result<[u8; KEY_BYTES], RegistryFault> {
    let io = |cause| RegistryFault::Database(sqlx::Error::Io(cause));
    let bytes = random_bytes()?;
    let part = path.with_extension("key.part");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .map_err(io)?;
    file.write_all(&bytes).map_err(io)?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&part, path).map_err(io)?;
    sync_directory(directory)?;
    Ok(bytes)
}
