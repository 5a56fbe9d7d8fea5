//! The made-up city whole: parks, parcels, enterprises on them, their meters and gateways. The
//! small park of the first demonstration and the city of the full one differ in [`Scale`] alone.

use crate::calendar::Day;
use crate::park::EnterpriseCode;

use super::Dice;
use super::ground::{self, Bank, Plot};
use super::metering::{self, Gateway};
use super::story::Story;
use super::tenure::{self, Holding, Settled};
use super::words::{self, PARKS, ParkWords, Trade};

/// How large the city is. Counts are of the whole city and are dealt out evenly to its parks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Parks, at most 3.
    pub parks: usize,
    /// Parcels.
    pub parcels: usize,
    /// Enterprises, fewer than parcels.
    pub enterprises: usize,
    /// Meters, at least one an enterprise.
    pub meters: usize,
    /// Days of history before today.
    pub days: i32,
}

impl Scale {
    /// One park and three months.
    pub const PARK: Self = Self {
        parks: 1,
        parcels: 60,
        enterprises: 50,
        meters: 120,
        days: 92,
    };
    /// Three parks and a year.
    pub const CITY: Self = Self {
        parks: 3,
        parcels: 180,
        enterprises: 150,
        meters: 400,
        days: 366,
    };
}

/// A parcel and what stands on it.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) id: String,
    pub(super) plot: Plot,
    pub(super) park: &'static ParkWords,
    pub(super) use_now: LandUse,
    /// Floor area over land, in tenths.
    pub(super) plot_ratio_tenths: u64,
}

/// What a parcel is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LandUse {
    Industry,
    Vacant,
    Public,
}

impl Parcel {
    /// The area of the park that it lies in.
    pub(super) fn area(&self) -> (&'static str, &'static str) {
        let [north, south] = self.park.areas;
        match self.plot.bank {
            Bank::North => north,
            Bank::South => south,
        }
    }
}

/// An enterprise that nobody has founded.
#[derive(Clone, Debug)]
pub(super) struct Enterprise {
    /// With `DEM` where real codes have digits, so that it is nobody's.
    pub(super) code: EnterpriseCode,
    pub(super) name: String,
    pub(super) park: &'static ParkWords,
    pub(super) area: &'static str,
    pub(super) trade: Trade,
    /// Above designated size (规上).
    pub(super) above: bool,
    pub(super) established: Day,
    pub(super) story: Story,
    /// Per mille of what is usual in its trade on its land.
    pub(super) strength: u64,
    /// Related enterprises have one name here.
    pub(super) group: Option<String>,
    pub(super) capital_origin: &'static str,
    pub(super) holdings: Vec<Holding>,
    /// Land in thousandths of a mu, as the rating would count it.
    pub(super) milli_mu: u64,
    pub(super) dice: Dice,
}

/// A made-up city.
#[derive(Clone, Debug)]
pub struct City {
    pub(super) parks: Vec<&'static ParkWords>,
    pub(super) parcels: Vec<Parcel>,
    pub(super) enterprises: Vec<Enterprise>,
    pub(super) gateways: Vec<Gateway>,
    pub(super) since: Day,
    pub(super) today: Day,
    pub(super) dice: Dice,
}

impl City {
    /// The city that grows from `seed`, with `scale.days` of history before `today`.
    #[must_use]
    pub fn new(seed: u64, scale: Scale, today: Day) -> Self {
        let dice = Dice::new(seed);
        let since = Day::from_number(today.number() - scale.days);
        let parks: Vec<&'static ParkWords> = PARKS.iter().take(scale.parks).collect();
        let (mut parcels, mut enterprises) = (Vec::new(), Vec::new());
        for (place, park) in parks.iter().enumerate() {
            let dealt = |count: usize| (count + place) / parks.len().max(1);
            let park_dice = park_dice(dice, key(place));
            let here = lay_out(park, dealt(scale.parcels), park_dice);
            let first = enterprises.len();
            let settled = tenure::settle(&here, dealt(scale.enterprises), first, park_dice);
            let settled = settled.into_iter().zip(first..);
            let on = Founding {
                parcels: &here,
                dice,
                today,
            };
            enterprises.extend(settled.filter_map(|(land, number)| on.found(land, number)));
            parcels.extend(here);
        }
        let gateways = metering::gateways(&enterprises, scale.meters, since, dice);
        Self {
            parks,
            parcels,
            enterprises,
            gateways,
            since,
            today,
            dice,
        }
    }

    /// The first day of the history.
    #[must_use]
    pub const fn since(&self) -> Day {
        self.since
    }

    /// The day that is not history any more.
    #[must_use]
    pub const fn today(&self) -> Day {
        self.today
    }

    /// The gateways, one an enterprise, with their meters.
    #[must_use]
    pub fn gateways(&self) -> &[Gateway] {
        &self.gateways
    }
}

/// The dice of a park, by its place in the city.
pub(super) const fn park_dice(city: Dice, place: u64) -> Dice {
    city.of(place)
}

/// A number of a thing, for its dice.
pub(super) fn key(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(0)
}

/// The parcels of a park; a few of them vacant, a few for the public.
fn lay_out(park: &'static ParkWords, count: usize, dice: Dice) -> Vec<Parcel> {
    let plots = ground::plots(count, dice);
    let parcels = plots.into_iter().enumerate().map(|(place, plot)| {
        let dice = dice.of(5000 + key(place));
        let use_now = match place % 14 {
            5 => LandUse::Vacant,
            11 if place % 4 == 3 => LandUse::Public,
            _ => LandUse::Industry,
        };
        Parcel {
            id: format!("{}-{:03}", park.id, place + 1),
            plot,
            park,
            use_now,
            plot_ratio_tenths: dice.between(1, 9, 21),
        }
    });
    parcels.collect()
}

/// Where and when enterprises are founded.
struct Founding<'a> {
    parcels: &'a [Parcel],
    /// The city's.
    dice: Dice,
    today: Day,
}

impl Founding<'_> {
    /// The enterprise that holds `land`, numbered `number` in the city. `None` never happens: a
    /// made-up code has the form of GB 32100 and its own check character.
    fn found(&self, land: Settled, number: usize) -> Option<Enterprise> {
        let dice = self.dice.of(9000 + key(number));
        let home = self.parcels.get(land.home)?;
        let story = Story::of(number);
        let trade = words::trade_of(story, dice);
        let body = format!("91320583DEM{:06}", number + 1);
        let check = EnterpriseCode::check_character(&body)?;
        let name = words::name_of(number, self.dice);
        Some(Enterprise {
            code: format!("{body}{check}").parse().ok()?,
            name: format!("{name}{}有限公司", trade.word),
            park: home.park,
            area: home.area().0,
            trade,
            // 规上 from 20 million yuan a year (domain.md 2.2); nobody this new is.
            above: (land.milli_mu > 8_000 || dice.hits(3, 1, 4)) && story != Story::Newest,
            established: story.established(dice, self.today),
            story,
            strength: story.strength(dice),
            group: story.group(number, home.park.name),
            capital_origin: match dice.below(5, 10) {
                0..=4 => "内资",
                5..=7 => "台资",
                8 => "日资",
                _ => "德资",
            },
            holdings: land.holdings,
            milli_mu: land.milli_mu,
            dice,
        })
    }
}
