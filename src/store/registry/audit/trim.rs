//! Cutting off the front of the log once it is older than it must be kept (`audit.keep_for`).
//!
//! What is cut is verified first: a front that does not fit is evidence and stays. The last hash that
//! went is signed as a cut, which the next record is chained to, so that the rest can be verified as
//! before; and the cut is a record itself, in the same change.
//!
//! A clock that jumped ahead cuts nothing: what counts is how much time the log itself saw go by, from
//! record to record. A pause longer than [`PAUSE_MAX_MS`] counts as none, for nobody can tell it from a
//! jump; records of before are kept so much longer.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::store::registry::{Registry, RegistryFault};

use super::Deed;
use super::chain::{COLUMNS, Kept};

/// Records that go in one change: as many as nobody waits for.
const PIECE: i64 = 2_000;

/// The longest time between two records, or since the last one, that is believed: 31 days, in
/// milliseconds. A platform that runs notes something far more often.
const PAUSE_MAX_MS: i64 = 31 * 86_400_000;

/// Where the front was cut off last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cut {
    /// The last record that went; 0: nothing was cut.
    pub(super) number: i64,
    /// When it had been written.
    pub(super) at_ms: i64,
    /// Its hash; empty where nothing was cut.
    pub(super) hash: String,
    /// When it went.
    pub(super) made_at_ms: i64,
    pub(super) signature: String,
}

/// What became of the front of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trimmed {
    /// Nothing there is old enough.
    Nothing,
    /// So many records went; there may be more.
    Cut(i64),
    /// This record does not fit, so nothing goes.
    Broken(i64),
    /// By the clock something is old enough, by the log it is not: the clock went ahead at once, or
    /// nothing was noted for long. Nothing goes.
    Waits,
}

impl Registry {
    /// Cuts off records older than `keep_for` at the front, some at a time.
    ///
    /// # Errors
    /// The database failed; nothing was cut.
    pub async fn trim_audit(&self, keep_for: Duration) -> Result<Trimmed, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            let keep_ms = i64::try_from(keep_for.as_millis()).unwrap_or(i64::MAX);
            let before = now.plus_ms(keep_ms.saturating_neg());
            let cut = newest(&mut change).await?;
            let front = old_front(&mut change, cut.number, before).await?;
            if front.is_empty() {
                return Ok(Trimmed::Nothing);
            }
            let seen = seen_ms(&mut change, cut.number, now).await?;
            let old = lived(front, seen, keep_ms);
            let Some(last) = old.last() else {
                return Ok(Trimmed::Waits);
            };
            if let Some(wrong) = self.first_wrong(&cut, &old) {
                return Ok(Trimmed::Broken(wrong));
            }
            let object = format!("{} to {}", cut.number + 1, last.number);
            let deed = Deed {
                action: "audit.trim",
                object: &object,
                result: "done",
            };
            // First: its number must follow those that go.
            let head = self
                .note(&mut change, now, &Principal::local(), deed)
                .await?;
            let fresh = self.pen.sign_cut(last.number, last.at_ms, &last.hash, now);
            insert(&mut change, &fresh).await?;
            for sql in [
                "DELETE FROM audit WHERE number <= $1",
                "DELETE FROM audit_head WHERE number <= $1",
            ] {
                sqlx::query(sql)
                    .bind(last.number)
                    .execute(&mut *change)
                    .await?;
            }
            let gone = last.number - cut.number;
            self.commit_noted(change, head).await?;
            Ok(Trimmed::Cut(gone))
        })
        .await
    }

    /// The first of `old` that does not follow from `cut`.
    fn first_wrong(&self, cut: &Cut, old: &[Kept]) -> Option<i64> {
        if cut.number > 0 && !self.pen.is_our_cut(cut) {
            return Some(cut.number);
        }
        let (mut number, mut hash) = (cut.number, cut.hash.as_str());
        for kept in old {
            number += 1;
            if kept.number != number || kept.link_after(hash) != kept.hash {
                return Some(number);
            }
            hash = &kept.hash;
        }
        None
    }
}

/// Records after `cut`, from the first on, as long as they are from before `before`; never the last
/// of all.
async fn old_front(
    change: &mut SqliteConnection,
    cut: i64,
    before: Moment,
) -> Result<Vec<Kept>, RegistryFault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM audit WHERE number > $1
         AND number < (SELECT MAX(number) FROM audit) ORDER BY number LIMIT {PIECE}"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(cut)
        .fetch_all(change)
        .await?;
    let mut old = Vec::new();
    for row in &rows {
        let kept = Kept::of(row)?;
        if kept.at_ms >= before.unix_ms() {
            break;
        }
        old.push(kept);
    }
    Ok(old)
}

/// How much time the log saw go by from its first record after `cut` until `now`, in milliseconds.
async fn seen_ms(
    change: &mut SqliteConnection,
    cut: i64,
    now: Moment,
) -> Result<i64, RegistryFault> {
    let row = sqlx::query(
        "SELECT COALESCE(SUM(pause), 0) FROM (
             SELECT COALESCE(LEAD(at) OVER (ORDER BY number), $2) - at AS pause
             FROM audit WHERE number > $1)
         WHERE pause BETWEEN -$3 AND $3",
    )
    .bind(cut)
    .bind(now.unix_ms())
    .bind(PAUSE_MAX_MS)
    .fetch_one(change)
    .await?;
    Ok(row.try_get(0)?)
}

/// Those at the front after which the log saw `keep_ms` go by, of `seen_ms` since the first of them.
fn lived(front: Vec<Kept>, seen_ms: i64, keep_ms: i64) -> Vec<Kept> {
    let mut since = seen_ms;
    let mut before: Option<i64> = None;
    let is_old = |kept: &Kept| {
        let pause = before.map_or(0, |at_ms| kept.at_ms.saturating_sub(at_ms));
        if (-PAUSE_MAX_MS..=PAUSE_MAX_MS).contains(&pause) {
            since = since.saturating_sub(pause);
        }
        before = Some(kept.at_ms);
        since > keep_ms
    };
    front.into_iter().take_while(is_old).collect()
}

/// The newest cut; the default where there is none.
pub(super) async fn newest(change: &mut SqliteConnection) -> Result<Cut, RegistryFault> {
    let row = sqlx::query(
        "SELECT number, at, hash, cut_at, signature FROM audit_cut ORDER BY number DESC LIMIT 1",
    )
    .fetch_optional(change)
    .await?;
    let Some(row) = row else {
        return Ok(Cut::default());
    };
    Ok(Cut {
        number: row.try_get("number")?,
        at_ms: row.try_get("at")?,
        hash: row.try_get("hash")?,
        made_at_ms: row.try_get("cut_at")?,
        signature: row.try_get("signature")?,
    })
}

async fn insert(change: &mut SqliteConnection, cut: &Cut) -> Result<(), RegistryFault> {
    sqlx::query(
        "INSERT INTO audit_cut (number, at, hash, cut_at, signature) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(cut.number)
    .bind(cut.at_ms)
    .bind(&cut.hash)
    .bind(cut.made_at_ms)
    .bind(&cut.signature)
    .execute(change)
    .await?;
    Ok(())
}
