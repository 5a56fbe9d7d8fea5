//! Consumption by carrier: the sum of an enterprise's meters, a year's the sum of its months.

use std::collections::BTreeMap;

use crate::access::Matter;
use crate::calendar::{Day, Month, Period};
use crate::ledger::figure::{AccountPeriod, Figure, FigureId, Formula, Input, TakenFrom};
use crate::units::Exact;

use super::{Gap, GapCode, HolderAccount, Material};

/// Decimal places of consumption: those of the closed ledger.
const PLACES: usize = 4;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What a register came to over a month, as closed: one that is below no other meter of the same
/// enterprise, or one of another enterprise that is below a meter of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metered {
    /// The meter's id.
    pub meter: String,
    /// The register's code.
    pub indicator: String,
    /// What was used in real units, 4 places; `None` if nothing is known.
    pub used: Option<String>,
    /// The share of its time with known amounts, 4 places.
    pub known_share: String,
    /// The flags as `glitch 1, reset 2`.
    pub flags: String,
    /// The revision of the month's closing it stands in.
    pub revision: u32,
    /// From which day it counts, if that is later than the month's first: registered or first read
    /// then. Its share is one of the time since.
    pub begun: Option<Day>,
    /// Whether it is another enterprise's, to whom what this one's meter above it counts is sold
    /// on: taken away.
    pub minus: bool,
}

impl Metered {
    /// `begun`, if it lies inside `month` and is not its first day.
    #[must_use]
    pub fn begun_inside(begun: Option<Day>, month: Month) -> Option<Day> {
        begun.filter(|day| *day > month.first_day() && day.month() == month)
    }
}

/// Adds a figure for each carrier that is metered.
pub(super) fn of_month(material: &Material<'_>, metered: &[Metered], account: &mut HolderAccount) {
    for carrier in material.factors.carriers() {
        let meters: Vec<&Metered> = metered
            .iter()
            .filter(|one| carrier.indicator.as_ref() == Some(&one.indicator))
            .collect();
        if meters.is_empty() {
            continue;
        }
        let input = |one: &&Metered| Input {
            figure: Some(FigureId {
                kind: one.indicator.clone(),
                key: one.meter.clone(),
                period: material.period,
                revision: one.revision,
            }),
            minus: one.minus,
            // Somebody else's readings are not this enterprise's to see.
            taken_from: (!one.minus).then(|| TakenFrom::Register {
                meter: one.meter.clone(),
                indicator: one.indicator.clone(),
                known_share: one.known_share.clone(),
                flags: one.flags.clone(),
            }),
            ..Input::plain(&one.meter, one.used.clone(), &carrier.unit)
        };
        let shares = meters.iter().map(|one| share(Some(&one.known_share)));
        let many = i64::try_from(meters.len()).unwrap_or(1);
        let known = shares.sum::<Exact>().share(1, many);
        let mut figure = Figure::of(
            &carrier.code,
            (&carrier.unit, PLACES),
            Formula::Sum,
            meters.iter().map(input).collect(),
            &[Matter::Series],
        );
        figure.known_share = Some(known.rounded(4));
        account.figures.push(figure);
        let whole = Exact::whole(1);
        let gaps = meters
            .iter()
            .filter(|one| share(Some(&one.known_share)) < whole);
        account.gaps.extend(
            gaps.map(|one| Gap::of(GapCode::MeterGap, &one.meter, one.known_share.clone())),
        );
        let begun = meters.iter().filter_map(|one| Some((one, one.begun?)));
        account.gaps.extend(
            begun.map(|(one, day)| Gap::of(GapCode::MeterBegins, &one.meter, day.to_string())),
        );
    }
    if account.figures.is_empty() {
        account
            .gaps
            .push(Gap::of(GapCode::NoMeter, &account.key, ""));
    }
}

/// Adds a figure for each carrier that was metered in a month of the year.
pub(super) fn of_year(
    material: &Material<'_>,
    months: &BTreeMap<Month, HolderAccount>,
    account: &mut HolderAccount,
) {
    let whole = material.period.period();
    for carrier in material.factors.carriers() {
        if carrier.indicator.is_none() {
            continue;
        }
        let mut inputs = Vec::new();
        let mut known = Exact::zero();
        for (month, of_month) in months {
            let Some(figure) = of_month.find(&carrier.code) else {
                continue;
            };
            let part = share(figure.known_share.as_deref());
            known += &part.share(days(month.period()), days(whole));
            inputs.push(Input {
                what: month.to_string(),
                ..figure.as_input(of_month.id(&carrier.code))
            });
        }
        if inputs.is_empty() {
            continue;
        }
        let mut figure = Figure::of(
            &carrier.code,
            (&carrier.unit, PLACES),
            Formula::Sum,
            inputs,
            &[Matter::Series],
        );
        let known = known.rounded(4);
        if share(Some(&known)) < Exact::whole(1) {
            let gap = Gap::of(GapCode::MeterGap, &carrier.code, known.clone());
            account.gaps.push(gap);
        }
        figure.known_share = Some(known);
        account.figures.push(figure);
    }
    if account.figures.is_empty() {
        account
            .gaps
            .push(Gap::of(GapCode::NoMeter, &account.key, ""));
    }
    // A year is less than whole by what was used before a meter began in it.
    let gaps = months.values().flat_map(|month| &month.gaps);
    for gap in gaps.filter(|gap| gap.code == GapCode::MeterBegins) {
        if !account.gaps.contains(gap) {
            account.gaps.push(gap.clone());
        }
    }
    for month in AccountPeriod::months(material.period) {
        if !months.contains_key(&month) {
            let gap = Gap::of(GapCode::MonthMissing, &month.to_string(), "");
            account.gaps.push(gap);
        }
    }
}

pub(super) fn share(text: Option<&str>) -> Exact {
    let share = text.and_then(|text| Exact::decimal(text).ok());
    share.unwrap_or_else(Exact::zero)
}

pub(super) fn days(period: Period) -> i64 {
    period.to().ms_since(period.from()) / DAY_MS
}
