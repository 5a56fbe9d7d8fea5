//! The keys of an archive under a passphrase: argon2id (RFC 9106) makes a key of it, ChaCha20-Poly1305
//! (RFC 8439) seals each file with its name, so that a stolen archive signs nobody in.
//!
//! Knows no archive; what it is handed is small and whole.

use std::fmt;
use std::io;

use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::file::Sealing;

/// The fewest characters of a passphrase: it is tried at leisure by whoever holds the archive.
const CHARS_MIN: usize = 12;

/// The most bytes of a passphrase's file.
const FILE_BYTES_MAX: usize = 4 * 1024;

/// The second choice of RFC 9106, 4: 64 MiB and three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// What opens the keys of an archive. Never logged, never kept.
#[derive(Clone)]
pub struct Passphrase(String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(masked)")
    }
}

/// Why a text is no passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a passphrase is one line of text (UTF-8) of at least {CHARS_MIN} characters; nothing was done"
)]
pub struct NoPassphrase;

impl Passphrase {
    /// The first line of a file that holds it.
    ///
    /// # Errors
    /// It is no text, too short or too long.
    pub fn of_file(bytes: &[u8]) -> Result<Self, NoPassphrase> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(NoPassphrase);
        }
        let text = std::str::from_utf8(bytes).map_err(|_no_text| NoPassphrase)?;
        let line = text.lines().next().unwrap_or_default();
        if line.chars().count() < CHARS_MIN {
            return Err(NoPassphrase);
        }
        Ok(Self(line.to_owned()))
    }
}

impl Sealing {
    /// A new one, with a salt of its own.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            kdf: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: hex::encode(random::<16>()?),
        })
    }

    /// `content` sealed as the file `name`: a random nonce, then the sealed bytes and their tag.
    pub(super) fn seal(
        &self,
        passphrase: &Passphrase,
        name: &str,
        content: &[u8],
    ) -> io::Result<Vec<u8>> {
        let key = self.key(passphrase)?;
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = content.to_vec();
        let nonce_used = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce_used, Aad::from(name.as_bytes()), &mut sealed)
            .map_err(|_unspecified| io::Error::other("the keys could not be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed as the file `name`; `None`: another passphrase, or changed since.
    pub(super) fn open(
        &self,
        passphrase: &Passphrase,
        name: &str,
        sealed: &[u8],
    ) -> io::Result<Option<Vec<u8>>> {
        let Some((nonce, sealed)) = sealed.split_first_chunk::<NONCE_LEN>() else {
            return Ok(None);
        };
        let key = self.key(passphrase)?;
        let mut content = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key.open_in_place(nonce, Aad::from(name.as_bytes()), &mut content);
        Ok(opened.ok().map(|content| content.to_vec()))
    }

    fn key(&self, passphrase: &Passphrase) -> io::Result<LessSafeKey> {
        // What an archive asks for is bounded: it may come from anybody.
        let is_ours = self.kdf == "argon2id"
            && self.memory_kib <= MEMORY_KIB
            && (1..=PASSES).contains(&self.passes);
        let salt = hex::decode(&self.salt).ok().filter(|_hex| is_ours);
        let salt = salt.ok_or_else(|| io::Error::other("its keys are sealed in an unknown way"))?;
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32));
        let params = params.map_err(|cause| io::Error::other(cause.to_string()))?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.0.as_bytes(), &salt, &mut key)
            .map_err(|cause| io::Error::other(cause.to_string()))?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key);
        let key = key.map_err(|_unspecified| io::Error::other("the passphrase makes no key"))?;
        Ok(LessSafeKey::new(key))
    }
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_unspecified| io::Error::other("the system gave no random bits"))?;
    Ok(bytes)
}
