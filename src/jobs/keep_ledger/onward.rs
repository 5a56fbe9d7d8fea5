//! Walking on where registers stand: values that came in order, behind everything that was looked
//! at. That is the ordinary case, so it reads no store: the log has the values, many registers
//! share one question to the registry and one thread.
//!
//! Why the log is enough: whatever the store has of a register behind the last instant that was
//! looked at came in the batches at hand or in later ones, and so did every decision over it.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::{Day, Moment};
use crate::ledger::{Arrival, DayWalk, Metering, Readings, Shown, Walk};
use crate::reading::Quality;
use crate::store::registry::{SeriesKey, WalkedDay};
use crate::units::Exact;

use super::gather::{Arrived, News};
use super::rewalk::walked_day;
use super::terms::Meterings;
use super::{LedgerFault, LedgerKeeper};

/// A register that is walked on.
struct Onward {
    series: SeriesKey,
    metering: Arc<Metering>,
    /// The newest day that was walked, if any was.
    newest: Option<(Day, DayWalk)>,
    arrived: Vec<Arrived>,
}

impl LedgerKeeper {
    /// Walks those registers on of which only values came, all behind what was looked at; gives the
    /// others back, which need [`LedgerKeeper::rewalk`]. Nothing is kept yet.
    pub(super) async fn walk_onward(
        &self,
        meterings: &Meterings,
        some: Vec<(SeriesKey, News)>,
    ) -> Result<(Vec<WalkedDay>, Vec<(SeriesKey, News)>), LedgerFault> {
        let all: Vec<SeriesKey> = some.iter().map(|(series, _)| *series).collect();
        let mut newest = self.registry.find_newest_walks(&all).await?;
        let (mut onward, mut others) = (Vec::with_capacity(some.len()), Vec::new());
        for (series, news) in some {
            let newest = newest.remove(&series);
            let first = news.arrived.first().map(|arrived| arrived.at);
            let goes_on = news.has_values_alone() && lies_behind(newest.as_ref(), first);
            match meterings.get(&series).filter(|_| goes_on) {
                Some(metering) => onward.push(Onward {
                    series,
                    metering: Arc::clone(metering),
                    newest,
                    arrived: news.arrived,
                }),
                None => others.push((series, news)),
            }
        }
        let walk = move || onward.into_iter().flat_map(Onward::walk).collect();
        let walked: Vec<WalkedDay> = spawn_blocking(walk).await?;
        self.days_walked()
            .add(u64::try_from(walked.len()).unwrap_or(0));
        Ok((walked, others))
    }
}

/// Whether the instant `first` lies behind all that was looked at.
fn lies_behind(newest: Option<&(Day, DayWalk)>, first: Option<Moment>) -> bool {
    first.is_some_and(|first| match newest {
        None => true,
        Some((day, walk)) => {
            *day < Day::of(first) || (*day == Day::of(first) && walk.last_at < Some(first))
        }
    })
}

impl Onward {
    fn walk(self) -> Vec<WalkedDay> {
        let Self {
            series,
            metering,
            newest,
            arrived,
        } = self;
        let mut walked: Vec<WalkedDay> = Vec::new();
        let (mut begun, mut end) = (None, Walk::new());
        if let Some((day, walk)) = newest {
            end = walk.end.clone();
            begun = Some((day, walk));
        }
        for of_day in arrived.chunk_by(|one, next| Day::of(one.at) == Day::of(next.at)) {
            let Some(day) = of_day.first().map(|one| Day::of(one.at)) else {
                continue;
            };
            let register = metering.register_on(day);
            let readings = readings(of_day);
            let before = begun.take().filter(|(begun, _)| *begun == day);
            let before = before.map(|(_, walk)| walk);
            let walk = match before.clone() {
                None => DayWalk::from(&end, register, &readings),
                Some(mut walk) => {
                    walk.go_on(register, &readings);
                    walk
                }
            };
            end = walk.end.clone();
            walked.push(walked_day(series, day, before.as_ref(), walk));
        }
        walked
    }
}

/// Values of one day, by time, as the store will tell them: one that came again counts once.
fn readings(arrived: &[Arrived]) -> Readings {
    let is_known = |index: usize| {
        let same_instant = arrived.get(..index).unwrap_or_default().iter().rev();
        arrived.get(index).is_some_and(|one| {
            let mut before = same_instant.take_while(|before| before.at == one.at);
            before.any(|before| {
                before.number.to_bits() == one.number.to_bits()
                    && (before.quality == Quality::Bad) == (one.quality == Quality::Bad)
            })
        })
    };
    let new = arrived.iter().enumerate();
    let new = new.filter(|(index, _)| !is_known(*index));
    let arrivals = new.filter_map(|(_, one)| {
        // What is kept is finite: the doors take nothing else.
        let register = Exact::shortest(one.number).ok()?;
        let shown = Shown {
            at: one.at,
            register,
        };
        let quality = one.quality;
        Some(Arrival { shown, quality })
    });
    Readings::in_order(arrivals, [])
}
