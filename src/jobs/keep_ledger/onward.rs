//! Walking on where registers stand: what came in order, at the end of what was walked. That is
//! the ordinary case, so many registers share one question to the registry and one thread.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::{Day, Moment, Period};
use crate::ledger::{DayWalk, Metering, Walk};
use crate::store::registry::{SeriesKey, WalkedDay};
use crate::store::{Engine, StoreFault};

use super::gather::Touched;
use super::rewalk::{read, walked_day};
use super::terms::Meterings;
use super::{LedgerFault, LedgerKeeper};

/// Registers walked at a time: a thread is not held for long, for nothing can stop it.
const AT_ONCE: usize = 64;

/// A register that is walked on.
struct Onward {
    series: SeriesKey,
    metering: Arc<Metering>,
    day: Day,
    /// The first instant of the day that was touched.
    since: Moment,
    stand: Stand,
}

/// Where it stands.
enum Stand {
    /// Inside the day, before what was touched.
    Within(Box<DayWalk>),
    /// At the begin of the day, which was not walked yet.
    Before(Box<Walk>),
}

impl LedgerKeeper {
    /// Walks those registers on that were touched on one day alone, behind everything that is
    /// walked of them; takes them out of `touched`. The others need
    /// [`LedgerKeeper::rewalk`]. Nothing is kept yet.
    pub(super) async fn walk_onward(
        &self,
        meterings: &Meterings,
        touched: &mut Touched,
    ) -> Result<Vec<WalkedDay>, LedgerFault> {
        let one_day = touched.iter().filter(|(_, days)| days.len() == 1);
        let candidates: Vec<SeriesKey> = one_day.map(|(series, _)| *series).collect();
        let mut walked = Vec::new();
        for some in candidates.chunks(AT_ONCE) {
            let mut newest = self.registry.find_newest_walks(some).await?;
            let mut onward = Vec::with_capacity(some.len());
            for series in some {
                let first = touched.get(series).and_then(|days| days.first_key_value());
                let (Some((day, since)), Some(metering)) = (first, meterings.get(series)) else {
                    continue;
                };
                let Some(stand) = stand(newest.remove(series), *day, *since) else {
                    continue;
                };
                onward.push(Onward {
                    series: *series,
                    metering: Arc::clone(metering),
                    day: *day,
                    since: *since,
                    stand,
                });
                touched.remove(series);
            }
            let engine = Arc::clone(&self.engine);
            let walk = move || {
                let all = onward.into_iter().map(|one| one.walk(engine.as_ref()));
                all.collect::<Result<Vec<_>, StoreFault>>()
            };
            walked.extend(spawn_blocking(walk).await??);
        }
        self.days_walked()
            .add(u64::try_from(walked.len()).unwrap_or(0));
        Ok(walked)
    }
}

/// Where a register stands for what was touched on `day` from `since` on; `None` if that lies
/// before the end of what was walked.
fn stand(newest: Option<(Day, DayWalk)>, day: Day, since: Moment) -> Option<Stand> {
    match newest {
        None => Some(Stand::Before(Box::default())),
        Some((newest, walk)) if newest < day => Some(Stand::Before(Box::new(walk.end))),
        Some((newest, walk)) if newest == day && walk.last_at < Some(since) => {
            Some(Stand::Within(Box::new(walk)))
        }
        Some(_) => None,
    }
}

impl Onward {
    fn walk(self, engine: &dyn Engine) -> Result<WalkedDay, StoreFault> {
        let Self {
            series,
            metering,
            day,
            since,
            stand,
        } = self;
        let register = metering.register_on(day);
        match stand {
            Stand::Before(start) => {
                let readings = read(engine, series, day.period())?;
                let walk = DayWalk::from(&start, register, &readings);
                Ok(walked_day(series, day, None, walk))
            }
            Stand::Within(before) => {
                let mut walk = DayWalk::clone(&before);
                if let Some(rest) = Period::new(since, day.next().start()) {
                    walk.go_on(register, &read(engine, series, rest)?);
                }
                Ok(walked_day(series, day, Some(&before), walk))
            }
        }
    }
}
