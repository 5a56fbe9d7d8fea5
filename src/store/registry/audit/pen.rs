//! Who signs: an Ed25519 key beside the registry, and the newest signed head in a file of its own.
//!
//! The file outlives a cut of the table: whoever takes records away at the end leaves a head that
//! no record has. It only ever moves forward, and stays as it is once it does not fit any more.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::calendar::Moment;
use crate::store::registry::RegistryFault;
use crate::store::registry::key_file::KeyFile;

use super::Head;
use super::trim::Cut;

const FILE: KeyFile = KeyFile {
    name: "audit.key",
    what: "the audit log",
    loss: "its heads could not be signed",
};

/// Where the newest head lies.
pub(super) const HEAD_FILE: &str = "audit.head";

/// A head goes into the table once in so many records: as many as may be rewritten together
/// before the place is no longer told exactly.
pub(super) const SIGN_EVERY: i64 = 64;

/// Signs heads, and remembers the newest.
pub(in crate::store::registry) struct Pen {
    pair: Ed25519KeyPair,
    place: PathBuf,
    newest: Mutex<Newest>,
}

#[derive(Debug, Default)]
struct Newest {
    number: i64,
    is_broken: bool,
}

/// A head as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) number: i64,
    pub(super) at_ms: i64,
    pub(super) hash: String,
    pub(super) signature: String,
}

impl fmt::Debug for Pen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pen(masked)")
    }
}

impl Pen {
    /// Opens the key; made where nothing was signed yet (`is_signed` says whether).
    ///
    /// # Errors
    /// See [`KeyFile::open`].
    pub(in crate::store::registry) fn open(
        directory: &Path,
        is_signed: bool,
    ) -> Result<Self, RegistryFault> {
        let seed = FILE.open(directory, is_signed)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        let pair = pair.map_err(|cause| RegistryFault::TokenKey {
            file: directory.join(FILE.name),
            what: cause.to_string(),
        })?;
        Ok(Self {
            pair,
            place: directory.to_owned(),
            newest: Mutex::default(),
        })
    }

    fn sign(&self, number: i64, at: Moment, hash: &str) -> Signed {
        let at_ms = at.unix_ms();
        let signature = self.pair.sign(&signed_text(number, at_ms, hash));
        Signed {
            number,
            at_ms,
            hash: hash.to_owned(),
            signature: hex::encode(signature),
        }
    }

