//! What became of every value: what the table says of folded batches, and the heads of all others.
//!
//! Nobody who counts may keep the writer waiting, so the table is read without the heads' lock; the
//! end of a fold, which moves counts from a head into the table, shows in the number folded.

use std::collections::BTreeMap;

use rusqlite::{Connection, Error, Row};

use crate::calendar::Day;
use crate::park::GatewayNo;
use crate::store::{Counts, StoreFault, failpoint};

use super::Embedded;
use super::open::unreadable;
use super::tables;

/// Counts by day of receipt and gateway.
pub(super) type ByDay = BTreeMap<(Day, GatewayNo), Counts>;

/// How often the table is read anew because a fold ended meanwhile.
const ATTEMPTS: usize = 100;

const SUMS: &str = "sum(received), sum(stored), sum(duplicate), sum(conflict), sum(quarantined), \
                    sum(refused), sum(pending), sum(unpromised)";

fn place(row: &Row<'_>) -> Result<(Day, GatewayNo), Error> {
    Ok((Day::from_number(row.get(0)?), GatewayNo::new(row.get(1)?)))
}

/// The eight counts of a row, from column 2 on.
fn counts(row: &Row<'_>) -> Result<Counts, Error> {
    Ok(Counts {
        received: row.get(2)?,
        stored: row.get(3)?,
        duplicate: row.get(4)?,
        conflict: row.get(5)?,
        quarantined: row.get(6)?,
        refused: row.get(7)?,
        pending: row.get(8)?,
        unpromised: row.get(9)?,
    })
}

/// The counts of folded batches, of one day or of all, and the last batch folded.
fn folded(on: &Connection, day: Option<Day>) -> Result<(u64, ByDay), Error> {
    let snapshot = on.unchecked_transaction()?;
    failpoint("while_counting");
    let through = tables::meta(&snapshot, "folded")?.unwrap_or(0);
    // A sentence of its own for one day: with `?1 IS NULL OR` all days would be walked through.
    let of_day = match day {
        Some(_) => "day = ?1",
        None => "?1 IS NULL",
    };
    let found = {
        let mut query = snapshot.prepare_cached(&format!(
            "SELECT day, gateway, received, stored, duplicate, conflict, quarantined, refused,
                 pending, unpromised
             FROM counts WHERE {of_day}"
        ))?;
        let rows = query.query_map([day.map(Day::number)], |row| {
            Ok((place(row)?, counts(row)?))
        })?;
        rows.collect::<Result<_, Error>>()?
    };
    snapshot.finish()?;
    Ok((through.cast_unsigned(), found))
}

/// The counts of folded batches over all days.
pub(super) fn totals(on: &Connection) -> Result<BTreeMap<GatewayNo, Counts>, Error> {
    let query = format!("SELECT 0, gateway, {SUMS} FROM counts GROUP BY gateway");
    let mut query = on.prepare(&query)?;
    let rows = query.query_map([], |row| Ok((place(row)?.1, counts(row)?)))?;
    rows.collect()
}

impl Embedded {
    /// All counts, of one day or of all.
    pub(super) fn counted(&self, day: Option<Day>) -> Result<ByDay, StoreFault> {
        for _ in 0..ATTEMPTS {
            let (known, in_heads) = self.in_heads(day);
            let read = self.shared.pool.read(|on| folded(on, day));
            let (through, mut all) = read.map_err(unreadable("reading counts"))?;
            if through == known {
                for (place, more) in in_heads {
                    all.entry(place).or_default().add(&more);
                }
                return Ok(all);
            }
        }
        Err(StoreFault::Unreadable {
            doing: "reading counts",
            cause: "again and again a fold ended meanwhile".into(),
        })
    }

    /// The last batch folded, and what is counted in the heads.
    fn in_heads(&self, day: Option<Day>) -> (u64, ByDay) {
        let heads = self.shared.heads();
        let all = heads.both().flat_map(super::head::Head::counts);
        let wanted = all.filter(|(place, _)| day.is_none_or(|day| day == place.0));
        let mut sums = ByDay::new();
        for (place, counts) in wanted {
            sums.entry(*place).or_default().add(counts);
        }
        (heads.folded, sums)
    }
}
