//! Who holds which land: owners of one parcel or two, and tenants of ground or floors on the
//! largest of them, each lease written down on both sides (contract.md 10 rule 1).

use crate::calendar::Day;

use super::Dice;
use super::city::{LandUse, Parcel, key};

/// One holding of land.
#[derive(Clone, Debug)]
pub(super) struct Holding {
    pub(super) parcel: String,
    pub(super) extent: Extent,
    pub(super) valid_from: Day,
}

/// What is held, in m². Counterparties are numbered as the city's enterprises are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Owned {
        m2: u64,
    },
    LeasedIn {
        m2: u64,
        from: usize,
    },
    LeasedOut {
        m2: u64,
        to: usize,
    },
    LeasedFloor {
        floor_m2: u64,
        far_tenths: u64,
        from: usize,
    },
}

/// What one enterprise holds.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    /// The parcel it works on, by place.
    pub(super) home: usize,
    pub(super) holdings: Vec<Holding>,
    /// Land as the rating counts it.
    pub(super) milli_mu: u64,
}

/// Settles `count` enterprises, the first of them number `first` of the city.
pub(super) fn settle(parcels: &[Parcel], count: usize, first: usize, dice: Dice) -> Vec<Settled> {
    let industrial = parcels.iter().enumerate();
    let industrial: Vec<(usize, &Parcel)> = industrial
        .filter(|(_, parcel)| parcel.use_now == LandUse::Industry)
        .collect();
    let owners = (count - count / 8).min(industrial.len());
    let mut settled = own(&industrial, owners, dice);
    // The largest owners let land or floors, one tenant each.
    let mut landlords: Vec<usize> = (0..owners).collect();
    landlords.sort_by_key(|owner| {
        let milli_mu = settled.get(*owner).map_or(0, |owner| owner.milli_mu);
        std::cmp::Reverse(milli_mu)
    });
    for (tenant, landlord) in (owners..count).zip(landlords) {
        let lease = settled.get(landlord).and_then(|landlord| {
            let parcel = parcels.get(landlord.home)?;
            Some((landlord.home, lease(parcel, tenant, dice)))
        });
        let Some((home, lease)) = lease else { continue };
        if let Some(landlord) = settled.get_mut(landlord) {
            landlord.milli_mu -= lease.milli_mu();
            landlord.holdings.push(lease.out(first + tenant));
        }
        settled.push(Settled {
            home,
            milli_mu: lease.milli_mu(),
            holdings: vec![lease.within(first + landlord)],
        });
    }
    settled
}

/// Owners of the industrial parcels in their order; some own the next one too.
fn own(industrial: &[(usize, &Parcel)], owners: usize, dice: Dice) -> Vec<Settled> {
    let mut settled: Vec<Settled> = Vec::with_capacity(owners);
    for (place, (home, parcel)) in industrial.iter().enumerate() {
        let m2 = parcel.plot.m2();
        let holding = Holding {
            parcel: parcel.id.clone(),
            extent: Extent::Owned { m2 },
            valid_from: years_ago(dice.of(7000 + key(place))),
        };
        let owner = place * owners / industrial.len();
        match settled.get_mut(owner) {
            Some(owner) => {
                owner.milli_mu += m2 * 3 / 2;
                owner.holdings.push(holding);
            }
            None => settled.push(Settled {
                home: *home,
                milli_mu: m2 * 3 / 2,
                holdings: vec![holding],
            }),
        }
    }
    settled
}

/// A lease seen from neither side.
struct Lease {
    parcel: String,
    m2: u64,
    /// Floor area and plot ratio in tenths, of a lease of floors.
    floor: Option<(u64, u64)>,
    valid_from: Day,
}

fn lease(parcel: &Parcel, tenant: usize, dice: Dice) -> Lease {
    let dice = dice.of(8000 + key(tenant));
    let m2 = parcel.plot.m2() * dice.between(1, 15, 30) / 100;
    let far_tenths = parcel.plot_ratio_tenths;
    // Ground that the floors stand for must come out even: both sides count the same land.
    let floor = (tenant % 2 == 1).then_some((m2 * far_tenths / 10, far_tenths));
    Lease {
        parcel: parcel.id.clone(),
        m2: floor.map_or(m2, |(floor_m2, far_tenths)| floor_m2 * 10 / far_tenths),
        floor,
        valid_from: years_ago(dice),
    }
}

impl Lease {
    const fn milli_mu(&self) -> u64 {
        self.m2 * 3 / 2
    }

    fn out(&self, to: usize) -> Holding {
        let m2 = self.m2;
        self.holding(Extent::LeasedOut { m2, to })
    }

    fn within(&self, from: usize) -> Holding {
        let m2 = self.m2;
        self.holding(match self.floor {
            Some((floor_m2, far_tenths)) => Extent::LeasedFloor {
                floor_m2,
                far_tenths,
                from,
            },
            None => Extent::LeasedIn { m2, from },
        })
    }

    fn holding(&self, extent: Extent) -> Holding {
        Holding {
            parcel: self.parcel.clone(),
            extent,
            valid_from: self.valid_from,
        }
    }
}

/// Between 2010 and 2022: before any history begins.
fn years_ago(dice: Dice) -> Day {
    Day::from_number(i32::try_from(dice.between(9, 14_610, 19_300)).unwrap_or(14_610))
}
