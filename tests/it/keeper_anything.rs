//! The ledger in the server against one walk over everything: histories as they may come, cut into
//! batches and passes at any place, late, repeated, contradicted, bad and decided values among them.
//! The walk over everything is the slow way; whatever way the keeper took, it must come to the same.

use std::collections::BTreeSet;

use parkpulse::access::Principal;
use parkpulse::calendar::{Day, Month, Period};
use parkpulse::ledger::{Account, Arrival, Decision, Metering, Readings, Register, Sheet, Shown};
use parkpulse::park::{MeterNo, MeterRow, Replacement, Validity};
use parkpulse::reading::Quality;
use parkpulse::store;
use parkpulse::store::registry::Entries;
use parkpulse::units::Exact;
use proptest::prelude::*;
use proptest::sample::Index;

use super::keeper_ground::{DAY_MS, Ground, HOUR_MS, Kept, begin, days, meter_id};
use super::ledger_ground::{after_begin, any_readings};

/// What happens to the store.
#[derive(Clone, Debug)]
enum Happens {
    /// A batch of values: milliseconds after the begin, register, quality.
    Comes(Vec<(i64, f64, Quality)>),
    /// A decision about an instant.
    Decided(i64, Option<f64>),
    /// The keeper takes in what came.
    Pass,
    /// Another keeper goes on, as after a restart.
    Restart,
}

/// One register and what is done to it.
#[derive(Clone, Debug)]
struct History {
    /// Another multiplier from this day on.
    doubled_from: Option<i64>,
    /// A replacement at this hour, with both registers or none.
    replaced: Option<(i64, Option<(i64, i64)>)>,
    happens: Vec<Happens>,
}

/// A value comes again, somewhere later: as it was, contradicted, or bad.
type Repeat = (Index, u8, Index);

/// What is not as it should be.
#[derive(Clone, Debug)]
struct Disorder {
    /// From a place to another.
    late: Vec<(Index, Index)>,
    repeats: Vec<Repeat>,
    /// About a value, what counts instead, and when that is said.
    decided: Vec<(Index, Option<i64>, Index)>,
}

prop_compose! {
    fn any_disorder()(
        late in proptest::collection::vec((any::<Index>(), any::<Index>()), 0..3),
        repeats in proptest::collection::vec((any::<Index>(), 0_u8..5, any::<Index>()), 0..4),
        decided in proptest::collection::vec((any::<Index>(), proptest::option::of(0_i64..90), any::<Index>()), 0..2),
    ) -> Disorder {
        Disorder { late, repeats, decided }
    }
}

fn arrange(readings: &[Arrival], disorder: Disorder, sizes: &[(usize, u8)]) -> Vec<Happens> {
    let value = |arrival: &Arrival| {
        let after_ms = arrival.shown.at.ms_since(after_begin(0)) + DAY_MS;
        let number: f64 = arrival.shown.register.rounded(2).parse().unwrap();
        (after_ms, number, arrival.quality)
    };
    let mut values: Vec<_> = readings.iter().map(value).collect();
    if values.is_empty() {
        return Vec::new();
    }
    for (from, to) in disorder.late {
        let one = values.remove(from.index(values.len()));
        let place = to.index(values.len() + 1);
        values.insert(place, one);
    }
    for (of, kind, to) in disorder.repeats {
        let of = of.index(values.len());
        let (at, number, quality) = values[of];
        let later = to.index(values.len() + 1);
        match kind {
            0 => values.insert(later, (at, number, quality)),
            1 => values.insert(later, (at, number + 1.0, quality)),
            2 => values.insert(later, (at, 7.0, Quality::Bad)),
            // In one batch mostly: contradicted twice, or bad before it was good.
            3 => drop(values.splice(of..of, [(at, number - 1.0, quality); 2])),
            _ => values.insert(of, (at, number, Quality::Bad)),
        }
    }
    let (mut happens, mut rest) = (Vec::new(), &values[..]);
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (size, then) = sizes.next().unwrap();
        let (batch, after) = rest.split_at((*size).min(rest.len()));
        happens.push(Happens::Comes(batch.to_vec()));
        match then {
            0 | 1 => happens.push(Happens::Pass),
            2 => happens.push(Happens::Restart),
            _ => {}
        }
        rest = after;
    }
    for (of, chosen, to) in disorder.decided {
        let (at, ..) = values[of.index(values.len())];
        #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
        let chosen = chosen.map(|chosen| chosen as f64);
        happens.insert(to.index(happens.len() + 1), Happens::Decided(at, chosen));
    }
    happens
}

prop_compose! {
    fn any_history()(
        doubled_from in proptest::option::weighted(0.3, 1_i64..60),
        replaced in proptest::option::weighted(0.3, (1_i64..1_400, proptest::option::of((0_i64..100, 0_i64..20)))),
        readings in any_readings(),
        disorder in any_disorder(),
        sizes in proptest::collection::vec((1_usize..9, 0_u8..5), 1..6),
    ) -> History {
        History { doubled_from, replaced, happens: arrange(&readings, disorder, &sizes) }
    }
}

impl History {
    fn rows(&self, ground: &Ground) -> Vec<MeterRow> {
        let first = MeterRow {
            register_size: Some(1_000.into()),
            jitter: "0.05".parse().unwrap(),
            ..ground.row(1, 1)
        };
        let mut rows = vec![first.clone()];
        rows.extend(self.doubled_from.map(|day| MeterRow {
            multiplier: 2.into(),
            validity: Validity::new(begin().plus_ms(day * DAY_MS), None).unwrap(),
            ..first
        }));
        rows
    }

