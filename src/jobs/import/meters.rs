//! Files of meters and of their replacements.

use rust_decimal::Decimal;

use crate::indicator::Indicator;
use crate::indicator::Kind as Counting;
use crate::park::{MeterRow, Replacement, read_border};
use crate::text::said;

use super::Rows;
use super::cells::{Cells, Told, above_zero, each, not_negative, seconds};
use super::fault::Faults;
use super::given::{Given, Open};
use super::kind::Kind;

pub(super) fn meters(file: &mut Open<'_>) -> Result<Rows<MeterRow>, Faults> {
    let given = file.given;
    each(Kind::Meters, file, |cells| {
        let (meter, enterprise) = (cells.needed("meter"), cells.needed("enterprise"));
        let gateway = cells.maybe("gateway");
        let indicator = measured(cells, given);
        let counts = matches!(
            &indicator,
            Err(Told)
                | Ok(Indicator {
                    kind: Counting::Register,
                    ..
                })
        );
        let register_size = cells.maybe_by("register_size", above_zero);
        let (multiplier, max_per_hour) = rates(cells, counts);
        let interval_s = cells.needed_by("interval_s", seconds);
        let jitter = cells.maybe_by("jitter", not_negative);
        let update_s = cells.maybe_by("update_s", seconds);
        let resolution = cells.maybe_by("resolution", not_negative);
        let parent = cells.maybe("parent");
        let (name, place) = (cells.maybe("name"), cells.maybe("place"));
        let validity = cells.validity();
        let row = MeterRow {
            meter: meter?,
            enterprise: enterprise?,
            gateway: gateway?,
            indicator: indicator?.number,
            register_size: register_size?,
            multiplier: multiplier?,
            max_per_hour: max_per_hour?,
            interval_s: interval_s?,
            jitter: jitter?.unwrap_or_default(),
            update_s: update_s?,
            resolution: resolution?.unwrap_or_default(),
            parent: parent?,
            name: name?,
            place: place?,
            validity: validity?,
        };
        if row.parent.as_ref() == Some(&row.meter) {
            return Err(cells.fault("parent", said!("import_fault.parent_itself")));
        }
        Ok(row)
    })
}

/// Multiplier and greatest rate. What does not count up needs neither.
fn rates(
    cells: &mut Cells<'_>,
    counts: bool,
) -> (Result<Decimal, Told>, Result<Option<Decimal>, Told>) {
    if counts {
        let multiplier = cells.needed_by("multiplier", above_zero);
        let max_per_hour = cells.needed_by("max_per_hour", above_zero);
        return (multiplier, max_per_hour.map(Some));
    }
    let multiplier = cells.maybe_by("multiplier", above_zero);
    let max_per_hour = cells.maybe_by("max_per_hour", not_negative);
    let of_one = multiplier.map(|multiplier| multiplier.unwrap_or(Decimal::ONE));
    let above_zero = |rate: Option<Decimal>| rate.filter(|rate| *rate > Decimal::ZERO);
    (of_one, max_per_hour.map(above_zero))
}

/// The indicator of the row, if a meter can measure it.
fn measured<'a>(cells: &mut Cells<'_>, given: &Given<'a>) -> Result<&'a Indicator, Told> {
    cells.needed_by("indicator", |code| {
        let known = given.catalogue.find(code);
        let known = known.ok_or_else(|| said!("import_fault.no_indicator", code = code))?;
        if known.kind == Counting::Amount {
            return Err(said!("import_fault.is_stated", code = code));
        }
        Ok(known)
    })
}

pub(super) fn replacements(file: &mut Open<'_>) -> Result<Rows<Replacement>, Faults> {
    let given = file.given;
    each(Kind::Replacements, file, |cells| {
        let meter = cells.needed("meter");
        let indicator = measured(cells, given);
        let at = cells.needed_by("at", read_border);
        let old_final = cells.maybe_by("old_final", not_negative);
        let new_initial = cells.maybe_by("new_initial", not_negative);
        let reason = cells.needed("reason");
        let indicator = indicator?;
        if indicator.kind != Counting::Register {
            let what = said!("import_fault.no_register");
            return Err(cells.fault("indicator", what));
        }
        Ok(Replacement {
            meter: meter?,
            indicator: indicator.number,
            at: at?,
            old_final: old_final?,
            new_initial: new_initial?,
            reason: reason?,
        })
    })
}
