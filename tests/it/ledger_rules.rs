//! The metering rules sentence by sentence: cases worked by hand that the shared file does not
//! have. Each row: the sentence of contract.md 9, the case, the answer. Here rules 1 and 2: what two
//! readings amount to; the others in `ledger_rules_walk`.

use super::ledger_case::Small;

pub(crate) fn check(rows: Vec<(&str, Small, &str)>) {
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
