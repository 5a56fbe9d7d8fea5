//! The meters of made-up enterprises and the gateway that reads them.

use crate::calendar::Day;
use crate::calendar::Moment;

use super::Dice;
use super::Load;
use super::city::{Enterprise, key};
use super::course::{Course, Register, Replacement, State};
use super::load::SLOT_MS;

/// Seconds between two readings.
pub const INTERVAL_S: u32 = 900;
/// A register shows six digits before the point (domain.md 3.5).
const SIZE: u32 = 1_000_000;

/// A gateway: everything an enterprise sends goes through it.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Its id.
    pub id: String,
    /// Whose it is: the place in the city's enterprises.
    pub(super) owner: usize,
    /// The social credit code of whose it is.
    pub enterprise: String,
    /// What it reads.
    pub meters: Vec<Meter>,
    /// The day of its first message.
    pub(super) since: Day,
    /// Its own chance.
    pub(super) dice: Dice,
}

/// A meter.
#[derive(Clone, Debug)]
pub struct Meter {
    /// Its id.
    pub id: String,
    /// The meter above it, whose consumption includes its own.
    pub parent: Option<String>,
    /// What its people call it, and where it hangs.
    pub label: (String, &'static str),
    /// What it measures.
    pub channels: Vec<Channel>,
}

/// One indicator of a meter.
#[derive(Clone, Debug)]
pub struct Channel {
    /// The indicator's name on the wire.
    pub indicator: &'static str,
    /// The most in an hour, in real units; of a state its upper end.
    pub max_per_hour: u64,
    /// What it shows.
    pub course: Course,
}

/// What may still be metered besides electricity, in the order in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Gas,
    Steam,
    Water,
    Safety,
    Workshop,
}

/// A gateway an enterprise, with `count` meters altogether.
pub(super) fn gateways(
    enterprises: &[Enterprise],
    count: usize,
    since: Day,
    dice: Dice,
) -> Vec<Gateway> {
    let mut gateways: Vec<Gateway> = enterprises
        .iter()
        .enumerate()
        .map(|(owner, enterprise)| {
            let newest = enterprise.story.metered_since(enterprise.established);
            let since = newest.map_or(since, |newest| newest.max(since));
            Gateway {
                id: format!("GW-{:03}", owner + 1),
                owner,
                enterprise: enterprise.code.as_str().to_owned(),
                meters: vec![main_meter(enterprise, owner, since)],
                since,
                dice: dice.of(20_000 + key(owner)),
            }
        })
        .collect();
    let mut left = count.saturating_sub(gateways.len());
    // Each round gives some enterprises one meter more, until there are enough.
    for round in 0..6 {
        for (gateway, enterprise) in gateways.iter_mut().zip(enterprises) {
            let Some(wanted) = wanted(enterprise, round) else {
                continue;
            };
            if left == 0 {
                return gateways;
            }
            left -= 1;
            let meter = further_meter(enterprise, gateway, wanted);
            gateway.meters.push(meter);
        }
    }
    gateways
}

/// What an enterprise gets in a round, if anything.
fn wanted(enterprise: &Enterprise, round: u64) -> Option<Wanted> {
    let (trade, dice) = (enterprise.trade, enterprise.dice);
    match round {
        0 => trade.hazardous.then_some(Wanted::Safety),
        1 => (trade.gas_per_mu > 0 && dice.hits(31, 3, 4)).then_some(Wanted::Gas),
        2 => (trade.steam_per_mu > 0).then_some(Wanted::Steam),
        3 => dice.hits(33, 2, 5).then_some(Wanted::Water),
        4 => (enterprise.above && dice.hits(34, 1, 2)).then_some(Wanted::Workshop),
        _ => Some(Wanted::Workshop),
    }
}

/// Thousandths of a unit in an hour, from thousandths an hour and mu.
fn milli_per_hour(enterprise: &Enterprise, per_mu: u64, purpose: u64) -> u64 {
    let spread = enterprise.dice.between(purpose, 700, 1_350);
    // Who works little still lights and heats.
    let strength = 400 + enterprise.strength * 3 / 5;
    per_mu * enterprise.milli_mu / 1000 * spread / 1000 * strength / 1000
}

fn load(enterprise: &Enterprise, per_mu: u64, purpose: u64) -> Load {
    Load {
        milli_per_hour: milli_per_hour(enterprise, per_mu, purpose).max(400),
        pattern: enterprise.trade.pattern,
        dice: enterprise.dice.of(purpose),
    }
}

/// The electricity meter at the gate. In every park one of them wraps and one is replaced.
fn main_meter(enterprise: &Enterprise, owner: usize, since: Day) -> Meter {
    let load = load(enterprise, enterprise.trade.watt_per_mu, 41);
    let mut register = register(load, transformer(load), since, enterprise.dice.of(42));
    let a_month = load.milli_per_hour * 24 * 30 / (10 * u64::from(register.multiplier));
    match owner % 50 {
        6 => register.start = u64::from(SIZE) * 100 - a_month.min(9_000_000),
        3 => {
            register.replaced = Some(Replacement {
                at: after(since, 38 * 96 + 41),
                new_start: 0,
            });
        }
        _ => {}
    }
    Meter {
        id: format!("E-{:03}", owner + 1),
        parent: None,
        label: ("1# 进线总表".to_owned(), "高压室"),
        channels: vec![
            counted("kwh_register", load, register),
            Channel {
                indicator: "kw",
                max_per_hour: load.most_per_hour(),
                course: Course::State(State::Power(load)),
            },
        ],
    }
}

