//! A gateway's token: 256 random bits, shown once, kept as a keyed hash (house.md, "tokens").
//!
//! The key lies beside the registry in `token.key`, so that a stolen copy of the database alone
//! verifies nothing. Knows no gateway and no table.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::RegistryFault;
use super::database::{key_file, sync_directory};

const KEY_BYTES: usize = 32;

/// What is kept of a token.
pub(super) type Digest = [u8; 32];

/// A token in the clear. Shown once; never logged, never kept.
pub struct Token(String);

impl Token {
    /// 256 random bits as 64 hex digits.
    pub(super) fn random() -> Result<Self, RegistryFault> {
        Ok(Self(hex::encode(random_bytes()?)))
    }

    /// The text to print once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(masked)")
    }
}

/// The key of the hashes.
pub(super) struct TokenKey(Hmac<Sha256>);

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(masked)")
    }
}

impl TokenKey {
    /// Reads the key of a data directory, or makes one if no token depends on it yet.
    ///
    /// # Errors
    /// A missing key although `tokens_exist`, one that others may read, or one of another length.
    pub(super) fn open(directory: &Path, tokens_exist: bool) -> Result<Self, RegistryFault> {
        let path = key_file(directory);
        let refused = |what: String| RegistryFault::TokenKey {
            file: path.clone(),
            what,
        };
        let bytes = match File::open(&path) {
            Ok(mut file) => {
                let mode = file.metadata().map(|facts| facts.permissions().mode());
                let mode = mode.map_err(|cause| refused(cause.to_string()))?;
                if mode & 0o077 != 0 {
                    return Err(refused(format!(
                        "others may read the key of the tokens (mode {:o}); `chmod 600` it",
                        mode & 0o777
                    )));
                }
                let mut bytes = Vec::new();
                let read = (&mut file).take(64).read_to_end(&mut bytes);
                read.map_err(|cause| refused(cause.to_string()))?;
                bytes
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound && !tokens_exist => {
                create(directory).map_err(|cause| refused(cause.to_string()))?
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound => {
                return Err(refused(
                    "the key of the tokens is missing, so no gateway could sign in; restore it from the backup".to_owned(),
                ));
            }
            Err(cause) => return Err(refused(cause.to_string())),
        };
        if bytes.len() != KEY_BYTES {
            return Err(refused(format!(
                "the key of the tokens has {} bytes instead of {KEY_BYTES}; restore it from the backup",
                bytes.len()
            )));
        }
        let mac = Hmac::new_from_slice(&bytes).map_err(|cause| refused(cause.to_string()))?;
        Ok(Self(mac))
    }

    /// What is kept of `token`.
    pub(super) fn digest(&self, token: &str) -> Digest {
        let mut mac = self.0.clone();
        mac.update(token.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Whether two digests are equal, in a time that does not tell where they differ.
pub(super) fn is_same(left: &Digest, right: &Digest) -> bool {
    left.ct_eq(right).into()
}

fn random_bytes() -> Result<[u8; KEY_BYTES], RegistryFault> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|_cause| RegistryFault::NoRandomBits)?;
    Ok(bytes)
}

/// Writes a new key, synced under a temporary name first: a half-written key would be a lost one.
fn create(directory: &Path) -> Result<Vec<u8>, RegistryFault> {
    let io = |cause| RegistryFault::Database(sqlx::Error::Io(cause));
    let bytes = random_bytes()?;
    let part = directory.join("token.key.part");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .map_err(io)?;
    file.write_all(&bytes).map_err(io)?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&part, key_file(directory)).map_err(io)?;
    sync_directory(directory)?;
    Ok(bytes.to_vec())
}
