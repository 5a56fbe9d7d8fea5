//! Who is connected: the open lines of every gateway, its allowance, and what it said of itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::calendar::Moment;
use crate::park::GatewayNo;

use super::Settings;
use super::allowance::Allowance;
use super::index::Index;
use super::line::{Ending, Line};
use super::turned_away::{Recent, TurnedAway};

/// What a gateway last said on `…/status`, itself or by its last will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// `online` or `offline`.
    pub online: bool,
    /// When it came, by our clock.
    pub at: Moment,
}

/// Whether a gateway is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Which gateway.
    pub gateway: GatewayNo,
    /// How many connections it has open.
    pub connections: usize,
    /// What it last said; `None` since the start of the process.
    pub said: Option<Said>,
}

/// All that is open of one gateway.
#[derive(Debug)]
pub(crate) struct Circle {
    gateway: GatewayNo,
    lines: Mutex<Vec<Arc<Line>>>,
    said: Mutex<Option<Said>>,
    allowance: Mutex<Allowance>,
    turned_away: Mutex<Recent>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Circle {
    /// Opens `line`, ending the one with the same client id. `false`: the gateway has
    /// `lines_max` connections open and this would be one more.
    pub(crate) fn enter(&self, line: &Arc<Line>, lines_max: usize) -> bool {
        let mut lines = locked(&self.lines);
        let same = lines
            .iter()
            .position(|open| open.client_id == line.client_id);
        if let Some(place) = same {
            lines.swap_remove(place).end(Ending::TakenOver);
        } else if lines.len() >= lines_max {
            return false;
        }
        lines.push(Arc::clone(line));
        true
    }

    /// Closes `line`; `false` if it had been taken over.
    pub(crate) fn leave(&self, line: &Arc<Line>) -> bool {
        let mut lines = locked(&self.lines);
        let before = lines.len();
        lines.retain(|open| !Arc::ptr_eq(open, line));
        lines.len() < before
    }

    /// Keeps what the gateway said of itself.
    pub(crate) fn say(&self, said: Said) {
        *locked(&self.said) = Some(said);
    }

    /// Remembers what was turned away.
    pub(crate) fn turn_away(&self, one: TurnedAway) {
        locked(&self.turned_away).add(one);
    }

    /// What was turned away of late, oldest first.
    pub(crate) fn turned_away(&self) -> Vec<TurnedAway> {
        locked(&self.turned_away).all()
    }

    /// What the gateway may still send.
    pub(crate) fn allowance(&self) -> MutexGuard<'_, Allowance> {
        locked(&self.allowance)
    }

    /// The client ids that are open, besides that of `line`.
    pub(crate) fn others(&self, line: &Arc<Line>) -> Vec<String> {
        let mut others = Vec::new();
        self.each(|open| {
            if !Arc::ptr_eq(open, line) {
                others.push(open.client_id.clone());
            }
        });
        others
    }

    /// Leaves word with every open line: that the receipt moved, if the messages were `counted`,
    /// and what was refused. Says how many refusals slow subscribers lost.
    pub(crate) fn announce(
        &self,
        counted: bool,
        refusals: &[Arc<str>],
        waiting_max: usize,
    ) -> usize {
        if !counted && refusals.is_empty() {
            return 0;
        }
        let mut dropped = 0;
        self.each(|line| {
            if counted {
                line.receipt_moved();
            }
            for refusal in refusals {
                dropped += line.leave_refusal(refusal, waiting_max);
            }
        });
        dropped
    }

    /// Calls `visit` with every open line.
    fn each(&self, visit: impl FnMut(&Arc<Line>)) {
        locked(&self.lines).iter().for_each(visit);
    }
}

/// Everybody who was here since the start. Grows to the number of registered gateways at most.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    circles: Mutex<Index<GatewayNo, Arc<Circle>>>,
}

impl Roll {
    /// The circle of `gateway`, made on first use.
    pub(crate) fn circle(&self, gateway: GatewayNo, settings: &Settings) -> Arc<Circle> {
        let mut circles = locked(&self.circles);
        let made = || {
            Arc::new(Circle {
                gateway,
                lines: Mutex::default(),
                said: Mutex::default(),
                allowance: Mutex::new(Allowance::new(settings)),
                turned_away: Mutex::default(),
            })
        };
        Arc::clone(circles.entry(gateway).or_insert_with(made))
    }

    fn circles(&self) -> Vec<Arc<Circle>> {
        locked(&self.circles).values().cloned().collect()
    }

    /// Calls `visit` with every open line of every gateway, in no order.
    pub(crate) fn each_line(&self, mut visit: impl FnMut(&Arc<Line>)) {
        for circle in self.circles() {
            circle.each(&mut visit);
        }
    }

    /// Who is here, by number.
    pub(crate) fn presences(&self) -> Vec<Presence> {
        let presence = |circle: &Arc<Circle>| Presence {
            gateway: circle.gateway,
            connections: locked(&circle.lines).len(),
            said: *locked(&circle.said),
        };
        let mut all: Vec<_> = self.circles().iter().map(presence).collect();
        all.sort_by_key(|presence| presence.gateway);
        all
    }
}
