//! Files of statements.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::indicator::Indicator;
use crate::indicator::Kind as Counting;
use crate::park::Statement;

use super::cells::{Cells, Told, decimal, each};
use super::fault::Faults;
use super::kind::Kind;
use super::{Given, Rows};

pub(super) fn statements(bytes: &[u8], given: &Given<'_>) -> Result<Rows<Statement>, Faults> {
    each(Kind::Statements, bytes, given.limits, |cells| {
        let (enterprise, period) = (cells.needed("enterprise"), cells.needed("period"));
        let indicator = stated(cells, given);
        let known = indicator.as_ref().ok().copied();
        let value = cells.needed_by("value", |text| plausible(text, known));
        let unit = cells.needed_by("unit", |text| same_unit(text, known));
        let source = cells.needed("source");
        unit?;
        Ok(Statement {
            enterprise: enterprise?,
            period: period?,
            indicator: indicator?.number,
            value: value?,
            source: source?,
        })
    })
}

fn stated<'a>(cells: &mut Cells<'_>, given: &Given<'a>) -> Result<&'a Indicator, Told> {
    cells.needed_by("indicator", |code| {
        let known = given.catalogue.find(code);
        let known =
            known.ok_or_else(|| format!("there is no indicator `{code}` in the catalogue"))?;
        if known.kind == Counting::Amount {
            Ok(known)
        } else {
            Err(format!("`{code}` is measured by meters, nobody states it"))
        }
    })
}

fn plausible(text: &str, indicator: Option<&Indicator>) -> Result<Decimal, String> {
    let value = decimal(text)?;
    let is_possible = |known: &Indicator| value.to_f64().is_some_and(|v| known.is_plausible(v));
    match indicator {
        Some(known) if !is_possible(known) => Err(format!(
            "`{text}` is beyond what is possible ({} to {} {})",
            known.limit_lower, known.limit_upper, known.unit
        )),
        _ => Ok(value),
    }
}

/// 万元 against 元 is the oldest mistake in these files (domain.md 2.15): nothing is converted.
fn same_unit(text: &str, indicator: Option<&Indicator>) -> Result<(), String> {
    match indicator {
        // The contract counts staff in persons; the catalogue writes it in Chinese.
        Some(known) if known.unit == "人" && text == "persons" => Ok(()),
        Some(known) if known.unit != text => Err(format!(
            "`{text}` is not the unit of {}, which is {}",
            known.code, known.unit
        )),
        _ => Ok(()),
    }
}