fn further_meter(enterprise: &Enterprise, gateway: &Gateway, wanted: Wanted) -> Meter {
    let (owner, place, since) = (gateway.owner + 1, gateway.meters.len(), gateway.since);
    let dice = enterprise.dice.of(50 + key(place));
    let trade = enterprise.trade;
    let piped = |(letter, name, place): (&str, &str, &'static str),
                 indicator: &'static str,
                 per_mu: u64,
                 purpose: u64| {
        let load = load(enterprise, per_mu, purpose);
        Meter {
            id: format!("{letter}-{owner:03}"),
            parent: None,
            label: (name.to_owned(), place),
            channels: vec![counted(indicator, load, register(load, 1, since, dice))],
        }
    };
    match wanted {
        Wanted::Gas => piped(
            ("G", "燃气总表", "调压柜"),
            "gas_m3_register",
            trade.gas_per_mu,
            43,
        ),
        Wanted::Steam => piped(
            ("S", "蒸汽总表", "换热站"),
            "steam_t_register",
            trade.steam_per_mu,
            44,
        ),
        Wanted::Water => piped(("W", "自来水总表", "门卫"), "water_m3_register", 55, 45),
        Wanted::Workshop => {
            let whole = load(enterprise, trade.watt_per_mu, 41);
            let part = Load {
                milli_per_hour: whole.milli_per_hour * dice.between(2, 20, 34) / 100,
                dice,
                ..whole
            };
            Meter {
                id: format!("E-{owner:03}-{place}"),
                parent: Some(format!("E-{owner:03}")),
                label: workshop(place),
                channels: vec![counted(
                    "kwh_register",
                    part,
                    register(part, transformer(part), since, dice),
                )],
            }
        }
        Wanted::Safety => sensors(format!("A-{owner:03}"), dice),
    }
}

/// Name and place of the meter of a workshop, the one at that place among its gateway's meters.
fn workshop(place: usize) -> (String, &'static str) {
    let where_it_hangs = match place % 3 {
        0 => "动力房",
        1 => "2 号楼配电间",
        _ => "3 号楼配电间",
    };
    (format!("{place} 号车间"), where_it_hangs)
}

/// A cabinet of safety sensors (domain.md 4.1), quiet.
fn sensors(id: String, dice: Dice) -> Meter {
    let level = |indicator, most, middle, swing, purpose| Channel {
        indicator,
        max_per_hour: most,
        course: Course::State(State::Level {
            middle,
            swing,
            dice: dice.of(purpose),
        }),
    };
    let gas = match dice.below(1, 3) {
        0 => level("h2s_mg_m3", 20, 400, 380, 61),
        1 => level("nh3_mg_m3", 40, 2_100, 1_600, 61),
        _ => level("co_mg_m3", 40, 3_000, 2_000, 61),
    };
    Meter {
        id,
        parent: None,
        label: ("安全探头柜".to_owned(), "危化品库"),
        channels: vec![
            level("combustible_lel", 100, 1_500, 1_400, 60),
            gas,
            level("cable_temperature_c", 140, 38_000, 9_000, 62),
            level("residual_ma", 1000, 46_000, 20_000, 63),
            Channel {
                indicator: "smoke",
                max_per_hour: 1,
                course: Course::State(State::Quiet),
            },
        ],
    }
}

fn counted(indicator: &'static str, load: Load, register: Register) -> Channel {
    Channel {
        indicator,
        max_per_hour: load.most_per_hour(),
        course: Course::Register(register),
    }
}

fn register(load: Load, multiplier: u32, since: Day, dice: Dice) -> Register {
    Register {
        load,
        multiplier,
        size: SIZE,
        since: since.start(),
        // Between 5,000 and 305,000 units on the day it was read first.
        start: dice.between(70, 500_000, 30_500_000),
        replaced: None,
    }
}

/// The smallest usual transformer (current times voltage) that carries the load's peak: a meter
/// of 5 A takes 3.4 kW at 400 V and 0.86 kW at 100 V (domain.md 3.5).
fn transformer(load: Load) -> u32 {
    const LOW: [u32; 5] = [20, 40, 60, 80, 120];
    const HIGH: [u32; 7] = [1000, 1500, 2000, 3000, 4000, 6000, 12_000];
    let peak_kw = load.most_per_hour();
    let carries = |multiplier: &u32, watt: u64| u64::from(*multiplier) * watt / 1000 >= peak_kw;
    let low = LOW
        .into_iter()
        .find(|multiplier| carries(multiplier, 3_400));
    let high = HIGH.into_iter().find(|multiplier| carries(multiplier, 860));
    low.or(high).unwrap_or(12_000)
}

fn after(since: Day, slots: i64) -> Moment {
    since.start().plus_ms(slots * SLOT_MS)
}
