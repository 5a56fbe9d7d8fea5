//! The terms under which registers are walked, and walking again what was walked under others.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::Principal;
use crate::indicator::IndicatorNo;
use crate::ledger::Metering;
use crate::park::{MeterId, MeterRow, Replacement};
use crate::store::registry::{PAGE_LIMIT, Series, SeriesKey};

use super::event::TermsContradicted;
use super::{LedgerFault, LedgerKeeper};

/// The terms of all registers.
pub(super) type Meterings = BTreeMap<SeriesKey, Arc<Metering>>;

/// All that is registered of one indicator of one meter.
type Registered = BTreeMap<(MeterId, IndicatorNo), (Vec<MeterRow>, Vec<Replacement>)>;

impl LedgerKeeper {
    /// Reads all terms anew. A register that was walked under others is walked again, whole.
    pub(super) async fn take_in_terms(&self, meterings: &mut Meterings) -> Result<(), LedgerFault> {
        let known = self.registry.list_series().await?;
        let mut new = BTreeMap::new();
        let mut changed = BTreeMap::new();
        *meterings = Meterings::new();
        for (key, metering) in self.registered().await? {
            let series = series(&metering);
            meterings.insert(key, Arc::new(metering));
            match known.get(&key) {
                None => new.insert(key, series),
                Some(same) if *same == series => None,
                Some(_) => changed.insert(key, series),
            };
        }
        if !new.is_empty() {
            self.registry.save_series(&new).await?;
            self.walk_unaccounted(meterings, &new).await?;
        }
        for (key, series) in changed {
            if let Some(metering) = meterings.get(&key) {
                let days = self.registry.list_days(key).await?;
                let whole = days.into_iter().map(|day| (day, day.start())).collect();
                let walked = self.rewalk(key, metering, &whole).await?;
                // The cursor stays: what came since is not walked for the other registers.
                self.registry.save_walks(&walked, None).await?;
            }
            let one = BTreeMap::from([(key, series)]);
            self.registry.save_series(&one).await?;
        }
        Ok(())
    }

    /// Walks what came of new registers before their terms were known and the log was followed past
    /// it: their rows contradicted each other, say.
    async fn walk_unaccounted(
        &self,
        meterings: &Meterings,
        new: &BTreeMap<SeriesKey, Series>,
    ) -> Result<(), LedgerFault> {
        if self.registry.ledger_cursor().await?.is_none() {
            return Ok(());
        }
        for (key, series) in new {
            let days = self
                .days_read(*key, series.expectation.valid_from())
                .await?;
            let whole: BTreeMap<_, _> = days.into_iter().map(|day| (day, day.start())).collect();
            if let Some(metering) = meterings.get(key).filter(|_| !whole.is_empty()) {
                let walked = self.rewalk(*key, metering, &whole).await?;
                self.registry.save_walks(&walked, None).await?;
            }
        }
        Ok(())
    }

    /// Each registered register.
    async fn registered(&self) -> Result<Vec<(SeriesKey, Metering)>, LedgerFault> {
        let rows = self.all_rows().await?;
        let roster = self.registry.directory().current();
        let confirmed = self.registry.all_confirmed().await?;
        let mut found = Vec::new();
        for ((id, indicator), (rows, replacements)) in rows {
            let Some(meter) = roster.find_meter(id.as_str()) else {
                continue;
            };
            let key = SeriesKey {
                meter: meter.number,
                indicator,
            };
            match Metering::of(&rows, &replacements) {
                Ok(Some(metering)) => {
                    let rises = confirmed.get(&key).map_or(&[][..], Vec::as_slice);
                    found.push((key, metering.confirming(rises)));
                }
                Ok(None) => {}
                Err(fault) => self.vitals.record(&TermsContradicted { meter: id, fault }),
            }
        }
        Ok(found)
    }

    /// The rows and replacements of all registers, page by page.
    async fn all_rows(&self) -> Result<Registered, LedgerFault> {
        let who = Principal::local();
        let counted = self.registers();
        let mut all = Registered::new();
        let mut after = None;
        loop {
            let page = self
                .registry
                .list_meter_rows(&who, None, after, PAGE_LIMIT)
                .await?;
            for row in page.entries {
                if counted.contains(&row.indicator) {
                    let place = (row.meter.clone(), row.indicator);
                    all.entry(place).or_default().0.push(row);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        loop {
            let page = self
                .registry
                .list_replacements(&who, after, PAGE_LIMIT)
                .await?;
            for one in page.entries {
                let place = (one.meter.clone(), one.indicator);
                all.entry(place).or_default().1.push(one);
            }
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}

fn series(metering: &Metering) -> Series {
    Series {
        expectation: metering.expectation().clone(),
        terms: metering.fingerprint().to_owned(),
    }
}
