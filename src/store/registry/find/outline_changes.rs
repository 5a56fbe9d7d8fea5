//! What a change of outlines is worked out from, and the changes that were made, for whoever may
//! see the land.

use std::fmt::Write;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::park::reshape::KeptHolding;
use crate::park::{Parcel, ParcelId, ParkId};
use crate::store::registry::{Registry, RegistryFault};
use crate::units::Mu;

use super::land::holding;
use super::page::{Asking, Page, only, within};
use super::parcels::parcel;
use super::row::{decimal_or_none, moment, moment_or_open, parsed};

const TABLE: &str = "parcel_change";

/// A parcel with the time for which its outline holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelVersion {
    /// As it is then.
    pub parcel: Parcel,
    /// From when on.
    pub since: Moment,
    /// Until when, unless it still does.
    pub until: Option<Moment>,
}

/// What is known of parcels that somebody wants to change, and of the land that is held there.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    /// All versions of each, by id, the oldest first.
    pub versions: Vec<ParcelVersion>,
    /// The holdings that count.
    pub land: Vec<KeptHolding>,
    /// All of that as one text: another text, and somebody has changed it.
    pub mark: String,
}

impl Basis {
    /// The newest version of a parcel.
    #[must_use]
    pub fn newest(&self, id: &ParcelId) -> Option<&ParcelVersion> {
        self.versions.iter().rfind(|one| one.parcel.id == *id)
    }

    /// The version that holds now; none of a parcel that was ended.
    #[must_use]
    pub fn held(&self, id: &ParcelId) -> Option<&ParcelVersion> {
        self.newest(id).filter(|one| one.until.is_none())
    }
}

/// What was done to outlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineAct {
    /// One outline was drawn, new or again.
    Draw,
    /// One parcel was cut into several.
    Split,
    /// Several became one.
    Merge,
    /// A change was taken back.
    Undo,
}

impl OutlineAct {
    /// As it is kept and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draw => "draw",
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Undo => "undo",
        }
    }

    fn of(text: &str) -> Result<Self, RegistryFault> {
        let all = [Self::Draw, Self::Split, Self::Merge, Self::Undo];
        let known = all.into_iter().find(|act| act.as_str() == text);
        known.ok_or_else(|| RegistryFault::damaged(TABLE, "no such act"))
    }
}

/// A change of outlines as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlineChange {
    /// Its number, from 1.
    pub number: i64,
    /// When it was made.
    pub at: Moment,
    /// By whom.
    pub who: String,
    /// What was done.
    pub act: OutlineAct,
    /// In which park.
    pub park: ParkId,
    /// From when on it holds.
    pub valid_from: Moment,
    /// Why.
    pub reason: String,
    /// Parcels that were changed or ended.
    pub before: Vec<ParcelId>,
    /// Parcels that there are after it.
    pub after: Vec<ParcelId>,
    /// The land of those before.
    pub mu_before: Mu,
    /// The land of those after.
    pub mu_after: Mu,
    /// The change that this one takes back.
    pub undoes: Option<i64>,
    /// The change by which this one was taken back.
    pub undone_by: Option<i64>,
}

/// What is known of the parcels `ids`; the change that is under way on `rows` included.
pub(in crate::store::registry) async fn basis(
    rows: &mut SqliteConnection,
    ids: &[ParcelId],
) -> Result<Basis, RegistryFault> {
    let mut basis = Basis {
        versions: Vec::new(),
        land: Vec::new(),
        mark: String::new(),
    };
    for id in ids {
        let versions = sqlx::query(
            "SELECT parcel, park, area, area_mu, declared_mu, plot_ratio, state, outline, since,
             until FROM parcel_fact WHERE parcel = $1 ORDER BY since",
        );
        let versions = versions.bind(id.as_str()).fetch_all(&mut *rows).await?;
        for row in &versions {
            let version = ParcelVersion {
                parcel: parcel(row, &Scope::Everything)?,
                since: moment(row, "since")?,
                until: moment_or_open(row, "until")?,
            };
            // Writing to a text cannot fail.
            let (since, until) = (version.since, version.until.map(Moment::unix_ms));
            let _written = write!(basis.mark, "{id} {} {until:?};", since.unix_ms());
            basis.versions.push(version);
        }
        let land = sqlx::query(
            "SELECT number, enterprise, parcel, kind, m2, floor_m2, far, counterparty,
             valid_from, valid_to FROM land_holding
             WHERE parcel = $1 AND superseded_at IS NULL ORDER BY number",
        );
        for row in &land.bind(id.as_str()).fetch_all(&mut *rows).await? {
            let kept = KeptHolding {
                number: row.try_get("number")?,
                holding: holding(row)?,
            };
            let _written = write!(basis.mark, "#{};", kept.number);
            basis.land.push(kept);
        }
    }
    Ok(basis)
}

