//! Figures of parcels for one layer and period, as maps, cards, bars and exports show them: one
//! way from registry and ledger to a value, so that all of them say the same.
//!
//! Sums are made over everything and then cut to what the asker may see (contract.md 6): a park's
//! total is the same for whoever may see it.

mod fresh;
mod ground;
mod layer;
mod ratio;
mod used;

use crate::access::{Action, Matter, Object, Principal, scope};
use crate::calendar::{Moment, Month, Period};
use crate::park::{Parcel, ParcelId, ParkId, Standing};
use crate::store::registry::Close;
use crate::units::Exact;

use super::{Desk, Problem, Trouble};

pub(super) use fresh::{Arrivals, Freshness};
pub(super) use ground::Ground;
pub(super) use layer::{Layer, NotALayer, Shown};
pub(super) use ratio::Ratio;
pub(super) use used::{month_shown, park_value};

/// Why a parcel has a value, or has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has one.
    Value,
    /// It should have one: somebody stands on it.
    NoData,
    /// Nobody stands on it.
    NotCounted,
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
    /// 完整率: the share of the expected readings that came.
    pub(super) completeness: Option<Exact>,
    /// From 1, the highest value first; equal values share a rank.
    pub(super) rank: Option<usize>,
    /// The change against the compared period, in percent with one digit.
    pub(super) change: Option<String>,
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
    /// The month that `change` compares with.
    pub(super) compared: Option<Month>,
    /// When the figures were settled: at the closing, or when they were read.
    pub(super) as_of: Moment,
    /// When they were read.
    pub(super) read_at: Moment,
    /// The closing that holds, if the period is a closed month.
    pub(super) close: Option<Close>,
    /// What is registered.
    pub(super) ground: Ground,
    /// One for each parcel of the ground, in its order.
    pub(super) cells: Vec<Figure>,
    /// All of it: the ratio of the sums of all parcels with a value.
    pub(super) total: Option<Ratio>,
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
        who: &Principal,
        layer: Layer,
        park: Option<&ParkId>,
        asked: Option<Month>,
    ) -> Result<Self, Problem> {
        let now = desk.clock.now();
        let mut figures = match layer {
            Layer::KwhPerMu => used::load(desk, who, park, asked, now).await?,
            Layer::Freshness => fresh::load(desk, who, park, now).await?,
        };
        figures.rank();
        figures.hide_from(who);
        Ok(figures)
    }

    /// How many parcels have a value.
    pub(super) fn ranked(&self) -> usize {
        let valued = self.cells.iter().filter(|cell| cell.ratio.is_some());
        valued.count()
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

    /// Takes away what is not theirs to see: another enterprise's cell.
    fn hide_from(&mut self, who: &Principal) {
        let seen = scope(who, Action::Read, Matter::HeatCell);
        for (parcel, cell) in self.ground.parcels.iter().zip(&mut self.cells) {
            let holders = self.ground.standings.get(&parcel.id);
            let is_seen = holders.into_iter().flatten().all(|standing| {
                seen.holds(&Object {
                    matter: Matter::HeatCell,
                    enterprise: Some(&standing.enterprise),
                    park: Some(&parcel.park),
                })
            });
            if !is_seen {
                *cell = Figure::of(State::Hidden);
            }
        }
    }
}

impl Figure {
    /// A cell without a value.
    pub(super) const fn of(state: State) -> Self {
        Self {
            state,
            ratio: None,
            completeness: None,
            rank: None,
            change: None,
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
