//! A token: 256 random bits, shown once, kept as a keyed hash (house.md, "tokens"); and what else the
//! one key of secrets does: it peppers passwords and seals what must be read again.
//!
//! The key lies beside the registry in `token.key`, so that a stolen copy of the database alone
//! verifies and opens nothing. Knows no gateway, no person and no table.

use std::fmt;
use std::path::Path;

use hmac::{Hmac, Mac};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::RegistryFault;
use super::key_file::{KeyFile, random_bytes};

const FILE: KeyFile = KeyFile {
    name: "token.key",
    what: "the tokens",
    loss: "no gateway could sign in",
};

/// What is kept of a token.
pub(super) type Digest = [u8; 32];

/// A token in the clear. Shown once; never logged, never kept.
pub struct Token(String);

impl Token {
    /// 256 random bits as 64 hex digits.
    pub(super) fn random() -> Result<Self, RegistryFault> {
        Ok(Self(hex::encode(random_bytes()?)))
    }

    /// The same behind a mark that says what it is for: whoever finds one knows what was lost.
    pub(super) fn marked(mark: &str) -> Result<Self, RegistryFault> {
        Ok(Self(format!("{mark}{}", Self::random()?.0)))
    }

    /// A secret that somebody chose the letters of: codes that people type.
    pub(super) const fn of(text: String) -> Self {
        Self(text)
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
pub(super) struct TokenKey {
    mac: Hmac<Sha256>,
    sealing: LessSafeKey,
    pepper: Digest,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(masked)")
    }
}

impl TokenKey {
    /// Reads the key, or makes it where no token was given yet (`tokens_exist` says whether).
    ///
    /// # Errors
    /// See [`KeyFile::open`].
    pub(super) fn open(directory: &Path, tokens_exist: bool) -> Result<Self, RegistryFault> {
        let bytes = FILE.open(directory, tokens_exist)?;
        let refused = |what: String| RegistryFault::TokenKey {
            file: directory.join(FILE.name),
            what,
        };
        let mac = Hmac::<Sha256>::new_from_slice(&bytes);
        let mac = mac.map_err(|cause| refused(cause.to_string()))?;
        // One key for each use: what is learnt from one use says nothing about another.
        let derived = |use_of: &str| -> Digest {
            let mut mac = mac.clone();
            mac.update(b"parkpulse derived key: ");
            mac.update(use_of.as_bytes());
            mac.finalize().into_bytes().into()
        };
        let sealing = UnboundKey::new(&CHACHA20_POLY1305, &derived("sealing"));
        let sealing = sealing.map_err(|cause| refused(cause.to_string()))?;
        Ok(Self {
            sealing: LessSafeKey::new(sealing),
            pepper: derived("passwords"),
            mac,
        })
    }

    /// What is kept of `token`.
    pub(super) fn digest(&self, token: &str) -> Digest {
        let mut mac = self.mac.clone();
        mac.update(token.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// What is kept of `token`, as text, apart for each `use_of`: a token of one use is none of
    /// another.
    pub(super) fn digest_for(&self, use_of: &'static str, token: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(use_of.as_bytes());
        mac.update(b": ");
        mac.update(token.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// What goes into every hash of a password.
    pub(super) const fn pepper(&self) -> &Digest {
        &self.pepper
    }

    /// `secret` as it may lie in the database, bound to `holder`.
    pub(super) fn seal(&self, secret: &[u8], holder: i64) -> Result<String, RegistryFault> {
        let random = random_bytes()?;
        let (nonce, _) = random
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(RegistryFault::NoRandomBits)?;
        let mut sealed = secret.to_vec();
        let holder = Aad::from(holder.to_be_bytes());
        let nonce_used = Nonce::assume_unique_for_key(*nonce);
        self.sealing
            .seal_in_place_append_tag(nonce_used, holder, &mut sealed)
            .map_err(|_unspecified| RegistryFault::NoRandomBits)?;
        Ok(hex::encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed for `holder`; `None`: with another key, for another, or changed since.
    pub(super) fn open_sealed(&self, sealed: &str, holder: i64) -> Option<Vec<u8>> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let holder = Aad::from(holder.to_be_bytes());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.sealing.open_in_place(nonce, holder, &mut rest).ok()?;
        Some(opened.to_vec())
    }
}

/// Whether two digests are equal, in a time that does not tell where they differ.
pub(super) fn is_same(left: &Digest, right: &Digest) -> bool {
    left.ct_eq(right).into()
}
