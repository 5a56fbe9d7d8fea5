//! Rows that follow each other in time: land holdings and meter rows. The next one ends an open
//! one; two that overlap otherwise are objected to.

use std::collections::BTreeMap;

use crate::calendar::Moment;
use crate::park::Validity;
use crate::store::registry::RegistryFault;
use crate::text::said;

use super::Laying;
use super::cell::Cell;
use super::record::{Held, Record, Table};

/// A table whose key ends with `valid_from` and whose rest ends with `valid_to`.
pub(super) struct Timeline {
    /// The table.
    pub(super) table: &'static Table,
}

/// An entry of an import, as cells without its validity.
pub(super) struct Dated {
    /// What it is about: the key without `valid_from`.
    pub(super) series: Vec<Cell>,
    /// The other cells without `valid_to`.
    pub(super) rest: Vec<Cell>,
    /// From when until when.
    pub(super) validity: Validity,
}

/// One stretch of a series, from the file or already known.
struct Stretch {
    to: Option<i64>,
    entry: Option<usize>,
}

impl Timeline {
    /// Lays `entries`, each at its index.
    pub(super) async fn lay(
        &self,
        laying: &mut Laying<'_>,
        entries: Vec<Dated>,
    ) -> Result<(), RegistryFault> {
        let held = self.table.held(laying).await?;
        let mut series = by_series(laying, &entries);
        add_held(&mut series, &held);
        for (key, stretches) in &mut series {
            join(laying, stretches);
            for (from, stretch) in &*stretches {
                let mut full = key.clone();
                full.push(Cell::Whole(*from));
                match stretch.entry.and_then(|index| entries.get(index)) {
                    Some(entry) => {
                        let record = record(full, entry.rest.clone(), stretch.to);
                        self.table.put(laying, &held, record).await?;
                    }
                    None => self.end(laying, &held, full, stretch.to).await?,
                }
            }
        }
        Ok(())
    }

    /// Ends a known row where the next one begins, unless it ends there already.
    async fn end(
        &self,
        laying: &mut Laying<'_>,
        held: &Held,
        key: Vec<Cell>,
        to: Option<i64>,
    ) -> Result<(), RegistryFault> {
        let Some((number, rest)) = held.get(&key) else {
            return Ok(());
        };
        let Some((known_to, others)) = rest.split_last() else {
            return Ok(());
        };
        if *known_to == Cell::whole_or_empty(to) {
            return Ok(());
        }
        self.table.supersede(laying, *number).await?;
        let ended = record(key, others.to_vec(), to);
        self.table.insert(laying, ended).await?;
        laying.laid.ended += 1;
        Ok(())
    }
}

fn record(key: Vec<Cell>, mut rest: Vec<Cell>, to: Option<i64>) -> Record {
    rest.push(Cell::whole_or_empty(to));
    Record {
        key,
        rest,
        beside: Vec::new(),
    }
}

type Series = BTreeMap<Vec<Cell>, BTreeMap<i64, Stretch>>;

fn by_series(laying: &mut Laying<'_>, entries: &[Dated]) -> Series {
    let mut series = Series::new();
    for (index, entry) in entries.iter().enumerate() {
        let stretches = series.entry(entry.series.clone()).or_default();
        let stretch = Stretch {
            to: entry.validity.to().map(Moment::unix_ms),
            entry: Some(index),
        };
        let from = entry.validity.from().unix_ms();
        let twin = stretches.insert(from, stretch);
        if let Some(other) = twin.and_then(|twin| twin.entry) {
            laying.laid.object_to_twin(index, "valid_from", other);
        }
    }
    series
}

/// Adds the known rows of the series that the import touches.
fn add_held(series: &mut Series, held: &Held) {
    for (key, (_, rest)) in held {
        let (Some((Cell::Whole(from), about)), Some(to)) = (key.split_last(), rest.last()) else {
            continue;
        };
        let to = match to {
            Cell::Whole(to) => Some(*to),
            _ => None,
        };
        if let Some(stretches) = series.get_mut(about) {
            stretches
                .entry(*from)
                .or_insert(Stretch { to, entry: None });
        }
    }
}

/// Ends each open stretch where the next begins, and objects to those that overlap all the same.
fn join(laying: &mut Laying<'_>, stretches: &mut BTreeMap<i64, Stretch>) {
    let mut next: Option<(i64, Option<usize>)> = None;
    for (from, stretch) in stretches.iter_mut().rev() {
        if let Some((begins, follower)) = next {
            match stretch.to {
                None => stretch.to = Some(begins),
                Some(to) if to > begins => {
                    object(laying, (*from, stretch), begins, follower);
                }
                Some(_) => {}
            }
        }
        next = Some((*from, stretch.entry));
    }
}

fn object(
    laying: &mut Laying<'_>,
    (from, stretch): (i64, &Stretch),
    begins: i64,
    follower: Option<usize>,
) {
    let (from, begins) = (Moment::from_unix_ms(from), Moment::from_unix_ms(begins));
    // Two known rows cannot overlap: one of the two is in the import.
    if let Some(index) = follower {
        let what = said!("import_fault.overlaps_later", from = from);
        laying.laid.object(index, "valid_from", what);
    } else if let Some(index) = stretch.entry {
        let what = said!("import_fault.overlaps_next", begins = begins);
        laying.laid.object(index, "valid_to", what);
    }
}
