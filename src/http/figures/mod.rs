//! Figures of parcels for one layer and period, as maps, cards, bars and exports show them: one
//! way from registry and ledger to a value, so that all of them say the same.
//!
//! Sums are made over everything and then cut to what the asker may see (contract.md 6): a park's
//! total is the same for whoever may see it.

mod account;
mod adding;
mod carried;
mod category;
mod fresh;
mod grade;
mod ground;
mod layer;
mod load;
mod now;
mod ratio;
mod spots;
mod spread;
mod used;

use crate::access::{Detail, Matter, Principal, Role, detail, may_disclose_total, most_detail};
use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Day, Moment, Month, Period, Year};
use crate::heatmap::{Category, Class, Classes, Grade, Method};
use crate::ledger::figure::AccountPeriod;
use crate::park::{EnterpriseCode, Parcel, ParcelId, ParkId, Standing};
use crate::store::registry::Close;
use crate::units::Exact;
use rust_decimal::Decimal;

use super::{Desk, Problem, Purpose, Trouble};

pub(super) use account::{newest, period_values};
pub(super) use adding::Added;
pub(super) use category::Times;
use ground::Part;

pub(super) use fresh::{Arrivals, Freshness};
pub(super) use ground::Ground;
pub(super) use layer::{Layer, NotALayer, Shown};
pub(super) use ratio::Ratio;
pub(super) use spots::Spots;
pub(super) use used::{last_instant, month_shown, month_value};

/// Why a parcel has a value, or has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has one.
    Value,
    /// It should have one: somebody stands on it.
    NoData,
    /// Nobody stands on it.
    NotCounted,
    /// It has one, of which the asker may only see the band.
    Band,
    /// The asker may not see it.
    Hidden,
}

/// What one parcel shows.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    /// Why.
    pub(super) state: State,
    /// The value with its division, where there is one.
    pub(super) ratio: Option<Ratio>,
    /// The band it lies in, where the value may not be seen.
    pub(super) band: Option<Class>,
    /// 完整率: the share of the expected readings that came.
    pub(super) completeness: Option<Exact>,
    /// From 1, the highest value first; equal values share a rank.
    pub(super) rank: Option<usize>,
    /// The grade of who has the most land there, in the layer of grades.
    pub(super) grade: Option<Grade>,
    /// What it is, in layers of categories.
    pub(super) category: Option<Category>,
    /// How often values beyond limits came, in the layer of these.
    pub(super) times: Option<Times>,
    /// The change against the compared period, in percent with one digit.
    pub(super) change: Option<String>,
    /// The value of the period that is asked to be compared with, by the land of the one shown.
    pub(super) base: Option<Ratio>,
    /// Since which day it counts, where that lies inside the period: a meter began then. Of those
    /// of several meters the last.
    pub(super) since: Option<Day>,
}

/// Of when figures are asked for, and which revision of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct When {
    /// The period; the one that the platform chooses if none is named.
    pub(super) period: Option<AccountPeriod>,
    /// The revision; the newest if none is named.
    pub(super) revision: Option<u32>,
    /// Less which period, where a difference is asked for.
    pub(super) against: Option<AccountPeriod>,
}

/// The figures of the parks that are shown.
#[derive(Debug)]
pub(super) struct Figures {
    /// What is shown.
    pub(super) layer: Layer,
    /// Of when.
    pub(super) shown: Shown,
    /// The same, half-open.
    pub(super) period: Period,
    /// The period that is taken away, where a difference is shown.
    pub(super) against: Option<AccountPeriod>,
    /// The period that `change` compares with.
    pub(super) compared: Option<AccountPeriod>,
    /// When the figures were settled: at the closing, or when they were read.
    pub(super) as_of: Moment,
    /// When they were read.
    pub(super) read_at: Moment,
    /// The closing of the meters' ledger that the figures are of, if they are.
    pub(super) close: Option<Close>,
    /// The revision of the closing or rating that holds; none while the period is open.
    pub(super) revision: Option<u32>,
    /// The newest revision there is.
    pub(super) newest: Option<u32>,
    /// The letters of the newest rated year, for all who see the map.
    pub(super) grades: BTreeMap<EnterpriseCode, Grade>,
    /// Which year that is.
    pub(super) rated: Option<Year>,
    /// The revision of that rating.
    rating: Option<u32>,
    /// The revision of the closed accounts that say the same of each enterprise; none of what is
    /// not closed, and of what is of now.
    accounts: Option<u32>,
    /// What is registered.
    pub(super) ground: Ground,
    /// One for each parcel of the ground, in its order.
    pub(super) cells: Vec<Figure>,
    /// All of it: the ratio of the sums of all parcels with a value.
    pub(super) total: Option<Ratio>,
    /// Of how many parcels the total is: those with a value of the period itself, or one of which
    /// the band is shown, whatever a difference leaves of them.
    counted: usize,
    /// What each enterprise adds to the total's numerator; nothing where it tells of nobody.
    parts: Vec<Part>,
    /// 完整率 of all of it.
    pub(super) completeness: Option<Exact>,
    /// Meter hours of the period without a known amount.
    pub(super) missing_hours: Option<String>,
    /// How new the data are.
    pub(super) arrivals: Arrivals,
}

