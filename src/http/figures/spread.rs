//! What enterprises have, spread over the parcels that they stand on by the land they have there, and
//! put over that land or over something else of theirs: always one sum over another.

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::park::{EnterpriseCode, Standing};
use crate::units::Exact;

use super::ground::Part;
use super::{Figure, Ground, Ratio, State};

/// What a layer puts over what, by enterprise; who is not in it has no figure.
#[derive(Debug)]
pub(super) struct Spread {
    /// Numerator, and denominator if it is not the land.
    pub(super) amounts: BTreeMap<EnterpriseCode, Amount>,
    /// Places of the numerator as it is shown.
    pub(super) places: usize,
    /// By what the quotient is multiplied.
    pub(super) factor: u32,
}

/// What one enterprise has.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    /// What is divided.
    pub(super) numerator: Exact,
    /// By what, unless by land.
    pub(super) denominator: Option<Exact>,
    /// Which share of it is known, 0 to 1, where it was metered.
    pub(super) known_share: Option<Exact>,
    /// Since which day a meter of it counts, where that lies inside the period.
    pub(super) begun: Option<Day>,
}

impl Spread {
    /// What each enterprise of the ground adds, park by park.
    pub(super) fn parts(&self, ground: &Ground) -> Vec<Part> {
        let amounts = self.amounts.iter();
        amounts
            .flat_map(|(code, amount)| {
                ground.parts_of(code, &amount.numerator, amount.denominator.as_ref())
            })
            .collect()
    }

    /// A figure for each parcel of the ground.
    pub(super) fn cells(&self, ground: &Ground) -> Vec<Figure> {
        let parcels = ground.parcels.iter();
        parcels
            .map(|parcel| {
                let here = ground.standing_on(&parcel.id);
                if here.is_empty() {
                    return Figure::of(State::NotCounted);
                }
                let sums = self.sums(here, &ground.land);
                let known = here
                    .iter()
                    .filter_map(|one| self.amounts.get(&one.enterprise)?.known_share.clone());
                let begun = here.iter();
                let begun = begun.filter_map(|one| self.amounts.get(&one.enterprise)?.begun);
                let ratio = self.ratio(&sums);
                Figure {
                    since: begun.max().filter(|_| ratio.is_some()),
                    ..Figure::with(ratio, known.min())
                }
            })
            .collect()
    }

    /// The ratio of the sums over everybody who stands somewhere on the ground.
    pub(super) fn total(&self, ground: &Ground) -> Option<Ratio> {
        let all: Vec<Standing> = ground.standings.values().flatten().cloned().collect();
        self.ratio(&self.sums(&all, &ground.land))
    }

    /// Numerator and denominator over some standings, of those that have a figure.
    fn sums(&self, here: &[Standing], land: &BTreeMap<EnterpriseCode, Exact>) -> [Exact; 2] {
        let [mut above, mut below] = [Exact::zero(), Exact::zero()];
        for one in here {
            let whole = land.get(&one.enterprise);
            let share = whole.and_then(|whole| one.land_m2.over(whole));
            if let (Some(amount), Some(share)) = (self.amounts.get(&one.enterprise), share) {
                above += &(&amount.numerator * &share);
                below += &match &amount.denominator {
                    Some(denominator) => denominator * &share,
                    None => one.land_m2.clone(),
                };
            }
        }
        [above, below]
    }

    fn ratio(&self, [above, below]: &[Exact; 2]) -> Option<Ratio> {
        let over_land = self.amounts.values().all(|one| one.denominator.is_none());
        if over_land {
            Ratio::over_land(above, below, self.places)
        } else {
            Ratio::of_amounts(above, below, self.places, self.factor)
        }
    }
}
