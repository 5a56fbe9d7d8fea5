//! Files of statements.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::indicator::Indicator;
use crate::indicator::Kind as Counting;
use crate::park::Statement;
use crate::text::{Said, said};

use super::Rows;
use super::cells::{Cells, Told, decimal, each};
use super::fault::Faults;
use super::given::{Given, Money, Open};
use super::kind::Kind;

/// The unit in which the catalogue counts money.
const MONEY: &str = "万元";

pub(super) fn statements(file: &mut Open<'_>) -> Result<Rows<Statement>, Faults> {
    let given = file.given;
    each(Kind::Statements, file, |cells| {
        let (enterprise, period) = (cells.needed("enterprise"), cells.needed("period"));
        let indicator = stated(cells, given);
        let known = indicator.as_ref().ok().copied();
        let unit = unit(cells, given, known);
        let value = cells.needed_by("value", |text| {
            plausible(text, known, unit.as_ref().ok().copied().flatten())
        });
        let source = cells.needed("source");
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
        let known = known.ok_or_else(|| said!("import_fault.no_indicator", code = code))?;
        if known.kind == Counting::Amount {
            Ok(known)
        } else {
            Err(said!("import_fault.is_measured", code = code))
        }
    })
}

fn plausible(
    text: &str,
    indicator: Option<&Indicator>,
    unit: Option<Money>,
) -> Result<Decimal, Said> {
    let stated = decimal(text)?;
    let converted = unit.map_or(Some(stated), |unit| unit.in_ten_thousands(stated));
    let value = converted
        .ok_or_else(|| said!("import_fault.digits_many", text = text))?
        .normalize();
    let is_possible = |known: &Indicator| value.to_f64().is_some_and(|v| known.is_plausible(v));
    match indicator {
        Some(known) if !is_possible(known) => Err(said!(
            "import_fault.not_possible",
            text = text,
            lower = known.limit_lower,
            upper = known.limit_upper,
            unit = known.unit,
        )),
        _ => Ok(value),
    }
}

/// The unit of a row's money; `None` for what is no money. What was said of the whole file goes
/// before the row's own unit, that before the header's. Never guessed (domain.md 2.15).
fn unit(
    cells: &mut Cells<'_>,
    given: &Given<'_>,
    indicator: Option<&Indicator>,
) -> Result<Option<Money>, Told> {
    let is_money = indicator.is_some_and(|known| known.unit == MONEY);
    let said = given.picks.unit.filter(|_| is_money);
    let headed = cells.header_unit();
    if said.is_some() || (cells.text("unit").is_empty() && headed.is_some()) {
        return Ok(said.or(headed).filter(|_| is_money));
    }
    let is_said = given.picks.unit.is_some();
    if is_said && !is_money && cells.text("unit").is_empty() {
        return Ok(None);
    }
    cells.needed_by("unit", |text| read_unit(text, indicator))
}

fn read_unit(text: &str, indicator: Option<&Indicator>) -> Result<Option<Money>, Said> {
    match indicator {
        Some(known) if known.unit == MONEY => text.parse().map(Some).map_err(|_cause| {
            let code = &known.code;
            said!("import_fault.no_money", text = text, code = code)
        }),
        // The contract counts staff in persons; the catalogue writes it in Chinese.
        Some(known) if known.unit == "人" && text == "persons" => Ok(None),
        Some(known) if known.unit != text => Err(said!(
            "import_fault.other_unit",
            text = text,
            code = known.code,
            unit = known.unit,
        )),
        _ => Ok(None),
    }
}
