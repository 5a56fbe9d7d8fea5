//! A total that is thousands of times that of the year before: most likely 元 was taken for 万元, or
//! the other way round (screens.md 9.2). It is asked, never guessed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::access::Principal;
use crate::indicator::{Catalogue, IndicatorNo};
use crate::park::{Statement, StatementPeriod};
use crate::store::registry::{Registry, RegistryFault};
use crate::text::said;

use super::fault::{Advice, Fault};
use super::given::Money;

/// From which ratio on it is asked; its reciprocal, too.
const MANY: i64 = 1_000;

/// A total that does not fit that of the year before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Of which indicator.
    pub indicator: String,
    /// Who states it.
    pub source: String,
    /// This total over that of the year before, of the rows that both have.
    pub ratio: Decimal,
    /// How many rows were compared.
    pub rows: u64,
    /// The unit that the figures most likely are in.
    pub likely: Money,
}

impl Slip {
    pub(super) fn fault(&self) -> Fault {
        let (indicator, source) = (&self.indicator, &self.source);
        let (ratio, rows, likely) = (self.ratio, self.rows, self.likely.as_str());
        let what = said!(
            "import_fault.slip",
            indicator = indicator,
            source = source,
            ratio = ratio,
            rows = rows,
            likely = likely,
        );
        let advice = said!("import_advice.say_unit", likely = likely);
        Fault::of_row(None, "value", what, Advice::Do(advice))
    }
}

/// Compares `statements` with what was stated for the year before by the same sources.
pub(super) async fn look(
    registry: &Registry,
    who: &Principal,
    statements: &[Statement],
    catalogue: &Catalogue,
) -> Result<Option<Slip>, RegistryFault> {
    let mut periods: Vec<StatementPeriod> = statements
        .iter()
        .filter_map(|one| one.period.year_before())
        .collect();
    periods.sort_unstable();
    periods.dedup();
    let before = registry.stated_for(who, &periods).await?;
    let mut known = BTreeMap::new();
    for one in &before {
        let key = (&one.enterprise, one.period, one.indicator, &one.source);
        known.insert(key, one.value);
    }
    let mut sums: BTreeMap<(IndicatorNo, &str), (Decimal, Decimal, u64)> = BTreeMap::new();
    for one in statements {
        let Some(period) = one.period.year_before() else {
            continue;
        };
        let key = (&one.enterprise, period, one.indicator, &one.source);
        if let Some(old) = known.get(&key) {
            let sum = sums.entry((one.indicator, one.source.as_str()));
            let sum = sum.or_default();
            sum.0 = sum.0.saturating_add(one.value);
            sum.1 = sum.1.saturating_add(*old);
            sum.2 += 1;
        }
    }
    let found = sums.into_iter().find_map(|((number, source), sum)| {
        let indicator = catalogue
            .numbered(number)
            .filter(|one| one.unit == "万元")?;
        let (ratio, likely) = ratio(sum.0, sum.1)?;
        Some(Slip {
            indicator: indicator.code.clone(),
            source: source.to_owned(),
            ratio,
            rows: sum.2,
            likely,
        })
    });
    Ok(found)
}

/// The ratio if it is out of all proportion, and the unit that would explain it.
pub(in crate::jobs) fn ratio(now: Decimal, before: Decimal) -> Option<(Decimal, Money)> {
    if now <= Decimal::ZERO || before <= Decimal::ZERO {
        return None;
    }
    let ratio = now.checked_div(before)?;
    let many = Decimal::from(MANY);
    if ratio >= many {
        Some((ratio.round(), Money::Yuan))
    } else if ratio.checked_mul(many)? <= Decimal::ONE {
        Some((ratio.round_sf(3)?, Money::HundredMillion))
    } else {
        None
    }
}