impl Figures {
    /// The figures of `layer` that `who` may see, of `park` or of all theirs; the period that the
    /// platform chooses if `asked` names none.
    ///
    /// # Errors
    /// 404 where there is no park for the asker; 503 where registry or store do not answer.
    pub(super) async fn load(
        desk: &Desk,
        (who, purpose): (&Principal, &Purpose),
        layer: Layer,
        park: Option<&ParkId>,
        when: When,
    ) -> Result<Self, Problem> {
        if most_detail(who, layer.touched()) == Detail::Nothing {
            return Err(Problem::not_found());
        }
        let now = desk.clock.now();
        let mut figures = match (layer, layer.recipe()) {
            (layer, _) if layer.is_of_now() && when.revision.is_some() => {
                let detail = "what is shown as of now has no revisions: leave v out";
                return Err(Problem::new(Trouble::BadRequest, detail));
            }
            (layer, _) if !layer.is_comparable() && when.against.is_some() => {
                let detail = "this layer has no two periods that can be compared: leave c out";
                return Err(Problem::new(Trouble::BadRequest, detail));
            }
            (Layer::Load, _) => load::load(desk, who, park, now).await?,
            (Layer::Freshness, _) => fresh::load(desk, who, park, now).await?,
            (Layer::LandState, _) => category::land(desk, who, park, now).await?,
            (Layer::BeyondLimits, _) => category::limits(desk, who, park, now).await?,
            (Layer::Grade, _) => grade::load(desk, who, park, when, now).await?,
            (_, Some(recipe)) => account::load(desk, who, (layer, recipe), park, when, now).await?,
            (_, None) => used::load(desk, who, park, when, now).await?,
        };
        if figures.rated.is_none() {
            let grades = grade::Grades::load(desk, who, None, None).await;
            let grades = grades.map_err(unavailable)?;
            (figures.grades, figures.rated) = (grades.letters, grades.rated);
            figures.rating = grades.revision;
        }
        figures.against = when.against;
        note_tax(desk, (who, purpose), &figures).await?;
        figures.rank();
        figures.hide_from(who)?;
        figures.counted = figures.ranked();
        if figures.against.is_some() {
            figures.keep_differences();
        }
        Ok(figures)
    }

    /// The instant of which land and meters are: the period's last that is over, or now.
    pub(super) fn at(&self) -> Moment {
        match self.shown {
            Shown::Now => self.read_at,
            Shown::Period(_) => last_instant(self.period, self.read_at),
        }
    }

    /// How many parcels have a value, or one of which the band is shown.
    pub(super) fn ranked(&self) -> usize {
        let valued = |cell: &&Figure| matches!(cell.state, State::Value | State::Band);
        self.cells.iter().filter(valued).count()
    }

    /// Of how many parcels the total is.
    pub(super) const fn counted(&self) -> usize {
        self.counted
    }

    /// Of how many enterprises the total is, and how many stand here; `None` without a total, and
    /// where it is not a sum over enterprises.
    pub(super) fn firms(&self) -> Option<(usize, usize)> {
        let counted: BTreeSet<_> = self.parts.iter().map(|part| &part.enterprise).collect();
        let is_sum = self.total.is_some() && !counted.is_empty();
        is_sum.then_some((counted.len(), self.ground.enterprises.len()))
    }

