//! What an enterprise states of itself for a period (contract.md 6: "own, writes its declaration"): checked like
//! what a department hands over, its unit said and never guessed, and a slip of thousands against the year
//! before asked for before it is kept. Knows no page.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::access::{Matter, Principal};
use crate::calendar::Moment;
use crate::indicator::{Catalogue, Indicator, IndicatorNo, Kind};
use crate::ledger::holder::stated_matter;
use crate::ledger::precedence::{Precedence, beside};
use crate::park::{Enterprise, Name, NameRefused, Statement, StatementPeriod};
use crate::store::registry::{Declared, Laid, Registry, RegistryFault, ToldStatement};

use super::import::{Money, slip_ratio};

/// The unit in which the catalogue counts money.
const MONEY: &str = Money::TenThousand.as_str();

/// What an enterprise states for one period.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// For when.
    pub period: StatementPeriod,
    /// The unit of what is money.
    pub unit: Money,
    /// Code of an indicator and the figure as it was typed.
    pub figures: Vec<(String, String)>,
    /// Why it corrects what was declared before; empty if nothing was said.
    pub reason: String,
    /// Whether the unit was asked about and is right.
    pub is_sure: bool,
}

/// Why a declaration was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDeclared {
    /// It is not theirs to state.
    NotYours,
    /// A period that is not over, or no figure, or one twice.
    Unfit(&'static str),
    /// An indicator that enterprises do not state.
    Unknown {
        /// As it was written.
        code: String,
    },
    /// A figure that is none, or beyond what is possible.
    Impossible {
        /// Of which indicator.
        code: String,
        /// What is possible, in the indicator's unit.
        from: String,
        /// To.
        to: String,
        /// The unit.
        unit: String,
    },
    /// A figure thousands of times that of the year before: is the unit right?
    Doubtful(Doubt),
    /// It corrects what was declared before: why?
    Unexplained {
        /// Of which indicator.
        code: String,
    },
}

/// A figure that does not fit the year before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Of which indicator.
    pub code: String,
    /// What it would be, in 万元.
    pub now: Decimal,
    /// What was stated for the year before, in 万元.
    pub before: Decimal,
    /// Who stated that.
    pub source: String,
    /// One over the other.
    pub ratio: Decimal,
    /// The unit that would explain it.
    pub likely: Money,
}

/// What is looked at to check a declaration.
#[derive(Debug)]
pub struct Ground<'a> {
    /// Where it is kept.
    pub registry: &'a Registry,
    /// What can be stated.
    pub catalogue: &'a Catalogue,
    /// Which of several sources of the year before counts.
    pub precedence: &'a Precedence,
    /// What time it is.
    pub now: Moment,
}

/// Whether enterprises state it of themselves: output and what goes with it, not tax and not what
/// suppliers and offices measure.
#[must_use]
pub fn is_declared(indicator: &Indicator) -> bool {
    indicator.kind == Kind::Amount && stated_matter(&indicator.code) == Matter::Output
}

/// Keeps what `who` states of `of`.
///
/// # Errors
/// The registry failed. What speaks against it is told inside.
pub async fn declare(
    ground: &Ground<'_>,
    who: &Principal,
    of: &Enterprise,
    declaration: &Declaration,
) -> Result<Result<Laid, NotDeclared>, RegistryFault> {
    let stated = match read(ground, of, declaration) {
        Ok(stated) => stated,
        Err(refused) => return Ok(Err(refused)),
    };
    if !declaration.is_sure
        && let Some(doubt) = doubt(ground, who, of, &stated).await?
    {
        return Ok(Err(NotDeclared::Doubtful(doubt)));
    }
    let kept = ground
        .registry
        .declare(who, of, &stated, &declaration.reason);
    match kept.await {
        Ok(Declared::Kept(laid)) => Ok(Ok(laid)),
        Ok(Declared::Unexplained(place)) => {
            let found = stated
                .get(place)
                .and_then(|one| ground.catalogue.numbered(one.indicator));
            let code = found.map_or_else(String::new, |indicator| indicator.code.clone());
            Ok(Err(NotDeclared::Unexplained { code }))
        }
        Err(RegistryFault::NotYours) => Ok(Err(NotDeclared::NotYours)),
        Err(failed) => Err(failed),
    }
}

