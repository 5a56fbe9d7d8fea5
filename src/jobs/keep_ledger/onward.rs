//! Walking on where registers stand: values that came in order, behind everything that was looked
//! at. That is the ordinary case, so it reads no store: the log has the values, many registers
//! share one question to the registry and one thread.
//!
//! Why the log is enough: whatever the store has of a register behind the last instant that was
//! looked at came in the batches at hand or in later ones, and so did every decision over it.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::{Day, Moment};
use crate::ledger::{DayWalk, Metering, Sent, Walk};
use crate::store::registry::{SeriesKey, WalkedDay};

use super::gather::News;
use super::rewalk::walked_day;
use super::terms::Meterings;
use super::{LedgerFault, LedgerKeeper};

/// A register of which something came, with its newest day if that is not kept yet.
pub(super) type WithNews = (SeriesKey, News, Option<WalkedDay>);

/// A register that is walked on.
struct Onward {
    series: SeriesKey,
    metering: Arc<Metering>,
    newest: Option<Newest>,
    arrived: Vec<Sent>,
}

/// The newest day that was walked.
enum Newest {
    Kept(Day, DayWalk),
    Standing(WalkedDay),
}

impl Newest {
    const fn walk(&self) -> (Day, &DayWalk) {
        match self {
            Self::Kept(day, walk) => (*day, walk),
            Self::Standing(one) => (one.day, &one.walk),
        }
    }

    /// The walk to go on with, and the first day that is touched already.
    fn begun(self) -> (DayWalk, Option<Day>) {
        match self {
            Self::Kept(_, walk) => (walk, None),
            Self::Standing(one) => (one.walk, Some(one.touches_from)),
        }
    }
}

impl LedgerKeeper {
    /// Walks those registers on of which only values came, all behind what was looked at; gives the
    /// others back, which need [`LedgerKeeper::rewalk`]. Days that stood come back with the walked
    /// ones. Nothing is kept yet.
    pub(super) async fn walk_onward(
        &self,
        meterings: &Meterings,
        some: Vec<WithNews>,
    ) -> Result<(Vec<WalkedDay>, Vec<(SeriesKey, News)>), LedgerFault> {
        let kept = some.iter().filter(|(_, _, standing)| standing.is_none());
        let kept: Vec<SeriesKey> = kept.map(|(series, _, _)| *series).collect();
        let mut kept = self.registry.find_newest_walks(&kept).await?;
        let (mut onward, mut others) = (Vec::with_capacity(some.len()), Vec::new());
        let mut stays = Vec::new();
        for (series, news, standing) in some {
            let kept = || {
                kept.remove(&series)
                    .map(|(day, walk)| Newest::Kept(day, walk))
            };
            let newest = standing.map(Newest::Standing).or_else(kept);
            let first = news.arrived.first().map(|arrived| arrived.at);
            let goes_on = news.has_values_alone() && lies_behind(newest.as_ref(), first);
            match (meterings.get(&series).filter(|_| goes_on), newest) {
                (Some(metering), newest) => onward.push(Onward {
                    series,
                    metering: Arc::clone(metering),
                    newest,
                    arrived: news.arrived,
                }),
                (None, newest) => {
                    others.push((series, news));
                    if let Some(Newest::Standing(one)) = newest {
                        stays.push(one);
                    }
                }
            }
        }
        let walk = move || onward.into_iter().flat_map(Onward::walk).collect();
        let mut walked: Vec<WalkedDay> = spawn_blocking(walk).await?;
        self.days_walked()
            .add(u64::try_from(walked.len()).unwrap_or(0));
        walked.extend(stays);
        Ok((walked, others))
    }
}

/// Whether the instant `first` lies behind all that was looked at.
fn lies_behind(newest: Option<&Newest>, first: Option<Moment>) -> bool {
    first.is_some_and(|first| match newest.map(Newest::walk) {
        None => true,
        Some((day, walk)) => {
            day < Day::of(first) || (day == Day::of(first) && walk.last_at < Some(first))
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
        let mut end = newest
            .as_ref()
            .map_or_else(Walk::new, |newest| newest.walk().1.end.clone());
        let mut begun = newest;
        let mut rest = arrived.as_slice();
        while let Some(first) = rest.first() {
            let day = Day::of(first.at);
            let end_of_day = day.next().start();
            let (of_day, later) = rest.split_at(rest.partition_point(|one| one.at < end_of_day));
            rest = later;
            let register = metering.register_on(day);
            let one = match begun.take() {
                Some(newest) if newest.walk().0 == day => {
                    let (mut walk, touched_from) = newest.begun();
                    let first = walk.first_day();
                    walk.go_on_sent(register, of_day);
                    let mut one = walked_day(series, day, first, walk);
                    one.touches_from = one.touches_from.min(touched_from.unwrap_or(day));
                    one
                }
                over => {
                    if let Some(Newest::Standing(over)) = over {
                        walked.push(over);
                    }
                    walked_day(series, day, None, DayWalk::along(&end, register, of_day))
                }
            };
            end = one.walk.end.clone();
            walked.push(one);
        }
        walked
    }
}
