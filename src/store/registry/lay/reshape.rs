//! Outlines that somebody changed by hand, with the land on them: one change, one record, all or
//! nothing, and only on what it was worked out from.

use rust_decimal::Decimal;
use sqlx::Row;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::park::reshape::Reshape;
use crate::park::{Parcel, ParcelId};
use crate::store::registry::audit::Deed;
use crate::store::registry::find::basis;
use crate::store::registry::{Basis, OutlineAct, Registry, RegistryFault};

use super::told::Told;
use super::{Laid, Laying, Mode, PATIENCE, fact, land, parcels};

/// A change of outlines, and what is kept of it.
#[derive(Clone, Debug)]
pub struct NewOutlines<'a> {
    /// What was done.
    pub act: OutlineAct,
    /// What it comes to.
    pub reshape: &'a Reshape,
    /// Parcels that it changes or ends, and those it makes.
    pub touched: &'a [ParcelId],
    /// From what it was worked out.
    pub basis: &'a Basis,
    /// Why, in the words of whoever does it.
    pub reason: &'a str,
    /// The change that it takes back.
    pub undoes: Option<i64>,
}

/// What became of a change of outlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reshaped {
    /// Done under this number, or it would be; with any objection it is not, and has none: 0.
    Laid {
        /// Its number.
        number: i64,
        /// What was laid.
        laid: Laid,
    },
    /// Somebody changed one of the parcels, or the land on it, since.
    Moved,
}

impl Registry {
    /// Makes a change of outlines hold, with the land that moves with it.
    ///
    /// # Errors
    /// Not your right, or the database failed. What speaks against it is no error: see [`Reshaped`].
    pub async fn reshape(
        &self,
        who: &Principal,
        new: &NewOutlines<'_>,
        mode: Mode,
    ) -> Result<Reshaped, RegistryFault> {
        if scope(who, Action::Write, Matter::Land) != Scope::Everything {
            return Err(RegistryFault::NotYours);
        }
        let mut change = self.begin_shown().await?;
        let work = async {
            let mut laying = Laying {
                rows: &mut change.rows,
                now: self.clock.now(),
                laid: Laid::default(),
                import: None,
                told: Told::default(),
            };
            if basis(laying.rows, new.touched).await?.mark != new.basis.mark {
                return Ok(None);
            }
            lay(&mut laying, new.reshape).await?;
            let (laid, now) = (laying.laid.told(), laying.now);
            if !laid.objections.is_empty() {
                return Ok(Some((0, laid, None)));
            }
            let number = keep(&mut change.rows, who, now.unix_ms(), new).await?;
            let done = format!(
                "change {number}, {}, from {}: {} parcels, {} ended, {} holdings",
                new.reason,
                new.reshape.from,
                new.reshape.parcels.len(),
                new.reshape.ended.len(),
                new.reshape.land.len(),
            );
            let object: Vec<&str> = new.touched.iter().map(ParcelId::as_str).collect();
            let deed = Deed {
                action: match new.act {
                    OutlineAct::Draw => "outline.draw",
                    OutlineAct::Split => "outline.split",
                    OutlineAct::Merge => "outline.merge",
                    OutlineAct::Undo => "outline.undo",
                },
                object: &object.join(" "),
                result: &done,
            };
            let head = self.note(&mut change.rows, now, who, deed).await?;
            Ok::<_, RegistryFault>(Some((number, laid, Some(head))))
        };
        let work = tokio::time::timeout(PATIENCE, work).await;
        let Some((number, laid, head)) = work.unwrap_or(Err(RegistryFault::TookTooLong))? else {
            return Ok(Reshaped::Moved);
        };
        if mode == Mode::Apply && laid.objections.is_empty() {
            self.commit_shown(change, head).await?;
        }
        Ok(Reshaped::Laid { number, laid })
    }
}

/// New parcels first, so that land can be held on them; the ended ones last.
async fn lay(laying: &mut Laying<'_>, reshape: &Reshape) -> Result<(), RegistryFault> {
    let at = reshape.from.unix_ms();
    parcels::check_places(laying, &reshape.parcels).await?;
    if !laying.laid.objections.is_empty() {
        return Ok(());
    }
    fact::change(laying, &reshape.parcels, at).await?;
    if !reshape.land.is_empty() {
        land::lay(laying, &reshape.land).await?;
    }
    for parcel in &reshape.ended {
        fact::end::<Parcel>(laying, parcel.as_str(), at).await?;
        laying.laid.ended += 1;
    }
    Ok(())
}

/// The record of the change among its like; its number.
async fn keep(
    rows: &mut sqlx::sqlite::SqliteConnection,
    who: &Principal,
    now: i64,
    new: &NewOutlines<'_>,
) -> Result<i64, RegistryFault> {
    let Reshape {
        from,
        parcels,
        ended,
        ..
    } = new.reshape;
    let changed = parcels.iter().map(|parcel| &parcel.id);
    let held = changed.chain(ended).filter_map(|id| new.basis.held(id));
    let before: Vec<&Parcel> = held.map(|version| &version.parcel).collect();
    let after: Vec<&Parcel> = parcels.iter().collect();
    let ids = |parcels: &[&Parcel]| {
        let ids: Vec<&str> = parcels.iter().map(|parcel| parcel.id.as_str()).collect();
        ids.join(" ")
    };
    let mu = |parcels: &[&Parcel]| {
        let sum: Decimal = parcels
            .iter()
            .map(|parcel| parcel.outline.area().get())
            .sum();
        sum.to_string()
    };
    let park = after
        .iter()
        .chain(&before)
        .next()
        .map(|parcel| parcel.park.to_string());
    let row = sqlx::query(
        "INSERT INTO parcel_change (number, at, who, act, park, valid_from, reason, before, after,
         mu_before, mu_after, undoes) SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6,
         $7, $8, $9, $10, $11 FROM parcel_change RETURNING number",
    )
    .bind(now)
    .bind(&who.name)
    .bind(new.act.as_str())
    .bind(park.unwrap_or_default())
    .bind(from.unix_ms())
    .bind(new.reason)
    .bind(ids(&before))
    .bind(ids(&after))
    .bind(mu(&before))
    .bind(mu(&after))
    .bind(new.undoes)
    .fetch_one(&mut *rows)
    .await?;
    Ok(row.try_get("number")?)
}
