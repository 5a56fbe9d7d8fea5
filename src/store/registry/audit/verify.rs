//! Whether the log is as it was written: `audit verify`.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::registry::{Registry, RegistryFault};

use super::chain::{COLUMNS, Kept};
use super::pen::Signed;
use super::trim::{self, Cut};

/// Records looked at between two questions.
const PIECE: i64 = 2_000;

/// The first place that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The record's number.
    pub number: i64,
    /// What is wrong with it, in words.
    pub what: &'static str,
}

/// What became of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerdict {
    /// Records that fit, from the first that is kept.
    pub records: i64,
    /// Where the front was cut off, if it was: the last record that went, and when it went, in
    /// milliseconds.
    pub cut: Option<(i64, i64)>,
    /// The first that does not.
    pub wrong: Option<Wrong>,
    /// The newest signed head that fits: its record and when it was signed, in milliseconds.
    pub signed: Option<(i64, i64)>,
    /// The public key that the heads were verified with, in hex.
    pub public_key: String,
}

/// How far the walk came.
struct Walk {
    number: i64,
    hash: String,
    heads: BTreeMap<i64, Signed>,
    signed: Option<(i64, i64)>,
}

impl Registry {
    /// Walks the whole log from its first record, or from where it was cut off, and compares with the
    /// heads that were signed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, RegistryFault> {
        let mut cut = self.newest_cut().await?;
        loop {
            let verdict = self.verify_from(&cut).await?;
            // What goes while we walk is missing where we look for it.
            let now = self.newest_cut().await?;
            if verdict.wrong.is_none() || now == cut {
                return Ok(verdict);
            }
            cut = now;
        }
    }

    async fn newest_cut(&self) -> Result<Cut, RegistryFault> {
        let mut reader = self.readers.acquire().await?;
        trim::newest(&mut reader).await
    }

    async fn verify_from(&self, cut: &Cut) -> Result<AuditVerdict, RegistryFault> {
        // First: a record that comes meanwhile is beyond this head, never before it.
        let newest = self.pen.read();
        let mut walk = Walk {
            number: cut.number,
            hash: cut.hash.clone(),
            heads: self.heads().await?,
            signed: None,
        };
        let is_cut = cut.number > 0;
        let mut wrong = (is_cut && !self.pen.is_our_cut(cut)).then_some(Wrong {
            number: cut.number,
            what: "the mark of where the front was cut off was not signed by us",
        });
        if let Some(head) = &newest {
            if self.pen.is_ours(head) {
                walk.heads.insert(head.number, head.clone());
            } else {
                wrong = wrong.or(Some(Wrong {
                    number: head.number,
                    what: "audit.head was not signed by us",
                }));
            }
        }
        while let Some(piece) = self.piece(walk.number).await? {
            if let Some(found) = piece.iter().find_map(|kept| self.step(&mut walk, kept)) {
                wrong = wrong.or(Some(found));
                break;
            }
        }
        if wrong.is_none() {
            wrong = missing_end(&walk, newest.as_ref());
        }
        Ok(AuditVerdict {
            records: walk.number - cut.number,
            cut: is_cut.then_some((cut.number, cut.made_at_ms)),
            wrong,
            signed: walk.signed,
            public_key: self.pen.public_key(),
        })
    }

    /// Goes on to `kept`; what is wrong with it.
    fn step(&self, walk: &mut Walk, kept: &Kept) -> Option<Wrong> {
        let wrong = |number, what| Some(Wrong { number, what });
        let expected = walk.number + 1;
        if kept.number != expected {
            return wrong(expected, "the record is missing");
        }
        if kept.link_after(&walk.hash) != kept.hash {
            return wrong(expected, "the record was changed or moved");
        }
        if let Some(head) = walk.heads.get(&expected) {
            if !self.pen.is_ours(head) {
                return wrong(expected, "the signed head here is not ours");
            }
            if head.hash != kept.hash {
                let what = "the records up to here were rewritten since the last signed head";
                return wrong(expected, what);
            }
            walk.signed = Some((head.number, head.at_ms));
        } else if expected % super::pen::SIGN_EVERY == 0 {
            return wrong(expected, "the signed head here is missing");
        }
        walk.number = expected;
        walk.hash.clone_from(&kept.hash);
        None
    }

    async fn heads(&self) -> Result<BTreeMap<i64, Signed>, RegistryFault> {
        let rows = sqlx::query("SELECT number, at, hash, signature FROM audit_head")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let number = row.try_get("number")?;
                let head = Signed {
                    number,
                    at_ms: row.try_get("at")?,
                    hash: row.try_get("hash")?,
                    signature: row.try_get("signature")?,
                };
                Ok((number, head))
            })
            .collect()
    }

    /// The records after `number`; `None`: there are none.
    async fn piece(&self, number: i64) -> Result<Option<Vec<Kept>>, RegistryFault> {
        let sql =
            format!("SELECT {COLUMNS} FROM audit WHERE number > $1 ORDER BY number LIMIT {PIECE}");
        let rows: Vec<SqliteRow> = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(number)
            .fetch_all(&self.readers)
            .await?;
        let kept = rows.iter().map(Kept::of).collect::<Result<Vec<_>, _>>()?;
        Ok((!kept.is_empty()).then_some(kept))
    }
}

/// Whether records are gone at the end: a head was signed that no record has.
fn missing_end(walk: &Walk, newest: Option<&Signed>) -> Option<Wrong> {
    let beyond = walk.heads.range(walk.number + 1..).next();
    if let Some((_, _head)) = beyond {
        return Some(Wrong {
            number: walk.number + 1,
            what: "the records from here on are gone; a later head was signed",
        });
    }
    let is_unsigned = walk.number > 0 && newest.is_none();
    is_unsigned.then_some(Wrong {
        number: walk.number,
        what: "audit.head is missing, so nobody can tell whether the end was cut off",
    })
}