    /// Whether the period that is taken away has figures at all.
    pub(super) const fn has_base(&self) -> bool {
        self.against.is_some() && self.compared.is_some()
    }

    /// The parcels with their figures.
    pub(super) fn each(&self) -> impl Iterator<Item = (&Parcel, &Figure)> {
        self.ground.parcels.iter().zip(&self.cells)
    }

    /// Who stands on `parcel`, as far as the asker may see it.
    pub(super) fn holders(&self, parcel: &ParcelId, figure: &Figure) -> &[Standing] {
        match figure.state {
            State::Hidden => &[],
            _ => self.ground.standing_on(parcel),
        }
    }

    /// The letter of a parcel in the newest rated year.
    pub(super) fn letter(&self, parcel: &ParcelId) -> Option<Grade> {
        grade::Grades::on(&self.grades, &self.ground, parcel)
    }

    /// Where a difference is shown, a value that has nothing to be compared with is none.
    fn keep_differences(&mut self) {
        for cell in &mut self.cells {
            if cell.state == State::Value && cell.difference().is_none() {
                cell.state = State::NoData;
            }
        }
    }

    fn rank(&mut self) {
        let mut values: Vec<_> = self
            .cells
            .iter()
            .filter_map(|cell| cell.ratio.as_ref().map(|ratio| ratio.value))
            .collect();
        values.sort_by(|a, b| b.cmp(a));
        for cell in &mut self.cells {
            let value = cell.ratio.as_ref().map(|ratio| ratio.value);
            cell.rank = value.map(|value| values.partition_point(|other| *other > value) + 1);
        }
    }

    /// Takes away what is not theirs to see: another enterprise's cell, a value of which they may
    /// know the band alone, a total from which one could tell of somebody.
    fn hide_from(&mut self, who: &Principal) -> Result<(), Problem> {
        let is_public = self.layer.is_public();
        let bands = bands(self.layer)?;
        for (parcel, cell) in self.ground.parcels.iter().zip(&mut self.cells) {
            match self.ground.detail(who, self.layer, parcel) {
                Detail::Value => {}
                Detail::Band => cell.keep_band(&bands),
                // A published letter is for everybody; whose it is, and their meters, are not.
                Detail::Nothing => {
                    *cell = Figure {
                        grade: cell.grade.filter(|_| is_public),
                        ..Figure::of(State::Hidden)
                    }
                }
            }
        }
        if !may_show_sum(who, self.layer, &self.parts) {
            self.total = None;
        }
        Ok(())
    }
}

impl Ground {
    /// How much `who` sees of what a layer says of a parcel: the least of all who stand there.
    pub(super) fn detail(&self, who: &Principal, layer: Layer, parcel: &Parcel) -> Detail {
        let here = self.standing_on(&parcel.id).iter();
        let each = here.map(|one| detail(who, layer.touched(), &one.enterprise, &parcel.park));
        each.min().unwrap_or(Detail::Value)
    }
}

/// Whether the sum of `parts` tells `who` of no single enterprise, neither alone nor beside the
/// sums of the parks it is made of, which may be asked for one by one (contract.md 6).
fn may_show_sum(who: &Principal, layer: Layer, parts: &[Part]) -> bool {
    let mut by_park: BTreeMap<&ParkId, BTreeMap<&EnterpriseCode, (Exact, bool)>> = BTreeMap::new();
    for part in parts {
        let detail = detail(who, layer.touched(), &part.enterprise, &part.park);
        let own = by_park.entry(&part.park).or_default();
        let seen = (part.amount.clone(), detail == Detail::Value);
        own.insert(&part.enterprise, seen);
    }
    may_disclose_total(&by_park.into_values().collect::<Vec<_>>())
}

/// What one period of a layer came to, as far as an asker may see it.
#[derive(Debug)]
pub(super) struct PeriodValue {
    /// Which.
    pub(super) period: AccountPeriod,
    /// Whether it is closed.
    pub(super) closed: bool,
    /// Of the park; `None` if it would tell of a single enterprise.
    pub(super) total: Option<Ratio>,
    /// 完整率 of the park.
    pub(super) completeness: Option<Exact>,
    /// Of its parcels.
    pub(super) cells: Vec<Ratio>,
}

