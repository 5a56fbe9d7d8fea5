//! The registers at both borders of a period.

use std::sync::Arc;

use crate::access::Principal;
use crate::calendar::{Moment, Period};
use crate::http::figures::unavailable;
use crate::http::{Desk, Problem, off_thread};
use crate::park::MeterId;
use crate::store::Row;

/// A reading of a register.
#[derive(Clone, Debug)]
pub(super) struct Border {
    pub(super) at: Moment,
    pub(super) received_at: Moment,
    pub(super) number: f64,
}

/// What a register showed at both borders, and what its units are worth.
#[derive(Clone, Debug, Default)]
pub(super) struct Borders {
    pub(super) start: Option<Border>,
    pub(super) end: Option<Border>,
    /// Real units in one register unit, as it holds at the end.
    pub(super) multiplier: Option<String>,
}

impl Borders {
    /// Of a meter that the asker was found to be allowed to see; `None` if it is not registered.
    ///
    /// # Errors
    /// 503 where registry or store do not answer.
    pub(super) async fn read(
        desk: &Desk,
        meter: &str,
        indicator: &str,
        period: Period,
    ) -> Result<Option<Self>, Problem> {
        let roster = desk.registry.directory().current();
        let number = roster.find_meter(meter).map(|one| one.number);
        let indicator = desk.catalogue.find(indicator).map(|one| one.number);
        let (Some(number), Some(indicator)) = (number, indicator) else {
            return Ok(None);
        };
        let engine = Arc::clone(&desk.engine);
        let (start, end) = off_thread(move || {
            // The reading at the border itself counts for it.
            let at = |border: Moment| engine.last_before(number, indicator, border.plus_ms(1));
            Ok((at(period.from())?, at(period.to())?))
        })
        .await?;
        let border = |row: Row| Border {
            at: row.at,
            received_at: row.received_at,
            number: row.number,
        };
        let mut multiplier = None;
        if let Ok(id) = meter.parse::<MeterId>() {
            let all = Principal::local();
            let history = desk.registry.find_meter_history(&all, &id).await;
            let history = history.map_err(unavailable)?.unwrap_or_default();
            let last = period.to().plus_ms(-1);
            let row = history
                .rows
                .iter()
                .rfind(|row| row.indicator == indicator && row.validity.holds(last));
            multiplier = row.map(|row| row.multiplier.normalize().to_string());
        }
        Ok(Some(Self {
            start: start.map(border),
            end: end.map(border),
            multiplier,
        }))
    }
}