impl Registry {
    /// What is known of the parcels `ids`, for whoever may change all land.
    ///
    /// # Errors
    /// Not your right, or the database failed.
    pub async fn outline_basis(
        &self,
        who: &Principal,
        ids: &[ParcelId],
    ) -> Result<Basis, RegistryFault> {
        if scope(who, Action::Write, Matter::Land) != Scope::Everything {
            return Err(RegistryFault::NotYours);
        }
        self.in_time(async {
            let mut rows = self.readers.acquire().await?;
            basis(&mut rows, ids).await
        })
        .await
    }

    /// Changes of outlines in a park, or in all that `who` may see the land of, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_outline_changes(
        &self,
        who: &Principal,
        in_park: Option<&ParkId>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<OutlineChange, i64>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT c.*, (SELECT u.number FROM parcel_change u WHERE u.undoes = c.number) AS undone
             FROM parcel_change c WHERE c.number < ",
        );
        asking.push_bind(before.unwrap_or(i64::MAX));
        only(&mut asking, "c.park", in_park);
        let seen = scope(who, Action::Read, Matter::Land);
        if !within(&mut asking, seen, "NULL", "c.park") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "c.number DESC", limit, change, cursor)
            .await
    }

    /// One change of outlines that `who` may see.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_outline_change(
        &self,
        who: &Principal,
        number: i64,
    ) -> Result<Option<OutlineChange>, RegistryFault> {
        let before = number.checked_add(1);
        let page = self.list_outline_changes(who, None, before, 1).await?;
        let mut found = page.entries.into_iter();
        Ok(found.find(|one| one.number == number))
    }

    /// When an outline of these parks last changed, at `at` or before; none where none ever did.
    ///
    /// # Errors
    /// The database failed.
    pub async fn outlines_as_of(
        &self,
        parks: &[ParkId],
        at: Moment,
    ) -> Result<Option<Moment>, RegistryFault> {
        let mut newest: Option<i64> = None;
        for park in parks {
            let row = sqlx::query(
                "SELECT MAX(t) FROM (SELECT MAX(since) AS t FROM parcel_fact WHERE park = $1 AND since <= $2
                 UNION ALL SELECT MAX(until) FROM parcel_fact WHERE park = $1 AND until <= $2)",
            );
            let row = row.bind(park.as_str()).bind(at.unix_ms());
            let row = self
                .in_time(async { Ok(row.fetch_one(&self.readers).await?) })
                .await?;
            newest = newest.max(row.try_get(0)?);
        }
        Ok(newest.filter(|at| *at > 0).map(Moment::from_unix_ms))
    }
}

fn change(row: &SqliteRow) -> Result<OutlineChange, RegistryFault> {
    let act: String = row.try_get("act")?;
    Ok(OutlineChange {
        number: row.try_get("number")?,
        at: moment(row, "at")?,
        who: row.try_get("who")?,
        act: OutlineAct::of(&act)?,
        park: parsed(row, "park", TABLE)?,
        valid_from: moment(row, "valid_from")?,
        reason: row.try_get("reason")?,
        before: ids(row, "before")?,
        after: ids(row, "after")?,
        mu_before: mu(row, "mu_before")?,
        mu_after: mu(row, "mu_after")?,
        undoes: row.try_get("undoes")?,
        undone_by: row.try_get("undone")?,
    })
}

fn ids(row: &SqliteRow, column: &str) -> Result<Vec<ParcelId>, RegistryFault> {
    let text: String = row.try_get(column)?;
    let ids = text.split_ascii_whitespace().map(str::parse);
    ids.collect::<Result<_, _>>()
        .map_err(|cause| RegistryFault::damaged(TABLE, cause))
}

fn mu(row: &SqliteRow, column: &str) -> Result<Mu, RegistryFault> {
    let number = decimal_or_none(row, column, TABLE)?.unwrap_or_default();
    Mu::new(number).map_err(|cause| RegistryFault::damaged(TABLE, cause))
}
