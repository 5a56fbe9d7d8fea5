//! Where the facts of a rated year were taken from: the figures of the enterprise's account behind
//! each sum, its honours and events, and the indicators made of the sums. Kept with the result, so
//! that "where does this number come from" is answered of what was rated, not of what holds today.

use crate::access::Matter;
use crate::calendar::{Day, Moment, Year};
use crate::jobs::keep_book::BookKeeper;
use crate::ledger::factor::{Carrier, Measure};
use crate::ledger::figure::{
    AccountPeriod, Figure, FigureId, Formula, Input, Operation, Step, TakenFrom,
};
use crate::ledger::holder::HolderAccount;
use crate::park::{Conduct, Name};
use crate::rating::indicator::Indicator;
use crate::rating::part::Part;
use crate::rating::scheme::ElectricityBasis;
use crate::rating::{SheetEntry, written};
use crate::text::{Language, filled, sentence};

use super::collect::{ELECTRICITY, POLLUTANTS, WATER, carriers_used, chosen, last_day, sold_on};

/// How the kinds of these figures begin: what is rated is not always what the account shows, for a
/// department's figure goes before our own metering.
pub const KIND: &str = "rated_";
/// The kind of the list of honours and events.
pub const CONDUCT: &str = "rated_conduct";
/// Decimal places of indicators, as `rate` prints them.
const RATIO_PLACES: usize = 6;
/// The unit of honours and events.
const ITEMS: &str = "项";
/// Figures of an account that go into a rating as they are.
const AS_STATED: [(Part, &str); 6] = [
    (Part::Tax, "tax"),
    (Part::Sales, "invoiced_sales"),
    (Part::Revenue, "revenue"),
    (Part::ValueAdded, "value_added"),
    (Part::Rd, "rd_expense"),
    (Part::Employees, "staff_average"),
];

/// The account that an enterprise's facts are taken from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    pub(super) keeper: &'a BookKeeper,
    pub(super) account: &'a HolderAccount,
    pub(super) basis: ElectricityBasis,
}

impl Origin<'_> {
    /// The sums of the enterprise that are known, each with what it was taken from.
    pub(super) fn figures(&self, conduct: &[(Conduct, Moment)]) -> Vec<Figure> {
        let mut parts: Vec<(Part, Vec<Input>)> = AS_STATED
            .iter()
            .map(|(part, kind)| (*part, self.known(&[kind])))
            .collect();
        parts.push((Part::LandMu, self.land()));
        parts.push((Part::EnergyTce, self.coal()));
        parts.push((Part::ElectricityKwh, self.electricity()));
        let pollutants: Vec<&str> = POLLUTANTS.iter().map(|(kind, _)| *kind).collect();
        parts.push((Part::PollutantT, self.known(&pollutants)));
        parts.push((Part::WaterT, self.water()));
        let known = parts.into_iter().filter(|(_, inputs)| !inputs.is_empty());
        let mut figures: Vec<Figure> = known.map(|(part, inputs)| sum(part, inputs)).collect();
        figures.push(listed(conduct));
        figures
    }

    fn input(&self, figure: &Figure) -> Input {
        figure.as_input(self.account.id(&figure.kind))
    }

    fn known(&self, kinds: &[&str]) -> Vec<Input> {
        let found = kinds.iter().filter_map(|kind| self.account.find(kind));
        let known = found.filter(|figure| figure.value.is_some());
        known.map(|figure| self.input(figure)).collect()
    }

    /// The account's land where its four places say all of it; else the holdings it is made of.
    fn land(&self) -> Vec<Input> {
        let Some(figure) = self.account.find(Part::LandMu.code()) else {
            return Vec::new();
        };
        let whole = figure.inputs.iter().filter_map(Input::amount).sum();
        if figure.exact() == Some(whole) {
            return vec![self.input(figure)];
        }
        figure.inputs.clone()
    }

    fn electricity(&self) -> Vec<Input> {
        let Some(used) = carriers_used(self.keeper, self.account) else {
            return Vec::new();
        };
        let bought = used.iter().filter(|(one, _)| one.code == ELECTRICITY);
        let sold = sold_on(self.keeper, self.account);
        let sold = sold.filter(|(bought, ..)| *bought == ELECTRICITY);
        let bought = bought.map(|(_, figure)| self.input(figure));
        bought
            .chain(sold.map(|(_, _, figure)| self.taken_away(figure)))
            .collect()
    }

    /// A figure that is no consumption: what was sold on (domain.md 3.1).
    fn taken_away(&self, figure: &Figure) -> Input {
        Input {
            minus: true,
            ..self.input(figure)
        }
    }

    fn coal(&self) -> Vec<Input> {
        let Some(used) = carriers_used(self.keeper, self.account) else {
            return Vec::new();
        };
        let with_steps = |carrier: &Carrier, input: Input| Input {
            steps: self.steps(&carrier.code, &carrier.unit),
            ..input
        };
        let bought = used
            .into_iter()
            .map(|(carrier, figure)| with_steps(carrier, self.input(figure)));
        let sold = sold_on(self.keeper, self.account)
            .map(|(_, carrier, figure)| with_steps(carrier, self.taken_away(figure)));
        bought.chain(sold).collect()
    }

    /// Times the factor of the scheme's basis, over a thousand. One factor holds for the whole year
    /// (contract.md 10, rule 2), where the account takes that of each month: it says of which day.
    fn steps(&self, carrier: &str, unit: &str) -> Vec<Step> {
        let measure = match self.basis {
            ElectricityBasis::Equal => Measure::Equal,
            ElectricityBasis::Equivalent => Measure::Equivalent,
        };
        let factor = self.keeper.factors.find(carrier, measure, self.last_day());
        let times = factor.map(|factor| Step {
            operation: Operation::Times,
            by: factor.written.clone(),
            unit: format!("kgce/{unit}"),
            what: "factor".to_owned(),
            source: {
                let day = self.last_day().to_string();
                let values = [("source", &*factor.source), ("day", &*day)];
                filled(
                    const { sentence(Language::Chinese, "source.factor_of") },
                    &values,
                )
            },
        });
        let over = Step {
            operation: Operation::Over,
            by: "1000".to_owned(),
            unit: "kg/t".to_owned(),
            what: "thousand".to_owned(),
            source: String::new(),
        };
        times.into_iter().chain([over]).collect()
    }

    fn last_day(&self) -> Day {
        match self.account.period {
            AccountPeriod::Year(year) => last_day(year),
            AccountPeriod::Month(month) => Day::from_number(month.next().first_day().number() - 1),
            half @ AccountPeriod::HalfYear(..) => {
                Day::from_number(Day::of(half.period().to()).number() - 1)
            }
        }
    }

    fn water(&self) -> Vec<Input> {
        let figure = chosen(self.keeper, self.account, WATER);
        figure
            .map(|figure| self.input(figure))
            .into_iter()
            .collect()
    }
}

