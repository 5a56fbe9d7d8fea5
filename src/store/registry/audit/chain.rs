//! One record's place in the chain: SHA-256 over the hash before it and all that it says.

use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::calendar::Moment;
use crate::store::registry::RegistryFault;

use super::pen::{Pen, SIGN_EVERY};

/// Everything that a record says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'a> {
    pub(super) number: i64,
    pub(super) at_ms: i64,
    pub(super) who: &'a str,
    pub(super) role: &'a str,
    pub(super) action: &'a str,
    pub(super) object: &'a str,
    pub(super) result: &'a str,
    pub(super) via: &'a str,
    pub(super) request: &'a str,
}

/// The columns of [`Content`] with the hash.
pub(super) const COLUMNS: &str =
    "number, at, who, role, action, object, result, via, request, hash";

/// The hash of the record that says `content` after one whose hash is `before` (empty for the
/// first). Each text goes in behind its length, so that nothing moves from one field to the next.
pub(super) fn link(before: &str, content: &Content<'_>) -> String {
    let mut hash = Sha256::new();
    hash.update(b"parkpulse audit 1\n");
    hash.update(content.number.to_be_bytes());
    hash.update(content.at_ms.to_be_bytes());
    for text in [
        before,
        content.who,
        content.role,
        content.action,
        content.object,
        content.result,
        content.via,
        content.request,
    ] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// A record as it lies in the database.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) number: i64,
    pub(super) at_ms: i64,
    pub(super) hash: String,
    texts: [String; 7],
}

impl Kept {
    pub(super) fn of(row: &SqliteRow) -> Result<Self, RegistryFault> {
        let text = |column: &str| row.try_get::<String, _>(column);
        Ok(Self {
            number: row.try_get("number")?,
            at_ms: row.try_get("at")?,
            hash: text("hash")?,
            texts: [
                text("who")?,
                text("role")?,
                text("action")?,
                text("object")?,
                text("result")?,
                text("via")?,
                text("request")?,
            ],
        })
    }

    /// What its hash must be after a record whose hash is `before`.
    pub(super) fn link_after(&self, before: &str) -> String {
        let [who, role, action, object, result, via, request] = &self.texts;
        let content = Content {
            number: self.number,
            at_ms: self.at_ms,
            who,
            role,
            action,
            object,
            result,
            via,
            request,
        };
        link(before, &content)
    }
}

pub(super) async fn insert(
    change: &mut SqliteConnection,
    content: &Content<'_>,
    hash: &str,
) -> Result<(), RegistryFault> {
    sqlx::query(
        "INSERT INTO audit (number, at, who, role, action, object, result, via, request, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(content.number)
    .bind(content.at_ms)
    .bind(content.who)
    .bind(content.role)
    .bind(content.action)
    .bind(content.object)
    .bind(content.result)
    .bind(content.via)
    .bind(content.request)
    .bind(hash)
    .execute(change)
    .await?;
    Ok(())
}

/// Hashes the records of a registry that had no chain yet: once, when it is brought forward.
pub(super) async fn adopt(change: &mut SqliteConnection, pen: &Pen) -> Result<(), RegistryFault> {
    let sql = format!("SELECT {COLUMNS} FROM audit ORDER BY number");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_all(&mut *change)
        .await?;
    let mut before = String::new();
    for row in &rows {
        let kept = Kept::of(row)?;
        before = kept.link_after(&before);
        sqlx::query("UPDATE audit SET hash = $2 WHERE number = $1")
            .bind(kept.number)
            .bind(&before)
            .execute(&mut *change)
            .await?;
        if kept.number % SIGN_EVERY == 0 {
            let at = Moment::from_unix_ms(kept.at_ms);
            pen.sign_into(change, kept.number, at, &before).await?;
        }
    }
    Ok(())
}