    /// Whether we signed `head`.
    pub(super) fn is_ours(&self, head: &Signed) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.pair.public_key());
        let text = signed_text(head.number, head.at_ms, &head.hash);
        let signature = hex::decode(&head.signature).unwrap_or_default();
        key.verify(&text, &signature).is_ok()
    }

    /// The key that anybody may verify with, in hex.
    pub(super) fn public_key(&self) -> String {
        hex::encode(self.pair.public_key())
    }

    /// Signs where the front of the log is cut off: another text than that of a head, so that no
    /// head can be passed off as a cut.
    pub(super) fn sign_cut(&self, number: i64, at_ms: i64, hash: &str, cut_at: Moment) -> Cut {
        let mut cut = Cut {
            number,
            at_ms,
            hash: hash.to_owned(),
            made_at_ms: cut_at.unix_ms(),
            signature: String::new(),
        };
        cut.signature = hex::encode(self.pair.sign(&cut_text(&cut)));
        cut
    }

    /// Whether we signed `cut`.
    pub(super) fn is_our_cut(&self, cut: &Cut) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.pair.public_key());
        let signature = hex::decode(&cut.signature).unwrap_or_default();
        key.verify(&cut_text(cut), &signature).is_ok()
    }

    /// Signs a head into the table.
    pub(super) async fn sign_into(
        &self,
        change: &mut SqliteConnection,
        number: i64,
        at: Moment,
        hash: &str,
    ) -> Result<(), RegistryFault> {
        let signed = self.sign(number, at, hash);
        sqlx::query("INSERT INTO audit_head (number, at, hash, signature) VALUES ($1, $2, $3, $4)")
            .bind(signed.number)
            .bind(signed.at_ms)
            .bind(&signed.hash)
            .bind(&signed.signature)
            .execute(change)
            .await?;
        Ok(())
    }

    /// A record is about to follow number `last`: if a later one was committed before, somebody
    /// took records away while we ran.
    pub(super) fn watch(&self, last: i64) {
        let mut newest = self.newest();
        if last < newest.number && !newest.is_broken {
            newest.is_broken = true;
            let known = newest.number;
            tracing::error!(known, last, "audit log: records are gone; verify it");
        }
    }

    /// Puts the head of a committed record into the file. A failure is told and mended by the
    /// next record.
    pub(super) fn keep(&self, head: &Head) {
        let mut newest = self.newest();
        if newest.is_broken || head.number <= newest.number {
            return;
        }
        newest.number = head.number;
        let signed = self.sign(head.number, head.at, &head.hash);
        if let Err(cause) = self.write(&signed) {
            tracing::warn!(%cause, "audit log: its newest head is not in audit.head yet");
        }
    }

    fn write(&self, signed: &Signed) -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.place)?;
        let Signed {
            number,
            at_ms,
            hash,
            signature,
        } = signed;
        writeln!(file, "{number} {at_ms} {hash} {signature}")?;
        file.persist(self.place.join(HEAD_FILE))?;
        Ok(())
    }

    /// The head in the file; `None`: there is none. One that cannot be read has number 0.
    pub(super) fn read(&self) -> Option<Signed> {
        let text = std::fs::read_to_string(self.place.join(HEAD_FILE)).ok()?;
        let mut words = text.split_whitespace();
        let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        let (number, at_ms) = (number(), number());
        let mut word = || words.next().unwrap_or_default().to_owned();
        Some(Signed {
            number,
            at_ms,
            hash: word(),
            signature: word(),
        })
    }

    /// Compares the file with the table at a start, before anything is added: only a head that
    /// fits is ever replaced. Whether there are records and no head.
    pub(super) async fn begin(&self, change: &mut SqliteConnection) -> Result<bool, RegistryFault> {
        let last = sqlx::query("SELECT number, at, hash FROM audit ORDER BY number DESC LIMIT 1")
            .fetch_optional(&mut *change)
            .await?;
        let Some(last) = last else {
            if self.read().is_some() {
                self.newest().is_broken = true;
                tracing::error!("audit log: all records are gone; verify it");
            }
            return Ok(false);
        };
        let newest = Head {
            number: last.try_get("number")?,
            hash: last.try_get("hash")?,
            at: Moment::from_unix_ms(last.try_get("at")?),
        };
        let Some(head) = self.read() else {
            tracing::warn!("audit log: audit.head was missing; it begins anew");
            self.keep(&newest);
            return Ok(true);
        };
        let row = sqlx::query("SELECT hash FROM audit WHERE number = $1")
            .bind(head.number)
            .fetch_optional(change)
            .await?;
        let kept: Option<String> = row.map(|row| row.try_get("hash")).transpose()?;
        if kept.as_deref() == Some(head.hash.as_str()) && self.is_ours(&head) {
            self.newest().number = head.number - 1;
            self.keep(&newest);
        } else {
            self.newest().is_broken = true;
            tracing::error!("audit log: it does not fit audit.head; verify it");
        }
        Ok(false)
    }

    /// Whole between any two calls, whoever died.
    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signed_text(number: i64, at_ms: i64, hash: &str) -> Vec<u8> {
    format!("parkpulse audit head 1\n{number} {at_ms} {hash}\n").into_bytes()
}

fn cut_text(cut: &Cut) -> Vec<u8> {
    let Cut {
        number,
        at_ms,
        hash,
        made_at_ms,
        ..
    } = cut;
    format!("parkpulse audit cut 1\n{number} {at_ms} {hash} {made_at_ms}\n").into_bytes()
}
