//! What enterprises say of their closed ledger (核对, screens.md 7.3): a row is confirmed, or questioned
//! with a note. Rows are added alone, of each kind the newest counts. Knows no figure: what was
//! looked at is kept as it was shown.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Object, Principal, may};
use crate::calendar::{Moment, Month};
use crate::park::{EnterpriseCode, ParkId};

use super::audit::{Deed, demand};
use super::find::{moment, number};
use super::{Registry, RegistryFault};

const TABLE: &str = "ledger_check";

/// What is said of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Confirmed,
    /// It is not, or may not be: the note says why.
    Questioned,
}

impl Verdict {
    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Questioned => "questioned",
        }
    }

    /// The verdict of that code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        let all = [Self::Confirmed, Self::Questioned];
        all.into_iter().find(|one| one.as_str() == code)
    }
}

/// Whose ledger of which month.
#[derive(Clone, Copy, Debug)]
pub struct LedgerOf<'a> {
    /// Whose.
    pub enterprise: &'a EnterpriseCode,
    /// Where it stands.
    pub park: &'a ParkId,
    /// Of when.
    pub month: Month,
}

impl LedgerOf<'_> {
    fn object(&self) -> Object<'_> {
        Object {
            matter: Matter::LedgerCheck,
            enterprise: Some(self.enterprise),
            park: Some(self.park),
        }
    }
}

/// What was said of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerCheck {
    /// Counted up over all; the newest has the highest.
    pub number: u32,
    /// Of which row, as a kind of figure.
    pub kind: String,
    /// The revision that was looked at.
    pub revision: u32,
    /// The value that was looked at.
    pub value: Option<String>,
    /// What was said.
    pub verdict: Verdict,
    /// Why; empty where nothing was said of it.
    pub note: String,
    /// When.
    pub checked_at: Moment,
}

/// What is to be said of some rows.
#[derive(Clone, Debug)]
pub struct NewChecks<'a> {
    /// The revision that was looked at.
    pub revision: u32,
    /// Kind and value of each row, as shown.
    pub rows: Vec<(&'a str, Option<&'a str>)>,
    /// What is said.
    pub verdict: Verdict,
    /// Why.
    pub note: &'a str,
    /// The newest number that whoever says it had seen; 0: none.
    pub seen: u32,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is kept.
    Kept,
    /// Somebody else said something since; nothing was kept.
    Overtaken {
        /// When they did.
        at: Moment,
    },
}

impl Registry {
    /// What was said of the rows of a ledger, the newest of each kind, by number; nothing to whom it
    /// is not theirs to see.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_ledger_checks(
        &self,
        who: &Principal,
        of: &LedgerOf<'_>,
    ) -> Result<Vec<LedgerCheck>, RegistryFault> {
        if !may(who, Action::Read, &of.object()).is_allowed() {
            return Ok(Vec::new());
        }
        let rows = self
            .in_time(async {
                let asking = sqlx::query(
                    "SELECT * FROM ledger_check WHERE number IN
                     (SELECT MAX(number) FROM ledger_check
                      WHERE enterprise = $1 AND month = $2 GROUP BY kind)
                     ORDER BY number",
                );
                let asking = asking.bind(of.enterprise.as_str());
                let asking = asking.bind(of.month.to_string());
                Ok(asking.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter().map(check).collect()
    }

    /// Keeps what `who` says of some rows, with a line in the log; nothing if somebody said something
    /// that they had not seen.
    ///
    /// # Errors
    /// Not theirs to say; the database failed. Nothing was kept.
    pub async fn save_ledger_checks(
        &self,
        who: &Principal,
        of: &LedgerOf<'_>,
        new: &NewChecks<'_>,
    ) -> Result<Said, RegistryFault> {
        demand(who, Action::Write, &of.object())?;
        self.in_time(async {
            let mut change = self.begin().await?;
            let newest = sqlx::query(
                "SELECT number, checked_at FROM ledger_check
                 WHERE enterprise = $1 AND month = $2 ORDER BY number DESC LIMIT 1",
            )
            .bind(of.enterprise.as_str())
            .bind(of.month.to_string())
            .fetch_optional(&mut *change)
            .await?;
            if let Some(row) = newest
                && number(&row, "number", TABLE)? > new.seen
            {
                let at = moment(&row, "checked_at")?;
                return Ok(Said::Overtaken { at });
            }
            let now = self.clock.now();
            for (kind, value) in &new.rows {
                sqlx::query(
                    "INSERT INTO ledger_check
                     (enterprise, month, kind, revision, value, verdict, note, who, checked_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(of.enterprise.as_str())
                .bind(of.month.to_string())
                .bind(*kind)
                .bind(i64::from(new.revision))
                .bind(*value)
                .bind(new.verdict.as_str())
                .bind(new.note)
                .bind(&who.name)
                .bind(now.unix_ms())
                .execute(&mut *change)
                .await?;
            }
            let kinds: Vec<&str> = new.rows.iter().map(|(kind, _)| *kind).collect();
            let (month, kinds) = (of.month, kinds.join(" "));
            let object = format!("{} {month} {kinds}", of.enterprise);
            let deed = Deed {
                action: "ledger.check",
                object: &object,
                result: new.verdict.as_str(),
            };
            let head = self.note(&mut change, now, who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(Said::Kept)
        })
        .await
    }
}

fn check(row: &SqliteRow) -> Result<LedgerCheck, RegistryFault> {
    let verdict: String = row.try_get("verdict")?;
    Ok(LedgerCheck {
        number: number(row, "number", TABLE)?,
        kind: row.try_get("kind")?,
        revision: number(row, "revision", TABLE)?,
        value: row.try_get("value")?,
        verdict: Verdict::named(&verdict)
            .ok_or_else(|| RegistryFault::damaged(TABLE, "no such verdict"))?,
        note: row.try_get("note")?,
        checked_at: moment(row, "checked_at")?,
    })
}