fn read(
    ground: &Ground<'_>,
    of: &Enterprise,
    declaration: &Declaration,
) -> Result<Vec<Statement>, NotDeclared> {
    let ended = declaration.period.period();
    if ended.is_none_or(|period| period.to() > ground.now) {
        let why = "the period is not over; it can be declared from its last midnight on";
        return Err(NotDeclared::Unfit(why));
    }
    if declaration.figures.is_empty() {
        return Err(NotDeclared::Unfit(
            "nothing is stated; write at least one figure",
        ));
    }
    let source: Result<Name, NameRefused> = ground.precedence.declared_as().parse();
    let source = source.map_err(|_cause| NotDeclared::Unfit("the source has no name"))?;
    let mut stated: Vec<Statement> = Vec::new();
    for (code, text) in &declaration.figures {
        let found = ground.catalogue.find(code);
        let indicator = found.filter(|one| is_declared(one));
        let indicator = indicator.ok_or_else(|| NotDeclared::Unknown { code: code.clone() })?;
        if stated.iter().any(|one| one.indicator == indicator.number) {
            return Err(NotDeclared::Unfit(
                "an indicator stands twice; keep one figure",
            ));
        }
        stated.push(Statement {
            enterprise: of.code.clone(),
            period: declaration.period,
            indicator: indicator.number,
            value: value(indicator, text, declaration.unit)?,
            source: source.clone(),
        });
    }
    Ok(stated)
}

/// The figure in the indicator's unit, within what is possible.
fn value(indicator: &Indicator, text: &str, unit: Money) -> Result<Decimal, NotDeclared> {
    let plain = Decimal::from_str_exact(text.trim()).ok();
    let value = plain.and_then(|plain| match indicator.unit.as_str() {
        MONEY => unit.in_ten_thousands(plain),
        _ => Some(plain),
    });
    let is_possible = |value: &Decimal| value.to_f64().is_some_and(|v| indicator.is_plausible(v));
    let value = value.map(|value| value.normalize()).filter(is_possible);
    value.ok_or_else(|| NotDeclared::Impossible {
        code: indicator.code.clone(),
        from: indicator.limit_lower.to_string(),
        to: indicator.limit_upper.to_string(),
        unit: indicator.unit.clone(),
    })
}

/// The first money that is thousands of times what counted for the year before, or a thousandth.
async fn doubt(
    ground: &Ground<'_>,
    who: &Principal,
    of: &Enterprise,
    stated: &[Statement],
) -> Result<Option<Doubt>, RegistryFault> {
    let Some(before) = stated.first().and_then(|one| one.period.year_before()) else {
        return Ok(None);
    };
    let numbers: Vec<IndicatorNo> = stated.iter().map(|one| one.indicator).collect();
    let asked = (Matter::Output, numbers.as_slice());
    let told = ground
        .registry
        .told_statements(who, asked, &of.code, before.year());
    let told = told.await?;
    for one in stated {
        let known = ground.catalogue.numbered(one.indicator);
        let Some(indicator) = known.filter(|known| known.unit == MONEY) else {
            continue;
        };
        let is_same = |old: &&ToldStatement| {
            old.superseded_at.is_none()
                && old.stated.period == before
                && old.stated.indicator == one.indicator
        };
        let old: Vec<(&str, Decimal)> = told
            .iter()
            .filter(is_same)
            .map(|old| (old.stated.source.as_str(), old.stated.value))
            .collect();
        let counting = beside(ground.precedence, &indicator.code, &old);
        let counting = counting.first().and_then(|first| old.get(first.given));
        let Some((source, value)) = counting else {
            continue;
        };
        if let Some((ratio, likely)) = slip_ratio(one.value, *value) {
            return Ok(Some(Doubt {
                code: indicator.code.clone(),
                now: one.value,
                before: *value,
                source: (*source).to_owned(),
                ratio,
                likely,
            }));
        }
    }
    Ok(None)
}
