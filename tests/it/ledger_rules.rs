//! The metering rules sentence by sentence: cases worked by hand that the shared file does not
//! have. Each row: the sentence of contract.md 9, the case, the answer.

use super::ledger_case::{Small, at};
use serde_json::json;

fn check(rows: Vec<(&str, Small, &str)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, case, answer)| case.answer() != *answer)
        .map(|(sentence, case, answer)| {
            format!(
                "{sentence}\n  expected {answer}\n  answered {}",
                case.answer()
            )
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn one_value_counts_for_each_instant() {
    check(vec![
        (
            "`uncertain` counts as good",
            Small::of("0=10 1=40!uncertain 2=70"),
            "60 0.3333; ; 30m 30m - - - -",
        ),
        (
            "readings marked `bad` take no place",
            Small::of("0=10!bad 0=20 1=50"),
            "30 0.1667; ; 30m - - - - -",
        ),
        (
            "and make no conflict",
            Small::of("0=10 1=40 1=99!bad"),
            "30 0.1667; ; 30m - - - - -",
        ),
        (
            "each one that differs from the first is a conflict, an equal one a duplicate",
            Small::of("0=10 1=40 1=41 1=40 1=42"),
            "30 0.1667; conflicts 2; 30m - - - - -",
        ),
        (
            "the first in order of arrival counts, however late",
            Small::of("1=41 1=40 0=10"),
            "31 0.1667; conflicts 1; 31m - - - - -",
        ),
        (
            "a glitch on sight takes its place in time",
            Small::of("0=10 1=-1 1=40 2=70"),
            "60 0.3333; glitch 1, conflicts 1; 30m 30m - - - -",
        ),
        (
            "at or above register_size is a glitch on sight",
            Small::of("0=950 1=1000 2=999.99"),
            "49.99 0.3333; glitch 1; 24.995m 24.995m - - - -",
        ),
        (
            "the first reading that is none starts the walk",
            Small::of("0=-1 1=40 2=70"),
            "30 0.1667; glitch 1; - 30m - - - -",
        ),
        (
            "nothing but glitches on sight: no time is covered",
            Small::of("0=-1 1=-1 2=1000"),
            " 0; glitch 3; - - - - - -",
        ),
        (
            "a single reading covers no time",
            Small::of("1=40"),
            " 0; ; - - - - - -",
        ),
        (
            "numbers of readings count as the shortest decimal of their double",
            Small::of("0=0.1 1=0.30000000000000001"),
            "0.2 0.1667; ; 0.2m - - - - -",
        ),
        (
            "two texts of one double are one value",
            Small::of("0=9007199254740992 0=9007199254740993").meter("register_size", "1e16"),
            " 0; ; - - - - - -",
        ),
    ]);
}

#[test]
fn an_amount_is_plausible_up_to_the_limit() {
    check(vec![
        (
            "d x K = limit",
            Small::of("0=0 1=100"),
            "100 0.1667; ; 100m - - - - -",
        ),
        (
            "above the limit",
            Small::of("0=0 1=100.01"),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "hours = t1 - t0",
            Small::of("0=0 2=200"),
            "200 0.3333; ; 100m 100m - - - -",
        ),
        (
            "hours = max(t1 - t0, update_s), which is the interval by default",
            Small::of("0=0 0:15=100"),
            "100 0.0417; ; 100p - - - - -",
        ),
        (
            "update_s below the interval",
            Small::of("0=0 0:15=26").meter("update_s", 60),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "update_s above the interval",
            Small::of("0=0 1=200").meter("update_s", 7200),
            "200 0.1667; ; 200m - - - - -",
        ),
        (
            "resolution x K on top",
            Small::of("0=0 1=11")
                .meter("resolution", "1")
                .multipliers("-9=10"),
            "110 0.1667; ; 110m - - - - -",
        ),
        (
            "and no more",
            Small::of("0=0 1=11.01")
                .meter("resolution", "1")
                .multipliers("-9=10"),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "limits are exact decimals, readings too",
            Small::of("0=0 1=0.3").meter("max_per_hour", "0.3"),
            "0.3 0.1667; ; 0.3m - - - - -",
        ),
        (
            "a limit that no double could tell from 0.3",
            Small::of("0=0 1=0.3").meter("max_per_hour", "0.29999999999999999999"),
            " 0; unconfirmed 1; u - - - - -",
        ),
    ]);
}

#[test]
fn a_fall_is_jitter_a_rollover_or_not_plausible() {
    check(vec![
        (
            "-d = jitter: amount 0, and v0 stays the register",
            Small::of("0=10 1=9.95 2=40"),
            "30 0.3333; jitter 1; 0m 30m - - - -",
        ),
        (
            "-d above jitter",
            Small::of("0=10 1=9.94 2=40"),
            "30 0.3333; glitch 1; 15m 15m - - - -",
        ),
        (
            "a second small fall is measured from the register that stayed",
            Small::of("0=10 1=9.96 2=9.93"),
            "0 0.1667; jitter 1, unconfirmed 1; 0m u - - - -",
        ),
        (
            "rollover up to the limit",
            Small::of("0=950 1=50"),
            "100 0.1667; rollover 1; 100m - - - - -",
        ),
        (
            "rollover above the limit",
            Small::of("0=950 1=50.5"),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "no rollover where limit = size x K: a whole turn would fit",
            Small::of("0=90 1=10 2=20").meter("register_size", "100"),
            "10 0.1667; reset 1; u 10m - - - -",
        ),
        (
            "rollover where limit < size x K by a little",
            Small::of("0=90 1=10 2=20").meter("register_size", "100.5"),
            "30.5 0.3333; rollover 1; 20.5m 10m - - - -",
        ),
        (
            "a rollover counts K times",
            Small::of("0=999 1=1").multipliers("-9=40"),
            "80 0.1667; rollover 1; 80m - - - - -",
        ),
        (
            "jitter comes before rollover",
            Small::of("0=10 1=9.96").meter("max_per_hour", "999.99"),
            "0 0.1667; jitter 1; 0m - - - - -",
        ),
    ]);
}

#[test]
fn multipliers_count_from_their_time_on() {
    check(vec![
        (
            "K in force at t0; a change exactly at a reading is between nothing",
            Small::of("0=0 1=10 2=20").multipliers("-9=1 1=2"),
            "30 0.3333; ; 10m 20m - - - -",
        ),
        (
            "another value strictly between: amount unknown",
            Small::of("0=0 1=10 2=20").multipliers("-9=1 0:30=2"),
            "20 0.1667; multiplier_changed 1; u 20m - - - -",
        ),
        (
            "there and back again is a change",
            Small::of("0=0 1=10").multipliers("-9=1 0:20=2 0:40=1"),
            " 0; multiplier_changed 1; u - - - - -",
        ),
        (
            "an entry with the same value is no change",
            Small::of("0=0 1=10").multipliers("-9=2 0:20=2 0:40=2"),
            "20 0.1667; ; 20m - - - - -",
        ),
        (
            "d = 0: nothing was used, whatever the multiplier",
            Small::of("0=10 1=10").multipliers("-9=1 0:30=2"),
            "0 0.1667; ; 0m - - - - -",
        ),
        (
            "plausible with the smallest of K and those that start between",
            Small::of("0=0 1=50").multipliers("-9=8 0:20=4 0:40=2"),
            " 0; multiplier_changed 1; u - - - - -",
        ),
        (
            "the smallest may be K itself; above its limit: not plausible",
            Small::of("0=0 1=101").multipliers("-9=1 0:30=2"),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "the limit's resolution is taken with the smallest, too",
            Small::of("0=0 1=55.01")
                .multipliers("-9=8 0:30=2")
                .meter("resolution", "5"),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "jitter stays jitter",
            Small::of("0=10 1=9.96").multipliers("-9=1 0:30=2"),
            "0 0.1667; jitter 1; 0m - - - - -",
        ),
        (
            "but no rollover over a change",
            Small::of("0=990 1=10").multipliers("-9=1 0:30=2"),
            " 0; unconfirmed 1; u - - - - -",
        ),
        (
            "no multiplier in force at t0: whatever comes is the last good one",
            Small::of("0=500 1=3 2=900 3=910").multipliers("1:30=1"),
            "10 0.1667; multiplier_unknown 2; u u 10m - - -",
        ),
        (
            "no multiplier ever",
            Small::of("0=500 1=510").multipliers(""),
            " 0; multiplier_unknown 1; u - - - - -",
        ),
    ]);
}

#[test]
fn a_replacement_counts_old_and_new() {
    check(vec![
        (
            "sum = limit",
            Small::of("0=10 1=45").changes("0:30=70/5"),
            "100 0.1667; replaced 1; 100m - - - - -",
        ),
        (
            "sum above the limit: v1 is the last good reading, the amount unknown",
            Small::of("0=10 1=45 2=50").changes("0:30=70.5/5"),
            "5 0.1667; replaced_unknown 1; u 5m - - - -",
        ),
        (
            "a closing register below v0",
            Small::of("0=10 1=45 2=50").changes("0:30=9/5"),
            "5 0.1667; replaced_unknown 1; u 5m - - - -",
        ),
        (
            "an opening register above v1",
            Small::of("0=10 1=45 2=50").changes("0:30=20/46"),
            "5 0.1667; replaced_unknown 1; u 5m - - - -",
        ),
        (
            "K(t0) for the old meter, K(t1) for the new one",
            Small::of("0=10 1=15")
                .changes("0:30=20/5")
                .multipliers("-9=1 0:30=4"),
            "50 0.1667; replaced 1; 50m - - - - -",
        ),
        (
            "two between two readings",
            Small::of("0=10 1=15 2=20").changes("0:20=20/5 0:40=7/14"),
            "5 0.1667; replaced_unknown 1; u 5m - - - -",
        ),
        (
            "written twice, as number and with other zeros",
            Small::of("0=10 1=15").changes("0:30=20.0/5 0:30=20/5.00"),
            "20 0.1667; replaced 1; 20m - - - - -",
        ),
        (
            "a replacement at the first reading is before the walk",
            Small::of("0=10 1=40").changes("0=5/10"),
            "30 0.1667; ; 30m - - - - -",
        ),
        (
            "both fit at the very time: `replaced` comes first",
            Small::of("0=10 1=40 2=50").changes("1=20/5"),
            "55 0.3333; replaced 1; 45m 10m - - - -",
        ),
        (
            "without a multiplier the sum cannot be known",
            Small::of("0=10 1=15 2=20")
                .changes("0:30=20/5")
                .multipliers("1=1"),
            "5 0.1667; replaced_unknown 1; u 5m - - - -",
        ),
        (
            "a candidate before a replacement was a glitch",
            Small::of("0=10 1=900 2=45").changes("1:30=70/5"),
            "100 0.3333; glitch 1, replaced 1; 50m 50m - - - -",
        ),
    ]);
}

#[test]
fn a_replacement_at_a_reading_may_be_left_over() {
    check(vec![
        (
            "left over: it counts in the next pair",
            Small::of("0=10 1=40 2=530").changes("1=45/500"),
            "65 0.3333; replaced 1; 30m 35m - - - -",
        ),
        (
            "left over with a register nobody wrote down",
            Small::of("0=10 1=40 2=530 3=540").changes("1=?/500"),
            "40 0.3333; replaced_unknown 1; 30m u 10m - - -",
        ),
        (
            "the old meter's last reading may be jitter; then v0 stays",
            Small::of("0=10 1=9.96 2=530").changes("1=10/500"),
            "30 0.3333; jitter 1, replaced 1; 0m 30m - - - -",
        ),
        (
            "or a rollover",
            Small::of("0=990 1=10 2=530").changes("1=12/500"),
            "52 0.3333; replaced 1, rollover 1; 20m 32m - - - -",
        ),
        (
            "or without a multiplier",
            Small::of("0=10 1=900 2=530")
                .changes("1=905/500")
                .multipliers("1=1"),
            "35 0.1667; multiplier_unknown 1, replaced 1; u 35m - - - -",
        ),
        (
            "not plausible without it: not left over",
            Small::of("0=10 1=500 2=530").changes("1=?/?"),
            "30 0.1667; replaced_unknown 1; u 30m - - - -",
        ),
        (
            "left over and one more are two",
            Small::of("0=10 1=40 2=530 3=540").changes("1=45/500 1:30=510/520"),
            "40 0.3333; replaced_unknown 1; 30m u 10m - - -",
        ),
        (
            "two, one of them at the very time: none is left over",
            Small::of("0=10 1=40 2=530").changes("0:30=20/30 1=45/500"),
            " 0; replaced_unknown 1, unconfirmed 1; u u - - - -",
        ),
        (
            "left over over a held reading: nothing is held, the new meter counts",
            Small::of("0=10 1=40 2=900 3=910").changes("1=45/500"),
            "40 0.3333; replaced_unknown 1; 30m u 10m - - -",
        ),
    ]);
}

#[test]
fn a_candidate_waits_confirms_or_was_a_glitch() {
    check(vec![
        (
            "counting on higher is `suspect`",
            Small::of("0=10 1=500 2=510"),
            "10 0.1667; suspect 1; u 10m - - - -",
        ),
        (
            "counting on lower, with no span before: `reset`",
            Small::of("0=100 1=5 2=10"),
            "5 0.1667; reset 1; u 5m - - - -",
        ),
        (
            "plausible from the last good one comes before equal to the candidate",
            Small::of("0=50 1=200 2=200"),
            "150 0.3333; glitch 1; 75m 75m - - - -",
        ),
        (
            "from the candidate at its first time, straight to the new reading",
            Small::of("0=500 1=0 2=0 3=0 4=250"),
            "250 0.5; reset 1; u 83.3333e 83.3333e 83.3333e - -",
        ),
        (
            "those that waited are glitches if the candidate is",
            Small::of("0=500 1=0 2=0 3=900 4=530"),
            "30 0.6667; glitch 3; 7.5e 7.5e 7.5e 7.5e - -",
        ),
        (
            "and unconfirmed if it is",
            Small::of("0=500 1=530 2=0 3=0"),
            "30 0.1667; unconfirmed 2; 30m u u - - -",
        ),
        (
            "a reading that fits neither is the new candidate",
            Small::of("0=500 1=0 2=900"),
            " 0; glitch 1, unconfirmed 1; u u - - - -",
        ),
        (
            "the new candidate may confirm, too",
            Small::of("0=500 1=0 2=900 3=950"),
            "50 0.1667; glitch 1, suspect 1; u u 50m - - -",
        ),
        (
            "a glitch on sight between leaves the candidate alone",
            Small::of("0=500 1=0 2=-1 3=20"),
            "20 0.3333; glitch 1, reset 1; u 10m 10m - - -",
        ),
        (
            "confirmed by jitter",
            Small::of("0=500 1=20 2=19.96 3=30"),
            "10 0.3333; jitter 1, reset 1; u 0m 10m - - -",
        ),
        (
            "confirmed by a rollover",
            Small::of("0=500 1=990 2=10").meter("max_per_hour", "100"),
            "20 0.1667; rollover 1, suspect 1; u 20m - - - -",
        ),
        (
            "dropped on sight at the end: unknown up to there",
            Small::of("0=10 1=40 2=900 3=-1"),
            "30 0.1667; glitch 1, unconfirmed 1; 30m u u - - -",
        ),
    ]);
}

#[test]
fn the_last_good_reading_may_have_been_the_glitch() {
    check(vec![
        (
            "the last span was ok and leaving its end out is ok: it is replaced",
            Small::of("0=10 1=90 2=20 3=30"),
            "20 0.5; glitch 1; 5m 5m 10m - - -",
        ),
        (
            "the span before stays",
            Small::of("0=10 1=15 2=90 3=20 4=30"),
            "20 0.6667; glitch 1; 5m 2.5m 2.5m 10m - -",
        ),
        (
            "the same with a reading that waited",
            Small::of("0=10 1=90 2=20 3=20 4=30"),
            "20 0.6667; glitch 1; 5m 5m 5m 5m - -",
        ),
        (
            "a higher candidate takes nothing back",
            Small::of("0=10 1=20 2=500 3=510"),
            "20 0.3333; suspect 1; 10m u 10m - - -",
        ),
        (
            "lower than the reading before, too: reset",
            Small::of("0=10 1=90 2=5 3=15"),
            "90 0.3333; reset 1; 80m u 10m - - -",
        ),
        (
            "the last span was jitter: reset",
            Small::of("0=10 1=9.96 2=5 3=8"),
            "3 0.3333; jitter 1, reset 1; 0m u 3m - - -",
        ),
        (
            "the last span was unknown: reset",
            Small::of("0=10 1=90 2=20 3=30").multipliers("0:30=1"),
            "10 0.1667; multiplier_unknown 1, reset 1; u u 10m - - -",
        ),
        (
            "from the reading before it would be unknown, not ok: reset",
            Small::of("0=10 1=90 2=20 3=30").multipliers("-9=1 1=1.1"),
            "91 0.3333; reset 1; 80m u 11m - - -",
        ),
        (
            "from the reading before it would be a rollover, not ok: reset",
            Small::of("0=950 1=995 1:12=40 1:24=60").meter("update_s", 60),
            "65 0.2; reset 1; 45m 20u - - - -",
        ),
        (
            "the span that follows a reset can be taken back, too",
            Small::of("0=500 1=5 2=95 3=20 4=30"),
            "25 0.5; glitch 1, reset 1; u 7.5m 7.5m 10m - -",
        ),
        (
            "taken back once, the next may be taken back again",
            Small::of("0=10 1=90 2=20 3=30 4=100 5=35 6=40"),
            "30 1; glitch 2; 5m 5m 10m 2.5m 2.5m 5m",
        ),
    ]);
}

#[test]
fn amounts_are_spread_and_cut() {
    check(vec![
        (
            "half away from zero, once, at output",
            Small::of("0:30=0 1:30=0.0001"),
            "0.0001 0.1667; ; 0.0001p 0.0001p - - - -",
        ),
        (
            "over exactly 2.5 intervals is measured",
            Small::of("0=0 2:30=100"),
            "100 0.4167; ; 40m 40m 20p - - -",
        ),
        (
            "over more is estimated; partial comes first",
            Small::of("0=0 2:45=110"),
            "110 0.4583; ; 40e 40e 30p - - -",
        ),
        (
            "a step that a long span only touches is estimated",
            Small::of("0=0 2:45=110 3=120"),
            "120 0.5; ; 40e 40e 40e - - -",
        ),
        (
            "unknown comes before partial",
            Small::of("0=500 0:30=510 1:30=0"),
            "10 0.0833; unconfirmed 1; 10u u - - - -",
        ),
        (
            "readings before and after the period bring spans in",
            Small::of("-2=0 2=40 8=100"),
            "60 1; ; 10e 10e 10e 10e 10e 10e",
        ),
        (
            "the last step is cut at the end of the period",
            Small::of("0=0 1=10 2=20")
                .case("period", json!({"from": at("0:30"), "to": at("1:45")})),
            "12.5 1; ; 10m 2.5m",
        ),
        (
            "a step of a day is 24 h from the period's begin on",
            Small::of("0=0 30=60")
                .case("period", json!({"from": at("6"), "to": at("36")}))
                .case("step", "day"),
            "48 0.8; ; 48e -",
        ),
        (
            "used is null where no time is known, 0 where nothing was used",
            Small::of("0=10 1=10 2=900"),
            "0 0.1667; unconfirmed 1; 0m u - - - -",
        ),
    ]);
}

#[test]
fn flags_count_in_the_period() {
    check(vec![
        (
            "a glitch at the begin counts, one at the end does not",
            Small::of("-1=10 0=-1 6=-1 7=20"),
            "7.5 1; glitch 1; 1.25e 1.25e 1.25e 1.25e 1.25e 1.25e",
        ),
        (
            "unconfirmed after the period does not count, its time does",
            Small::of("5=10 7=900"),
            " 0; ; - - - - - u",
        ),
        (
            "a span that ends at the begin does not overlap",
            Small::of("-1=990 0=10 1=20"),
            "10 0.1667; ; 10m - - - - -",
        ),
        (
            "a span that begins at the end does not",
            Small::of("5=990 6=995 7=10"),
            "5 0.1667; ; - - - - - 5m",
        ),
        (
            "a span over the border counts once",
            Small::of("-1:30=990 0:30=10"),
            "10 0.0833; rollover 1; 10p - - - - -",
        ),
        (
            "conflicts by their time, the end exclusive",
            Small::of("-1=0 -1=5 0=10 0=11 6=40 6=41"),
            "30 1; conflicts 1; 5e 5e 5e 5e 5e 5e",
        ),
    ]);
}
