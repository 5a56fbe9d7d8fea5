//! Instants, days, months and periods as the park counts them: borders at UTC+8, half-open.

use parkpulse::calendar::{Day, Moment, Month, Period, Year};
use parkpulse::park::Validity;

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn an_instant_is_written_at_utc_8_and_cut_to_milliseconds() {
    let rows = [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T08:00:00+08:00"),
        (
            "1969-12-31T23:59:59.9995Z",
            -1,
            "1970-01-01T07:59:59.999+08:00",
        ),
        (
            "2026-11-22T08:15:00.1239+08:00",
            1_795_306_500_123,
            "2026-11-22T08:15:00.123+08:00",
        ),
        (
            "2026-11-22T00:15:00Z",
            1_795_306_500_000,
            "2026-11-22T08:15:00+08:00",
        ),
        // A leap second is the last instant of the second before it.
        (
            "2016-12-31T23:59:60Z",
            1_483_228_799_999,
            "2017-01-01T07:59:59.999+08:00",
        ),
    ];
    for (text, unix_ms, written) in rows {
        assert_eq!(at(text).unix_ms(), unix_ms, "{text}");
        assert_eq!(at(text).to_string(), written, "{text}");
    }
    for text in [
        "",
        "2026-11-22",
        "2026-11-22T08:15:00",
        "2026-02-30T00:00:00Z",
    ] {
        assert!(text.parse::<Moment>().is_err(), "{text}");
    }
}

#[test]
fn a_day_and_a_month_begin_at_midnight_of_the_park() {
    let rows = [
        ("2026-01-31T15:59:59.999Z", "2026-01-31", "2026-01"),
        ("2026-01-31T16:00:00Z", "2026-02-01", "2026-02"),
        ("2025-12-31T16:00:00Z", "2026-01-01", "2026-01"),
        ("1969-12-31T15:59:59.999Z", "1969-12-31", "1969-12"),
        ("1969-12-31T16:00:00Z", "1970-01-01", "1970-01"),
        ("1960-02-29T03:00:00Z", "1960-02-29", "1960-02"),
    ];
    for (text, on, month) in rows {
        assert_eq!(Day::of(at(text)).to_string(), on, "{text}");
        assert_eq!(Month::of(at(text)).to_string(), month, "{text}");
        assert!(Day::of(at(text)).period().contains(at(text)), "{text}");
        assert!(Month::of(at(text)).period().contains(at(text)), "{text}");
    }
    let year = Year::new(2024).period();
    assert_eq!(year.from(), at("2024-01-01T00:00:00+08:00"));
    assert_eq!(year.to().ms_since(year.from()), 366 * 86_400_000);
}

#[test]
fn a_period_holds_its_first_instant_and_not_its_last() {
    let [from, to] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].map(at);
    let period = Period::new(from, to).unwrap();
    for (moment, inside) in [
        (from.plus_ms(-1), false),
        (from, true),
        (to.plus_ms(-1), true),
        (to, false),
    ] {
        assert_eq!(period.contains(moment), inside, "{moment}");
        let validity = Validity::new(from, Some(to)).unwrap();
        assert_eq!(validity.holds(moment), inside, "{moment}");
    }
    assert_eq!(Period::new(from, from), None);
    assert_eq!(Period::new(to, from), None);
    assert_eq!(Validity::new(from, Some(from)), None);
}

#[test]
fn stretches_that_only_touch_do_not_overlap() {
    let moment = |hour| at("2026-01-01T00:00:00Z").plus_ms(hour * 3_600_000);
    let stretch = |from, to: Option<i64>| Validity::new(moment(from), to.map(moment)).unwrap();
    let rows = [
        (stretch(0, Some(2)), stretch(2, Some(4)), false, 0),
        (stretch(0, Some(3)), stretch(2, Some(4)), true, 1),
        (stretch(0, None), stretch(2, Some(4)), true, 2),
        (stretch(4, None), stretch(2, Some(4)), false, 0),
        (stretch(9, None), stretch(2, Some(4)), false, 0),
        (stretch(1, None), stretch(2, None), true, 2),
    ];
    for (one, other, overlap, hours) in rows {
        assert_eq!(one.overlaps(other), overlap, "{one:?} {other:?}");
        assert_eq!(other.overlaps(one), overlap, "{one:?} {other:?}");
        let period = Period::new(moment(2), moment(4)).unwrap();
        assert_eq!(one.ms_within(period), hours * 3_600_000, "{one:?}");
    }
}

#[test]
fn months_follow_each_other_over_the_year() {
    let month = |text: &str| text.parse::<Month>().unwrap();
    for (one, next) in [("2025-12", "2026-01"), ("2026-01", "2026-02")] {
        assert_eq!(month(one).next(), month(next));
        assert_eq!(month(next).previous(), month(one));
        assert_eq!(month(one).period().to(), month(next).period().from());
    }
    for text in [
        "2026-1",
        "26-01",
        "2026-00",
        "2026-13",
        "2026",
        "2026-01-01",
        "2026-1a",
        "",
    ] {
        assert!(text.parse::<Month>().is_err(), "{text}");
    }
    for text in [
        "2026-02-30",
        "2026-2-3",
        "2026-02",
        "20260203",
        "2025-02-29",
        "",
    ] {
        assert!(text.parse::<Day>().is_err(), "{text}");
    }
    assert_eq!(day("2024-02-29").next(), day("2024-03-01"));
}

#[test]
fn a_month_is_full_on_the_same_day_of_the_month() {
    for (earlier, later, months) in [
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-31", 2),
        ("2024-11-30", "2026-11-30", 24),
        ("2026-02-15", "2026-01-15", -1),
    ] {
        let full = day(later).full_months_since(day(earlier));
        assert_eq!(full, months, "{earlier} to {later}");
    }
}
