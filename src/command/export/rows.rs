//! The values of one meter, read in pieces so that neither memory nor a snapshot of the store has
//! to last as long as a slow reader of the output.

use std::ops::ControlFlow;

use crate::calendar::{Moment, Period};
use crate::command::{Context, Failure, Out};
use crate::park::MeterNo;
use crate::store::Row;

use super::wire;

/// Values read at a time.
const PIECE: usize = 50_000;

/// Writes every kept value of `meter` in `period`, by time, indicator and revision.
pub(super) fn write(
    meter: MeterNo,
    name: &str,
    period: Period,
    out: &mut Out,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let roster = context.parts.registry.directory().current();
    let mut rest = Some(period);
    while let Some(period) = rest {
        let (rows, next) = piece(meter, period, context)?;
        for row in &rows {
            let gateway = roster.gateway_numbered(row.gateway);
            let indicator = context.parts.catalogue.numbered(row.indicator);
            let line = wire::Line::of(row, name, gateway, indicator);
            out.json_line(&line)?;
        }
        rest = next.and_then(|from| Period::new(from, period.to()));
    }
    Ok(())
}

/// The first rows of `period`, and from when on the rest begins, if there is one. A piece ends
/// between two instants, so that no row is met twice.
fn piece(
    meter: MeterNo,
    period: Period,
    context: &Context<'_>,
) -> Result<(Vec<Row>, Option<Moment>), Failure> {
    let mut rows: Vec<Row> = Vec::new();
    let mut next = None;
    context
        .parts
        .engine
        .all_values(meter, None, period, &mut |row| {
            let new_instant = rows.last().is_some_and(|last| last.at != row.at);
            if rows.len() >= PIECE && new_instant {
                next = Some(row.at);
                return ControlFlow::Break(());
            }
            rows.push(*row);
            ControlFlow::Continue(())
        })?;
    Ok((rows, next))
}
