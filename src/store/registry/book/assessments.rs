//! Rated years.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::{Moment, Year};
use crate::park::{EnterpriseCode, ParkId};
use crate::store::registry::find::{Asking, Page, moment, number, only, parsed};
use crate::store::registry::{Registry, RegistryFault};

/// A year as rated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Which year.
    pub year: Year,
    /// 1 for the first time, then up.
    pub revision: u32,
    /// When, by our clock.
    pub rated_at: Moment,
    /// The revision of the year's accounts it was made from.
    pub account: u32,
    /// A digest of what went in.
    pub inputs: String,
    /// The id of the scheme.
    pub scheme: String,
    /// The scheme's file.
    pub scheme_text: String,
    /// The facts as `parkpulse rate` takes them.
    pub facts: String,
    /// Where the borders of the bands lie, JSON of the room `rating`.
    pub lines: String,
    /// SHA-256, in hex, of what `parkpulse rate` prints for these facts and this scheme.
    pub digest: String,
}

/// What an enterprise got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// Its place in the list, from 0.
    pub place: u32,
    /// Who.
    pub enterprise: EnterpriseCode,
    /// Where it was registered.
    pub park: ParkId,
    /// The grade.
    pub grade: String,
    /// All the rest: the unit as `parkpulse rate` prints it.
    pub body: String,
    /// The figures behind it with their inputs, JSON of the room `ledger`; empty if none were kept.
    pub figures: String,
}

/// In which order results are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By place, which tells the rank: for whoever may see scores.
    Place,
    /// By social credit code, which tells nothing (domain.md 2.11, "排名不分先后").
    Code,
}

/// Which results are asked for.
#[derive(Clone, Copy, Debug)]
pub struct AssessedFilter<'a> {
    /// In which order.
    pub order: Order,
    /// Of whom alone.
    pub enterprise: Option<&'a EnterpriseCode>,
    /// Of which park alone.
    pub park: Option<&'a ParkId>,
    /// With which grade alone.
    pub grade: Option<&'a str>,
}

impl AssessedFilter<'_> {
    /// All results, by code.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            order: Order::Code,
            enterprise: None,
            park: None,
            grade: None,
        }
    }
}

impl Registry {
    /// All ratings of `year`, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_assessments(&self, year: Year) -> Result<Vec<Assessment>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query("SELECT * FROM assessment WHERE year = $1 ORDER BY revision");
                Ok(all
                    .bind(i64::from(year.number()))
                    .fetch_all(&self.readers)
                    .await?)
            })
            .await?;
        rows.iter().map(|row| assessment(row, year)).collect()
    }

    /// The years that were rated, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_rated_years(&self) -> Result<Vec<Year>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query("SELECT DISTINCT year FROM assessment ORDER BY year DESC");
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        let year = |row: &SqliteRow| {
            let number: i64 = row.try_get("year")?;
            let number = i16::try_from(number);
            number
                .map(Year::new)
                .map_err(|cause| RegistryFault::damaged("assessment", cause))
        };
        rows.iter().map(year).collect()
    }

    /// What the enterprises got in a rated year. A grade that is published is for everybody; what
    /// else of the body an asker may see is for the caller to cut (contract.md 6).
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_assessed(
        &self,
        who: &Principal,
        assessment: &Assessment,
        filter: AssessedFilter<'_>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Assessed>, RegistryFault> {
        let mut asking = Asking::new("SELECT * FROM assessed WHERE year = ");
        asking.push_bind(i64::from(assessment.year.number()));
        asking.push(" AND revision = ");
        asking.push_bind(i64::from(assessment.revision));
        only(&mut asking, "enterprise", filter.enterprise);
        only(&mut asking, "park", filter.park);
        only(&mut asking, "grade", filter.grade);
        let entry = assessed;
        if scope(who, Action::Read, Matter::Grade) == Scope::Nothing {
            return Ok(Page::default());
        }
        match filter.order {
            Order::Place => {
                let after = after.and_then(|text| text.parse().ok()).unwrap_or(-1_i64);
                asking.push(" AND place > ").push_bind(after);
                let cursor = |row: &SqliteRow| Ok(row.try_get::<i64, _>("place")?.to_string());
                self.page(asking, "place", limit, entry, cursor).await
            }
            Order::Code => {
                let after = after.unwrap_or_default().to_owned();
                asking.push(" AND enterprise > ").push_bind(after);
                let cursor = |row: &SqliteRow| Ok(row.try_get("enterprise")?);
                self.page(asking, "enterprise", limit, entry, cursor).await
            }
        }
    }

    /// How many legal entities got each grade.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_grades(
        &self,
        assessment: &Assessment,
    ) -> Result<BTreeMap<String, i64>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query(
                    "SELECT grade, COUNT(*) AS n FROM assessed WHERE year = $1 AND revision = $2
                     GROUP BY grade",
                )
                .bind(i64::from(assessment.year.number()))
                .bind(i64::from(assessment.revision));
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        let count = |row: &SqliteRow| Ok((row.try_get("grade")?, row.try_get("n")?));
        rows.iter().map(count).collect()
    }

    /// Keeps a rated year, in one transaction.
    ///
    /// # Errors
    /// The database failed, or the revision exists; nothing was kept.
    pub async fn save_assessment(
        &self,
        one: &Assessment,
        assessed: &[Assessed],
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            sqlx::query("INSERT INTO assessment VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
                .bind(i64::from(one.year.number()))
                .bind(i64::from(one.revision))
                .bind(one.rated_at.unix_ms())
                .bind(i64::from(one.account))
                .bind(&one.inputs)
                .bind(&one.scheme)
                .bind(&one.scheme_text)
                .bind(&one.facts)
                .bind(&one.lines)
                .bind(&one.digest)
                .execute(&mut *change)
                .await?;
            for entry in assessed {
                sqlx::query("INSERT INTO assessed VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
                    .bind(i64::from(one.year.number()))
                    .bind(i64::from(one.revision))
                    .bind(i64::from(entry.place))
                    .bind(entry.enterprise.as_str())
                    .bind(entry.park.as_str())
                    .bind(&entry.grade)
                    .bind(&entry.body)
                    .bind(&entry.figures)
                    .execute(&mut *change)
                    .await?;
            }
            Ok(change.commit().await?)
        })
        .await
    }
}

fn assessment(row: &SqliteRow, year: Year) -> Result<Assessment, RegistryFault> {
    const TABLE: &str = "assessment";
    Ok(Assessment {
        year,
        revision: number(row, "revision", TABLE)?,
        rated_at: moment(row, "rated_at")?,
        account: number(row, "account", TABLE)?,
        inputs: row.try_get("inputs")?,
        scheme: row.try_get("scheme")?,
        scheme_text: row.try_get("scheme_text")?,
        facts: row.try_get("facts")?,
        lines: row.try_get("lines")?,
        digest: row.try_get("digest")?,
    })
}

fn assessed(row: &SqliteRow) -> Result<Assessed, RegistryFault> {
    const TABLE: &str = "assessed";
    Ok(Assessed {
        place: number(row, "place", TABLE)?,
        enterprise: parsed(row, "enterprise", TABLE)?,
        park: parsed(row, "park", TABLE)?,
        grade: row.try_get("grade")?,
        body: row.try_get("body")?,
        figures: row.try_get("figures")?,
    })
}
