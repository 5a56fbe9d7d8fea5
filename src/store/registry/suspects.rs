//! What was decided about suspect spans (contract.md 4): the rise is right and counts, or it is not
//! and stays unknown. Rows are added alone, of each reading the newest counts; the keeper of the
//! ledger hears of one as of any change of meters. Finds no suspect span itself.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Object, Principal, scope};
use crate::calendar::{Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, MeterId, MeterNo, ParkId};

use super::audit::{Deed, demand};
use super::find::{Asking, indicator, moment, number, parsed, within};
use super::{Registry, RegistryFault, SeriesKey};

const TABLE: &str = "suspect_decision";

/// The newest decision of each reading; its text ends inside a WHERE.
const NEWEST: &str = "SELECT d.*, m.meter AS id, m.enterprise FROM suspect_decision d
    JOIN meter m ON m.number = d.meter
    JOIN enterprise_fact f ON f.enterprise = m.enterprise AND f.until IS NULL
    WHERE d.number = (SELECT MAX(n.number) FROM suspect_decision n
      WHERE n.meter = d.meter AND n.indicator = d.indicator AND n.at = d.at)";

/// The newest decision about one reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspectDecision {
    /// Whose register.
    pub key: SeriesKey,
    /// Which meter.
    pub meter: MeterId,
    /// Whose meter.
    pub enterprise: EnterpriseCode,
    /// The reading to which it rose.
    pub at: Moment,
    /// The last good reading before.
    pub since: Moment,
    /// What the register showed before, a decimal in register units.
    pub before: String,
    /// What it showed then.
    pub after: String,
    /// What that is in real units, a decimal with 4 places.
    pub amount: Option<String>,
    /// Whether the rise is right and counts.
    pub confirmed: bool,
    /// Who decided.
    pub who: String,
    /// Why.
    pub reason: String,
    /// When it was decided.
    pub decided_at: Moment,
}

/// A decision to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewSuspectDecision<'a> {
    /// Whose register.
    pub key: SeriesKey,
    /// Which meter, for the log.
    pub meter: &'a MeterId,
    /// Whose meter, and where the enterprise stands.
    pub of: (&'a EnterpriseCode, &'a ParkId),
    /// From the last good reading to the one it rose to.
    pub span: Period,
    /// What the register showed at its ends, decimals in register units.
    pub shown: (&'a str, &'a str),
    /// What that is in real units, a decimal.
    pub amount: Option<&'a str>,
    /// Whether the rise is right and counts.
    pub confirmed: bool,
    /// Why.
    pub reason: &'a str,
    /// When the decision was made that whoever decides had seen; `None`: there was none.
    pub seen: Option<Moment>,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuspectSaid {
    /// It is kept.
    Kept {
        /// When it was decided.
        at: Moment,
    },
    /// Somebody decided since; nothing was kept.
    Overtaken,
}