/// A sum as it went into the rating.
fn sum(part: Part, inputs: Vec<Input>) -> Figure {
    let (kind, touches) = (format!("{KIND}{}", part.code()), [Matter::Score]);
    let mut figure = Figure::of(&kind, (part.unit(), 0), Formula::Sum, inputs, &touches);
    let whole = crate::ledger::figure::evaluate(Formula::Sum, &figure.inputs);
    figure.value = whole.map(|whole| written(&whole));
    figure
}

/// Honours and events, one an input.
fn listed(conduct: &[(Conduct, Moment)]) -> Figure {
    let inputs = conduct.iter().map(|(one, recorded_at)| Input {
        taken_from: Some(TakenFrom::Conduct {
            kind: one.kind.as_str().to_owned(),
            document: one.document.as_ref().map(Name::to_string),
            source: one.source.to_string(),
            valid_from: one.validity.from().to_string(),
            valid_to: one.validity.to().map(|to| to.to_string()),
            recorded_at: recorded_at.to_string(),
        }),
        ..Input::plain(one.code.as_str(), Some("1".to_owned()), ITEMS)
    });
    let unit = (ITEMS, 0);
    Figure::of(
        CONDUCT,
        unit,
        Formula::Sum,
        inputs.collect(),
        &[Matter::Score],
    )
}

/// The indicators that an enterprise was scored by: one sum of its unit over another. Where it is
/// rated alone, the sums are its own figures.
pub(super) fn indicators(entry: &SheetEntry, year: Year, revision: u32) -> Vec<Figure> {
    let input = |part: Part| {
        let value = entry.parts.get(&part).cloned();
        let figure = FigureId {
            kind: format!("{KIND}{}", part.code()),
            key: entry.enterprise.clone(),
            period: AccountPeriod::Year(year),
            revision,
        };
        Input {
            figure: (entry.members == 1 && value.is_some()).then_some(figure),
            ..Input::plain(part.code(), value, part.unit())
        }
    };
    let figure = |indicator: &Indicator| {
        let (numerator, denominator) = indicator.ratio();
        let kind = format!("{KIND}{}", indicator.code());
        Figure::of(
            &kind,
            (indicator.unit(), RATIO_PLACES),
            Formula::Ratio(indicator.times()),
            vec![input(numerator), input(denominator)],
            &[Matter::Score],
        )
    };
    entry.scored.iter().map(figure).collect()
}
