//! Titles and misfortunes of a made-up city's enterprises (domain.md 2.5), so that bonus, deduction,
//! veto and cap each have somebody to show them on.

use crate::calendar::{Day, Year};

use super::city::Enterprise;
use super::story::{Story, first_day};

/// One row of the file.
pub(super) struct Row {
    /// `honour` or `event`.
    pub(super) kind: &'static str,
    pub(super) code: &'static str,
    pub(super) source: &'static str,
    pub(super) from: Day,
    pub(super) to: Option<Day>,
}

/// Years that a title holds.
const HELD_YEARS: i16 = 3;
/// Chances of these throws, apart from all others of an enterprise.
const THROWS: u64 = 700;

/// What `enterprise` has to tell as of the year `last`.
pub(super) fn rows(enterprise: &Enterprise, last: Year) -> Vec<Row> {
    let dice = enterprise.dice.of(THROWS);
    let is_good = enterprise.story == Story::Champion;
    let is_plain = enterprise.story == Story::Ordinary;
    let mut rows = Vec::new();
    let mut title = |purpose: u64, wins: bool, code, source| {
        if wins {
            let before = i16::try_from(dice.between(purpose, 0, 2)).unwrap_or(0);
            let first = Year::new(last.number() - before);
            let end = Year::new(first.number() + HELD_YEARS);
            rows.push(Row {
                kind: "honour",
                code,
                source,
                from: first_day(first),
                to: Some(first_day(end)),
            });
        }
    };
    let is_in = |purpose: u64, per_hundred: u64| is_plain && dice.hits(purpose, per_hundred, 100);
    title(1, is_good || is_in(11, 22), "high_tech", "科技部门");
    title(2, is_good || is_in(12, 6), "little_giant", "工信部门");
    title(3, is_in(13, 8), "smart_factory", "工信部门");
    title(4, is_in(14, 6), "green_factory", "工信部门");
    let mut event = |purpose: u64, happens: bool, code, source| {
        if happens {
            let after = i32::try_from(dice.between(purpose, 20, 340)).unwrap_or(0);
            rows.push(Row {
                kind: "event",
                code,
                source,
                from: Day::from_number(first_day(last).number() + after),
                to: None,
            });
        }
    };
    event(5, is_in(15, 6), "env_penalty", "生态环境部门");
    event(6, is_in(16, 5), "safety_penalty", "应急管理部门");
    event(7, is_in(17, 5), "hazard_overdue", "应急管理部门");
    event(8, is_in(18, 2), "dishonest", "市场监管部门");
    // Of the two strong ones of every park one lost a worker: a veto on a good score.
    event(
        9,
        is_good && dice.hits(19, 1, 2),
        "fatal_accident",
        "应急管理部门",
    );
    rows
}