    fn replacements(&self, ground: &Ground) -> Vec<Replacement> {
        let one = self.replaced.map(|(hour, registers)| Replacement {
            meter: meter_id(1),
            indicator: ground.kwh,
            at: begin().plus_ms(hour * HOUR_MS),
            old_final: registers.map(|(old, _)| old.into()),
            new_initial: registers.map(|(_, new)| new.into()),
            reason: "broken".parse().unwrap(),
        });
        one.into_iter().collect()
    }

    /// All that came, as the store keeps it.
    fn readings(&self) -> Readings {
        let mut known = BTreeSet::new();
        let (mut arrivals, mut decisions) = (Vec::new(), Vec::new());
        for happens in &self.happens {
            match happens {
                Happens::Comes(values) => {
                    for (at, number, quality) in values {
                        if !known.insert((*at, number.to_bits(), *quality == Quality::Bad)) {
                            continue;
                        }
                        let shown = Shown {
                            at: begin().plus_ms(*at),
                            register: Exact::shortest(*number).unwrap(),
                        };
                        arrivals.push(Arrival {
                            shown,
                            quality: *quality,
                        });
                    }
                }
                Happens::Decided(at, chosen) => decisions.push(Decision {
                    at: begin().plus_ms(*at),
                    chosen: chosen.map(|chosen| Exact::shortest(chosen).unwrap()),
                }),
                Happens::Pass | Happens::Restart => {}
            }
        }
        Readings::in_order(arrivals, decisions)
    }
}

async fn take_in(ground: &mut Ground, happens: &Happens) {
    match happens {
        Happens::Comes(values) => ground.commit_all(1, values).await,
        Happens::Decided(at, chosen) => {
            let decision = store::Decision {
                meter: MeterNo::new(1),
                indicator: ground.kwh,
                at: begin().plus_ms(*at),
                chosen: *chosen,
                who: "operator".into(),
                reason: "read by hand".into(),
                decided_at: begin(),
            };
            ground.engine.decide(decision).unwrap();
        }
        Happens::Pass => pass(ground).await,
        Happens::Restart => {
            ground.keeper = ground.over(std::sync::Arc::clone(&ground.engine));
            pass(ground).await;
        }
    }
}

/// A pass that may close again what an earlier one closed.
async fn pass(ground: &Ground) {
    use parkpulse::calendar::Clock;
    ground.clock.set(ground.clock.now().plus_ms(HOUR_MS));
    ground.pass().await;
}

async fn sheet(ground: &Ground, period: Period) -> Sheet {
    let mut found = Sheet::default();
    let registry = &ground.keeper.registry;
    registry
        .visit_sheets(&Principal::local(), ground.kwh, None, period, |one| {
            found = one.sheet;
        })
        .await
        .unwrap();
    found
}

/// What one walk over everything says of a closed month.
fn expected(
    register: &Register,
    readings: &Readings,
    month: Month,
) -> (Option<String>, String, u64) {
    let period = month.period();
    let length_ms = period.to().ms_since(period.from());
    let account = Account::close(register, readings, period, length_ms).unwrap();
    let flags = account.flags.iter();
    let flags = flags.map(|(flag, times)| format!("{} {times}", flag.as_str()));
    let used = account.used.map(|used| used.rounded(4));
    (
        used,
        flags.collect::<Vec<_>>().join(", "),
        account.conflicts,
    )
}

async fn comes_to_the_same(kept: Kept, history: History) {
    let mut ground = Ground::new(kept).await;
    let (rows, replacements) = (history.rows(&ground), history.replacements(&ground));
    let metering = Metering::of(&rows, &replacements).unwrap().unwrap();
    ground.lay(Entries::Meters(rows)).await;
    ground.lay(Entries::Replacements(replacements)).await;
    for happens in &history.happens {
        take_in(&mut ground, happens).await;
    }
    pass(&ground).await;
    let readings = history.readings();
    let register = metering.register_on(Day::of(begin()));
    for (from, to) in [(0, 3), (1, 2), (3, 60), (0, 90)] {
        let found = sheet(&ground, days(from, to)).await;
        for step_ms in [HOUR_MS, DAY_MS] {
            let whole = Account::close(register, &readings, days(from, to), step_ms);
            assert_eq!(
                found.account(days(from, to), step_ms),
                whole,
                "days {from} to {to}"
            );
        }
        let inside = readings.shown.iter();
        let inside = inside
            .filter(|shown| days(from, to).contains(shown.at))
            .count();
        assert_eq!(found.received(days(from, to)), inside as u64);
    }
    let registry = &ground.keeper.registry;
    for number in 1..=4 {
        let month = Month::new(2026, number).unwrap();
        let (used, flags, conflicts) = expected(register, &readings, month);
        let Some(close) = registry.find_close(month).await.unwrap() else {
            assert_eq!(
                (used, flags),
                (None, String::new()),
                "{month} is not closed"
            );
            continue;
        };
        let entries = registry
            .closed_entries(month, close.revision)
            .await
            .unwrap();
        for entry in entries.values() {
            let closed = (entry.used.clone(), entry.flags.clone(), entry.conflicts);
            assert_eq!(closed, (used.clone(), flags.clone(), conflicts), "{month}");
        }
        assert_eq!(entries.len(), 1);
    }
}

fn run(kept: Kept, history: History) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(comes_to_the_same(kept, history));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_history_comes_to_the_same_in_memory(history in any_history()) {
        run(Kept::InMemory, history);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_history_comes_to_the_same_embedded(history in any_history()) {
        run(Kept::Embedded, history);
    }
}