impl PeriodValue {
    /// A month in which nothing was used.
    pub(super) const fn empty(month: Month) -> Self {
        Self {
            period: AccountPeriod::Month(month),
            closed: false,
            total: None,
            completeness: None,
            cells: Vec::new(),
        }
    }
}

fn month(asked: Option<AccountPeriod>) -> Result<Option<Month>, Problem> {
    match asked {
        None => Ok(None),
        Some(AccountPeriod::Month(month)) => Ok(Some(month)),
        Some(AccountPeriod::Year(_) | AccountPeriod::HalfYear(..)) => {
            let detail = "this layer is of months: write p as 2026-10";
            Err(Problem::new(Trouble::BadRequest, detail))
        }
    }
}

fn year(asked: Option<AccountPeriod>) -> Result<Option<Year>, Problem> {
    match asked {
        None => Ok(None),
        Some(AccountPeriod::Year(year)) => Ok(Some(year)),
        Some(AccountPeriod::Month(_) | AccountPeriod::HalfYear(..)) => {
            let detail = "this layer is of years: write p as 2025";
            Err(Problem::new(Trouble::BadRequest, detail))
        }
    }
}

/// Whoever reads tax of many for an office is written down (contract.md 6, "read, logged").
async fn note_tax(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    figures: &Figures,
) -> Result<(), Problem> {
    if who.role == Role::Bureau && figures.layer.touched().contains(&Matter::Tax) {
        let base = figures.against.map(|base| format!(" less {base}"));
        let base = base.unwrap_or_default();
        let (name, shown) = (&figures.ground.name, figures.shown);
        let object = format!("map {name} {shown}{base}");
        purpose.note(desk, who, "tax.read", &object).await?;
    }
    Ok(())
}

/// The classes between the breaks that a layer fixes beforehand; those of a value are no matter.
fn bands(layer: Layer) -> Result<Classes, Problem> {
    let fixed = layer.manner().parse::<super::map::Manner>()?;
    Ok(match fixed.method() {
        Method::Fixed(breaks) => Classes::fixed(breaks, true),
        // No band is ever shown of a layer whose breaks come from its values.
        _ => Classes::none(),
    })
}

impl Figure {
    /// A cell without a value.
    pub(super) const fn of(state: State) -> Self {
        Self {
            state,
            ratio: None,
            band: None,
            grade: None,
            category: None,
            times: None,
            completeness: None,
            rank: None,
            change: None,
            base: None,
            since: None,
        }
    }

    /// A cell with a value if there is one.
    pub(super) fn with(ratio: Option<Ratio>, completeness: Option<Exact>) -> Self {
        Self {
            ratio,
            completeness,
            ..Self::of(if ratio.is_some() {
                State::Value
            } else {
                State::NoData
            })
        }
    }

    /// By how much the value is more than that of the period it is compared with.
    pub(super) fn difference(&self) -> Option<Decimal> {
        let (now, then) = self.ratio.zip(self.base)?;
        now.value.checked_sub(then.value)
    }

    /// Keeps of a value only the band in which it lies.
    fn keep_band(&mut self, bands: &Classes) {
        let band = self.ratio.map(|ratio| bands.class_of(ratio.value));
        *self = match band {
            Some(band) => Self {
                band: Some(band),
                ..Self::of(State::Band)
            },
            None => Self::of(self.state),
        };
    }

    /// More than a tenth of its readings are missing (screens.md 6, "Classes").
    pub(super) fn has_gaps(&self) -> bool {
        let limit = Exact::whole(9).share(1, 10);
        self.state == State::Value
            && self
                .completeness
                .as_ref()
                .is_some_and(|share| *share < limit)
    }
}

/// The land of all who stand on a parcel, in m².
pub(super) fn land_m2(standings: &[Standing]) -> Exact {
    standings.iter().map(|standing| &standing.land_m2).sum()
}

/// A share of 1 as percent with one digit.
pub(super) fn percent(share: &Exact) -> String {
    (share * &Exact::whole(100)).rounded(1)
}

/// What a fault of a room below means to whoever asked.
pub(super) fn unavailable(fault: impl std::error::Error) -> Problem {
    tracing::error!(%fault, "pages: figures could not be read");
    let detail = "the figures could not be read; what is stored is not affected. Try again";
    Problem::new(Trouble::Unavailable, detail).retry_after(5)
}
