//! The secret of the control socket.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use subtle::ConstantTimeEq;
use tempfile::NamedTempFile;

use super::key_path;

/// 256 random bits, new with each owner.
#[derive(Clone)]
pub struct ControlKey(String);

impl fmt::Debug for ControlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlKey(masked)")
    }
}

impl ControlKey {
    /// Makes a new secret and writes it into `directory`, readable by its owner alone.
    ///
    /// # Errors
    /// What the system says.
    pub fn make(directory: &Path) -> io::Result<Self> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(|cause| io::Error::other(cause.to_string()))?;
        let key = Self(hex::encode(bits));
        // Temporary files are made with mode 0600.
        let mut file = NamedTempFile::new_in(directory)?;
        file.write_all(key.0.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(key_path(directory))?;
        Ok(key)
    }

    /// Reads the secret of the owner of `directory`.
    ///
    /// # Errors
    /// It is missing, or not ours to read.
    pub fn read(directory: &Path) -> io::Result<Self> {
        fs::read_to_string(key_path(directory)).map(Self)
    }

    /// The secret as it goes over the wire.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `offered` is the secret, in a time that does not tell where it differs.
    pub(super) fn fits(&self, offered: &str) -> bool {
        self.0.as_bytes().ct_eq(offered.as_bytes()).into()
    }
}
