//! What several sources state of one figure, side by side: in the order of the rules, each with its
//! difference from the one that counts. Knows no store; nothing is averaged or mended.

use rust_decimal::Decimal;

use crate::units::Exact;

use super::{Precedence, Rule};

/// Decimal places of a difference in per cent.
const PERCENT_PLACES: usize = 2;

/// One source beside the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside<'a> {
    /// Its place among those that were given, from 0.
    pub given: usize,
    /// Whether its figure counts.
    pub counts: bool,
    /// By which rule it stands where it stands.
    pub rule: Rule<'a>,
    /// Its figure less the one that counts, exact; none of that one itself.
    pub difference: Option<Decimal>,
    /// The same in per cent of the one that counts, to two places; none where that is 0.
    pub percent: Option<String>,
}

/// Puts `stated`, a source and its figure each in the order in which they were registered, side by side:
/// the first counts.
#[must_use]
pub fn beside<'a>(
    rules: &'a Precedence,
    indicator: &str,
    stated: &[(&str, Decimal)],
) -> Vec<Beside<'a>> {
    let mut places: Vec<usize> = (0..stated.len()).collect();
    let rank = |place: &usize| {
        let source = stated.get(*place).map_or("", |(source, _)| *source);
        rules.rank(indicator, source)
    };
    // Stable: sources of one rank stay in the order in which they were registered.
    places.sort_by_key(rank);
    let counting = places.first().and_then(|place| stated.get(*place));
    let counting = counting.map_or(Decimal::ZERO, |(_, value)| *value);
    let ordered = places.into_iter().enumerate();
    ordered
        .filter_map(|(order, given)| {
            let (source, value) = stated.get(given)?;
            let is_other = order > 0;
            let difference = value.checked_sub(counting).filter(|_| is_other);
            Some(Beside {
                given,
                counts: !is_other,
                rule: rules.rule(indicator, source),
                percent: difference.and_then(|by| percent(by, counting)),
                difference: difference.map(|by| by.normalize()),
            })
        })
        .collect()
}

fn percent(by: Decimal, of: Decimal) -> Option<String> {
    let share = Exact::from(by).over(&Exact::from(of.abs()))?;
    Some((&share * &Exact::whole(100)).rounded(PERCENT_PLACES))
}
