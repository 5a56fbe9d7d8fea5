//! The account of one meter over one period: used, how much of it is known, flags, steps.
//!
//! Contract.md 9, rules 4 and 5, from what a walk settled. Rounds nothing.

use std::collections::BTreeMap;

use crate::calendar::{Moment, Period};
use crate::units::Exact;

use super::spread::{Share, Steps};
use super::walk::Event;
use super::{Flag, Readings, Register, StepState, Walk};

/// One step of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its begin.
    pub from: Moment,
    /// The known amounts, in real units; `None` if no time of it is known.
    pub used: Option<Exact>,
    /// How well it is known.
    pub state: StepState,
}

/// The account of one meter over one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The known amounts, in real units; `None` if no time of it is known.
    pub used: Option<Exact>,
    /// The share of the period with known amounts, 0 to 1.
    pub known_share: Exact,
    /// Values that differ from the first of their instant.
    pub conflicts: u64,
    /// How often each flag occurs in the period; flags that do not occur are left out.
    pub flags: BTreeMap<Flag, u64>,
    /// The steps of the period, in order.
    pub steps: Vec<Step>,
}

impl Account {
    /// Closes `readings` of `register` over `period` in steps of `step_ms`; `None` if a step is
    /// no time.
    #[must_use]
    pub fn close(
        register: &Register,
        readings: &Readings,
        period: Period,
        step_ms: i64,
    ) -> Option<Self> {
        let steps = Steps::new(period, step_ms)?;
        let events = walk_all(register, readings);
        let shares = spread(&events, steps, register.interval_ms());
        let conflicts = readings.conflicts.iter();
        let inside = conflicts.filter(|at| period.contains(**at)).count();
        let conflicts = u64::try_from(inside).unwrap_or(u64::MAX);
        Some(Self::of(
            steps,
            &shares,
            conflicts,
            count_flags(&events, period),
        ))
    }

    /// The account whose steps got `shares`.
    pub(super) fn of(
        steps: Steps,
        shares: &[Share],
        conflicts: u64,
        flags: BTreeMap<Flag, u64>,
    ) -> Self {
        let whole = sum(shares);
        Self {
            used: whole.known_used().cloned(),
            known_share: Exact::whole(1).share(whole.known_ms, steps.length_ms()),
            conflicts,
            flags,
            steps: close_steps(shares, steps),
        }
    }
}

/// All that a walk along `readings` settles, its tail included.
fn walk_all(register: &Register, readings: &Readings) -> Vec<Event> {
    let mut walk = Walk::new();
    let mut events = Vec::new();
    for shown in &readings.shown {
        walk.take(register, shown.clone(), &mut events);
    }
    events.extend(walk.tail());
    events
}

fn spread(events: &[Event], steps: Steps, interval_ms: i64) -> Vec<Share> {
    let mut shares = vec![Share::none(); steps.count()];
    for event in events {
        let Event::Settled(span) = event else {
            continue;
        };
        for index in steps.touched(span.from, span.to) {
            let (from, to) = steps.borders(index);
            if let (Some(sum), Some(share)) =
                (shares.get_mut(index), span.share_of(from, to, interval_ms))
            {
                sum.add(&share);
            }
        }
    }
    shares
}

fn sum(shares: &[Share]) -> Share {
    let mut whole = Share::none();
    for share in shares {
        whole.add(share);
    }
    whole
}

fn close_steps(shares: &[Share], steps: Steps) -> Vec<Step> {
    let closed = shares.iter().enumerate().map(|(index, share)| {
        let (from, to) = steps.borders(index);
        Step {
            from,
            used: share.known_used().cloned(),
            state: share.state(to.ms_since(from)),
        }
    });
    closed.collect()
}

/// Glitch and unconfirmed count for each reading by its time, the others for each span that
/// overlaps the period.
fn count_flags(events: &[Event], period: Period) -> BTreeMap<Flag, u64> {
    let mut held: BTreeMap<Moment, u64> = BTreeMap::new();
    let mut flags = BTreeMap::new();
    let mut count = |flag: Flag, times: u64| {
        if times > 0 {
            *flags.entry(flag).or_insert(0) += times;
        }
    };
    for event in events {
        match event {
            Event::Settled(span) => {
                let overlaps = span.from < period.to() && period.from() < span.to;
                if let (Some(flag), true) = (span.flag, overlaps) {
                    count(flag, 1);
                }
            }
            Event::Glitch(at) => count(Flag::Glitch, period.contains(*at).into()),
            Event::Held { at, candidate } => {
                *held.entry(*candidate).or_insert(0) += u64::from(period.contains(*at));
            }
            Event::Judged { candidate, flag } => {
                count(*flag, held.remove(candidate).unwrap_or(0));
            }
        }
    }
    flags
}