impl Registry {
    /// The newest decisions about readings measured in `period` that `who` may see, by meter,
    /// indicator and time.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_suspect_decisions(
        &self,
        who: &Principal,
        period: Period,
    ) -> Result<Vec<SuspectDecision>, RegistryFault> {
        let mut asking = Asking::new(NEWEST);
        asking.push(" AND d.at >= ");
        asking.push_bind(period.from().unix_ms());
        asking.push(" AND d.at < ");
        asking.push_bind(period.to().unix_ms());
        let scope = scope(who, Action::Read, Matter::Series);
        if !within(&mut asking, scope, "m.enterprise", "f.park") {
            return Ok(Vec::new());
        }
        asking.push(" ORDER BY m.meter, d.indicator, d.at");
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter().map(decision).collect()
    }

    /// The readings of all registers to which they rose rightly, by time. For those who walk
    /// registers; it says nothing of anybody.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all_confirmed(&self) -> Result<BTreeMap<SeriesKey, Vec<Moment>>, RegistryFault> {
        let mut asking = Asking::new(NEWEST);
        asking.push(" AND d.confirmed = 1 ORDER BY d.at");
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        let mut found: BTreeMap<SeriesKey, Vec<Moment>> = BTreeMap::new();
        for row in &rows {
            let own = found.entry(key(row)?).or_default();
            own.push(moment(row, "at")?);
        }
        Ok(found)
    }

    /// The same of one meter, by indicator and time.
    pub(super) async fn confirmed_of(
        &self,
        meter: &MeterId,
    ) -> Result<Vec<(IndicatorNo, Moment)>, RegistryFault> {
        let mut asking = Asking::new(NEWEST);
        asking.push(" AND d.confirmed = 1 AND m.meter = ");
        asking.push_bind(meter.as_str().to_owned());
        asking.push(" ORDER BY d.indicator, d.at");
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter()
            .map(|row| Ok((indicator(row, TABLE)?, moment(row, "at")?)))
            .collect()
    }

    /// Keeps a decision, with its line in the log, and tells whoever walks registers; nothing if
    /// somebody decided that the one who decides had not seen.
    ///
    /// # Errors
    /// Not theirs to decide; the database failed. Nothing was kept.
    pub async fn decide_suspect(
        &self,
        who: &Principal,
        new: &NewSuspectDecision<'_>,
    ) -> Result<SuspectSaid, RegistryFault> {
        let object = Object {
            matter: Matter::Aside,
            enterprise: Some(new.of.0),
            park: Some(new.of.1),
        };
        demand(who, Action::Write, &object)?;
        let mut change = self.begin_shown().await?;
        let now = self.clock.now();
        let at = new.span.to();
        let head = self
            .in_time(async {
                let newest = sqlx::query(
                    "SELECT decided_at FROM suspect_decision
                     WHERE meter = $1 AND indicator = $2 AND at = $3 ORDER BY number DESC LIMIT 1",
                )
                .bind(i64::from(new.key.meter.get()))
                .bind(i64::from(new.key.indicator.get()))
                .bind(at.unix_ms())
                .fetch_optional(&mut *change.rows)
                .await?;
                let newest = newest.map(|row| moment(&row, "decided_at")).transpose()?;
                if newest != new.seen {
                    return Ok(None);
                }
                insert(&mut change.rows, who, new, now).await?;
                let (verdict, meter) = (verdict(new.confirmed), new.meter);
                let (before, after) = new.shown;
                let object = format!("{meter} {at} {before} to {after}: {}", new.reason);
                let deed = Deed {
                    action: "suspect.decide",
                    object: &object,
                    result: verdict,
                };
                Ok(Some(self.note(&mut change.rows, now, who, deed).await?))
            })
            .await?;
        if head.is_none() {
            return Ok(SuspectSaid::Overtaken);
        }
        self.commit_shown(change, head).await?;
        Ok(SuspectSaid::Kept { at: now })
    }
}

const fn verdict(confirmed: bool) -> &'static str {
    if confirmed { "confirmed" } else { "rejected" }
}

async fn insert(
    change: &mut sqlx::sqlite::SqliteConnection,
    who: &Principal,
    new: &NewSuspectDecision<'_>,
    now: Moment,
) -> Result<(), RegistryFault> {
    sqlx::query(
        "INSERT INTO suspect_decision
         (meter, indicator, at, since, before, after, amount, confirmed, who, reason, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(i64::from(new.key.meter.get()))
    .bind(i64::from(new.key.indicator.get()))
    .bind(new.span.to().unix_ms())
    .bind(new.span.from().unix_ms())
    .bind(new.shown.0)
    .bind(new.shown.1)
    .bind(new.amount)
    .bind(i64::from(new.confirmed))
    .bind(&who.name)
    .bind(new.reason)
    .bind(now.unix_ms())
    .execute(change)
    .await?;
    Ok(())
}

fn key(row: &SqliteRow) -> Result<SeriesKey, RegistryFault> {
    Ok(SeriesKey {
        meter: MeterNo::new(number(row, "meter", TABLE)?),
        indicator: indicator(row, TABLE)?,
    })
}

fn decision(row: &SqliteRow) -> Result<SuspectDecision, RegistryFault> {
    Ok(SuspectDecision {
        key: key(row)?,
        meter: parsed(row, "id", TABLE)?,
        enterprise: parsed(row, "enterprise", TABLE)?,
        at: moment(row, "at")?,
        since: moment(row, "since")?,
        before: row.try_get("before")?,
        after: row.try_get("after")?,
        amount: row.try_get("amount")?,
        confirmed: number(row, "confirmed", TABLE)? == 1,
        who: row.try_get("who")?,
        reason: row.try_get("reason")?,
        decided_at: moment(row, "decided_at")?,
    })
}
