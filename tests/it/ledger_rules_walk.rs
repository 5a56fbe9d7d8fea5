//! The metering rules sentence by sentence, as in `ledger_rules`: rules 3 to 5, the walk over many
//! readings, steps and flags.

use serde_json::json;

use super::ledger_case::{Small, at};
use super::ledger_rules::check;

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
