//! Time of use: which slot a quarter hour is, and what of a month lies in each, by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;

use parkpulse::calendar::{Holidays, Moment, Month};
use parkpulse::ledger::tariff::{self, Curve, Slot, Tariffs, TimeOfUse};
use parkpulse::ledger::{Expectation, Span, Term};
use parkpulse::park::Validity;
use parkpulse::units::Exact;

const MINUTE_MS: i64 = 60_000;
const QUARTER_S: i64 = 900;

pub(crate) fn at(text: &str) -> Moment {
    let text = if text.len() == 16 {
        format!("{text}:00+08:00")
    } else {
        text.to_owned()
    };
    text.parse().unwrap()
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(crate) fn shipped() -> Tariffs {
    tariff::shipped("jiangsu", "demo").unwrap()
}

pub(crate) fn span(from: &str, to: &str, amount: Option<&str>) -> Span {
    Span {
        from: at(from),
        to: at(to),
        amount: amount.map(|amount| Exact::decimal(amount).unwrap()),
        flag: None,
    }
}

/// What one meter used that stood all month and is read every quarter hour.
pub(crate) fn curve(of: Month, spans: &[Span], tariffs: &Tariffs) -> Curve {
    stood(of, spans, ("2019-01-01T00:00", None), tariffs)
}

/// The same of a meter that stood from one instant to another.
pub(crate) fn stood(
    of: Month,
    spans: &[Span],
    (from, to): (&str, Option<&str>),
    tariffs: &Tariffs,
) -> Curve {
    let term = Term {
        validity: Validity::new(at(from), to.map(at)).unwrap(),
        interval_ms: QUARTER_S * 1000,
    };
    let expectation = Expectation::of(vec![term]).unwrap();
    let terms = (&expectation, of.period().to());
    Curve::of(of, spans, terms, |moment| tariffs.slot_at(moment))
}

pub(crate) fn timed(of: &str, spans: &[Span]) -> TimeOfUse {
    let tariffs = shipped();
    TimeOfUse::of(&curve(month(of), spans, &tariffs), &tariffs)
}

/// Slot, used, of that split; slots of which nothing is known left out.
pub(crate) fn told(of: &TimeOfUse) -> Vec<(&'static str, String, String)> {
    let known = of.slots.iter().filter(|(_, one)| one.known_ms > 0);
    known
        .map(|(slot, one)| {
            let slot = slot.map_or("-", Slot::as_str);
            (slot, one.used.rounded(4), one.split.rounded(4))
        })
        .collect()
}

pub(crate) fn rounded(number: Option<&Exact>) -> Option<String> {
    number.map(|number| number.rounded(4))
}

/// Quarter hours from `from` on, each of so many kWh.
pub(crate) fn quarters(from: &str, amounts: &[&str]) -> Vec<Span> {
    let mut begin = at(from);
    let mut spans = Vec::new();
    for amount in amounts {
        let end = begin.plus_ms(QUARTER_S * 1000);
        spans.push(Span {
            from: begin,
            to: end,
            amount: Some(Exact::decimal(amount).unwrap()),
            flag: None,
        });
        begin = end;
    }
    spans
}

#[test]
fn a_quarter_hour_has_the_slot_of_its_month_day_and_plan() {
    let tariffs = shipped();
    let rows = [
        // The plan until 2025-05: valley 0-8, peak 8-11 and 17-22, else flat.
        ("2025-05-31T00:00", Some(Slot::Valley)),
        ("2025-05-31T07:59:59.999+08:00", Some(Slot::Valley)),
        ("2025-05-31T08:00", Some(Slot::Peak)),
        ("2025-05-31T10:59", Some(Slot::Peak)),
        ("2025-05-31T11:00", Some(Slot::Flat)),
        ("2025-05-31T16:59", Some(Slot::Flat)),
        ("2025-05-31T17:00", Some(Slot::Peak)),
        ("2025-05-31T21:59", Some(Slot::Peak)),
        ("2025-05-31T22:00", Some(Slot::Flat)),
        ("2025-05-31T23:59:59.999+08:00", Some(Slot::Flat)),
        // The next day another plan holds, and it is summer: peak 14-22, valley 0-6 and 11-13.
        ("2025-06-01T00:00", Some(Slot::Valley)),
        ("2025-06-01T06:00", Some(Slot::Flat)),
        ("2025-06-01T08:00", Some(Slot::Flat)),
        ("2025-06-01T11:00", Some(Slot::Valley)),
        ("2025-06-01T13:00", Some(Slot::Flat)),
        ("2025-06-01T14:00", Some(Slot::Peak)),
        ("2025-06-01T22:00", Some(Slot::Flat)),
        // From August to September: autumn has peak 15-22, valley 2-6 and 10-14.
        ("2025-08-31T14:30", Some(Slot::Peak)),
        ("2025-09-01T14:30", Some(Slot::Flat)),
        ("2025-09-01T00:30", Some(Slot::Flat)),
        ("2025-09-01T02:00", Some(Slot::Valley)),
        ("2025-09-01T10:00", Some(Slot::Valley)),
        ("2025-09-01T15:00", Some(Slot::Peak)),
        // 29 February, and New Year at UTC+8 while UTC is still in the old year.
        ("2024-02-29T09:00", Some(Slot::Peak)),
        ("2024-02-29T23:00", Some(Slot::Flat)),
        ("2025-12-31T23:59", Some(Slot::Flat)),
        ("2025-12-31T16:00:00Z", Some(Slot::Valley)),
        ("2026-01-01T06:00", Some(Slot::Flat)),
        // A year without holidays is no matter to a plan that asks for none.
        ("2031-07-01T15:00", Some(Slot::Peak)),
        // Before any plan.
        ("2019-12-31T23:59", None),
    ];
    for (moment, slot) in rows {
        assert_eq!(tariffs.slot_at(at(moment)), slot, "{moment}");
    }
}

/// Working days in quarter hours, weekends flat, holidays valley, and a deep valley at noon of 春节.
fn by_kind() -> String {
    let working: String = (0..96)
        .map(|number| if number % 2 == 0 { '2' } else { '3' })
        .collect();
    let entry = |kinds: &str, more: &str, slots: &str| {
        format!(
            "[[plan.day]]\nmonths = [1,2,3,4,5,6,7,8,9,10,11,12]\nkinds = [{kinds}]\n{more}slots = \"{slots}\"\n"
        )
    };
    [
        "[[plan]]\nid = \"k\"\nfrom = \"2020-01-01\"\nnight = [0, 8]\nsource = \"s\"\n".to_owned(),
        entry("\"working\"", "", &working),
        entry("\"weekend\"", "", &"1".repeat(24)),
        entry("\"holiday\"", "", &"0".repeat(48)),
        entry(
            "\"holiday\"",
            "holidays = [\"春节\"]\n",
            "000000000000444000000000",
        ),
    ]
    .concat()
}

#[test]
fn a_plan_by_kind_of_day_follows_the_holidays_and_knows_nothing_without_them() {
    let text = by_kind();
    let holidays = Holidays::shipped().unwrap();
    let tariffs = tariff::read((&[("k.toml", &text)], &[]), ("k", ""), holidays).unwrap();
    for (moment, slot) in [
        // A working day, quarter hour by quarter hour.
        ("2026-03-02T00:00", Some(Slot::Peak)),
        ("2026-03-02T00:15", Some(Slot::Sharp)),
        ("2026-03-02T00:29:59.999+08:00", Some(Slot::Sharp)),
        ("2026-03-02T00:30", Some(Slot::Peak)),
        // A Saturday, and one that is worked.
        ("2026-03-07T00:15", Some(Slot::Flat)),
        ("2026-02-28T00:15", Some(Slot::Sharp)),
        ("2026-10-01T12:30", Some(Slot::Valley)),
        ("2026-02-17T11:59", Some(Slot::Valley)),
        ("2026-02-17T12:00", Some(Slot::DeepValley)),
        ("2026-02-17T14:59", Some(Slot::DeepValley)),
        ("2026-02-17T15:00", Some(Slot::Valley)),
        ("2027-03-02T00:00", None),
    ] {
        assert_eq!(tariffs.slot_at(at(moment)), slot, "{moment}");
    }
}

#[test]
fn a_delta_over_a_border_is_split_by_time_and_marked() {
    type Row<'a> = (&'a str, Span, &'a [(&'a str, &'a str, &'a str)]);
    #[rustfmt::skip]
    let rows: &[Row<'_>] = &[
        // Inside one slot: nothing is estimated, to the border neither.
        ("2025-03", span("2025-03-03T08:00", "2025-03-03T08:15", Some("5")), &[("peak", "5.0000", "0.0000")]),
        ("2025-03", span("2025-03-03T10:45", "2025-03-03T11:00", Some("5")), &[("peak", "5.0000", "0.0000")]),
        // 7.5 of 15 minutes each side of 11:00.
        ("2025-03", span("2025-03-03T10:52:30+08:00", "2025-03-03T11:07:30+08:00", Some("3")),
            &[("peak", "1.5000", "1.5000"), ("flat", "1.5000", "1.5000")]),
        // An outage of an hour over 11:00, a third of it before: 12 x 20/60 = 4, 12 x 40/60 = 8.
        ("2025-03", span("2025-03-03T10:40", "2025-03-03T11:40", Some("12")),
            &[("peak", "4.0000", "4.0000"), ("flat", "8.0000", "8.0000")]),
        // A day, of 24 h: 8 valley, 8 peak, 8 flat.
        ("2025-03", span("2025-03-03T12:00", "2025-03-04T12:00", Some("24")),
            &[("peak", "8.0000", "8.0000"), ("flat", "8.0000", "8.0000"), ("valley", "8.0000", "8.0000")]),
        // Over New Year, 8 kWh in 4 hours: 2 of them in each year, 22-24 flat, 0-6 valley.
        ("2025-12", span("2025-12-31T22:00", "2026-01-01T02:00", Some("8")), &[("flat", "4.0000", "4.0000")]),
        ("2026-01", span("2025-12-31T22:00", "2026-01-01T02:00", Some("8")), &[("valley", "4.0000", "4.0000")]),
        // Over the end of February, in a leap year and in another: 22-24 flat, 0-8 valley. 6 kWh in 6 hours.
        ("2024-02", span("2024-02-29T22:00", "2024-03-01T04:00", Some("6")), &[("flat", "2.0000", "2.0000")]),
        ("2024-03", span("2024-02-29T22:00", "2024-03-01T04:00", Some("6")), &[("valley", "4.0000", "4.0000")]),
        ("2025-02", span("2025-02-28T22:00", "2025-03-01T04:00", Some("6")), &[("flat", "2.0000", "2.0000")]),
        // Over the change of plan at the end of May: 24 kWh in 24 hours. 10 hours of May: 14-17 flat, 17-22
        // peak, 22-24 flat; 14 of June: 0-6 valley, 6-11 flat, 11-13 valley, 13-14 flat.
        ("2025-05", span("2025-05-31T14:00", "2025-06-01T14:00", Some("24")),
            &[("peak", "5.0000", "5.0000"), ("flat", "5.0000", "5.0000")]),
        ("2025-06", span("2025-05-31T14:00", "2025-06-01T14:00", Some("24")),
            &[("flat", "6.0000", "6.0000"), ("valley", "8.0000", "8.0000")]),
        // Time is known, and of an unknown amount none is.
        ("2025-03", span("2025-03-03T08:00", "2025-03-03T12:00", None), &[]),
        // Another month.
        ("2025-04", span("2025-03-03T08:00", "2025-03-03T12:00", Some("1")), &[]),
    ];
    for (of, span, expected) in rows {
        let expected: Vec<_> = expected
            .iter()
            .map(|(slot, used, split)| (*slot, (*used).to_owned(), (*split).to_owned()))
            .collect();
        assert_eq!(
            told(&timed(of, std::slice::from_ref(span))),
            expected,
            "{of} {span:?}"
        );
    }
}

/// The opening of a plan.
const PLAN: &str = "[[plan]]\nid = \"p\"\nfrom = \"2020-01-01\"\nnight = [22, 6]\nsource = \"s\"\n";
/// Every month, and every kind of day.
const ALWAYS: (&str, &str) = (
    "1,2,3,4,5,6,7,8,9,10,11,12",
    "\"working\",\"weekend\",\"holiday\"",
);

fn day(months: &str, kinds: &str, slots: &str) -> String {
    format!("[[plan.day]]\nmonths = [{months}]\nkinds = [{kinds}]\nslots = \"{slots}\"\n")
}

fn flat_plan() -> String {
    format!("{PLAN}{}", day(ALWAYS.0, ALWAYS.1, &"1".repeat(24)))
}

fn price(more: &str) -> String {
    format!("[[price]]\nid = \"q\"\nfrom = \"2025-01\"\nsource = \"s\"\n{more}\n")
}

fn refused(plan: &str, price: &str) -> String {
    let files = (&[("p.toml", plan)][..], &[("q.toml", price)][..]);
    let read = tariff::read(files, ("p", ""), Holidays::default());
    read.map(|_| ()).unwrap_err().to_string()
}

#[test]
fn plans_that_cannot_be_are_refused_by_name() {
    let ((year, all), flat, good) = (ALWAYS, "1".repeat(24), flat_plan());
    for (plan, words) in [
        (
            format!("{PLAN}{}", day(year, all, &"1".repeat(23))),
            "not 24, 48 or 96",
        ),
        (
            format!("{PLAN}{}", day(year, all, &"5".repeat(24))),
            "digits 0 to 4",
        ),
        (
            format!("{PLAN}{}", day("1,2,3,4,5,6,7,8,9,10,11", all, &flat)),
            "month 12, working stands 0 times",
        ),
        (
            format!("{PLAN}{}", day(year, "\"working\",\"weekend\"", &flat)),
            "month 1, holiday stands 0 times",
        ),
        (
            format!("{good}{}", day("7", "\"weekend\"", &flat)),
            "month 7, weekend stands 2 times",
        ),
        (format!("{PLAN}{}", day("0,13", all, &flat)), "1 to 12"),
        (good.replace("[22, 6]", "[22, 24]"), "night"),
        (good.replace("source = \"s\"", "source = \" \""), "source"),
        (good.replace("2020-01-01", "2020-02-30"), "2020-02-30"),
        (
            good.replace("night", "to = \"2019-01-01\"\nnight"),
            "ends before",
        ),
        (format!("{good}{good}"), "two plans hold"),
        (good.replace("\"p\"", "\"other\""), "none called `p`"),
        (
            good.replace("slots", "holidays = [\"春节\"]\nslots"),
            "of kind holiday alone",
        ),
        ("[[plan]]\nwrong = 1\n".to_owned(), "wrong"),
    ] {
        let told = refused(&plan, &price("peak = \"1.02\""));
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn prices_that_cannot_be_are_refused_by_name() {
    let good = flat_plan();
    let price_file = price("peak = \"1.02\"");
    let files = (
        &[("p.toml", good.as_str())][..],
        &[("q.toml", price_file.as_str())][..],
    );
    assert!(tariff::read(files, ("p", ""), Holidays::default()).is_ok());
    for (prices, words) in [
        // 分, 元/MWh, a comma.
        (price("peak = \"102\""), "102 cannot be"),
        (price("peak = \"0.001\""), "0.001 cannot be"),
        (price("peak = \"1,02\""), "1,02"),
        (price("from_ = \"x\""), "from_"),
        (price("to = \"2024-01\""), "ends before"),
        (format!("{}{}", price(""), price("")), "two prices hold"),
    ] {
        let told = refused(&good, &prices);
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(tariff::shipped("jiangsu", "nobody").is_err());
    assert_eq!(
        tariff::shipped("", "")
            .unwrap()
            .slot_at(at("2025-01-01T00:00")),
        None
    );
}

/// Monthly prices follow each other.
#[test]
fn a_price_holds_for_its_months() {
    let text = "[[price]]\nid = \"q\"\nfrom = \"2025-12\"\nto = \"2026-01\"\npeak = \"1.02\"\nsource = \"s\"\n\
                [[price]]\nid = \"q\"\nfrom = \"2026-01\"\nto = \"2026-02\"\npeak = \"1.05\"\nsource = \"s\"\n";
    let tariffs = tariff::read((&[], &[("q.toml", text)]), ("", "q"), Holidays::default()).unwrap();
    for (of, expected) in [
        ("2025-11", None),
        ("2025-12", Some("1.02")),
        ("2026-01", Some("1.05")),
        ("2026-02", None),
    ] {
        let price = tariffs.price(month(of));
        let peak = price.map(|price| price.by_slot[&Slot::Peak].1.as_str());
        assert_eq!(peak, expected, "{of}");
    }
}

proptest! {
    /// Minute by minute, slot by slot: what is cut quarter hour by quarter hour is what a minute's even
    /// share adds up to, over a month's end and in sum with nothing lost.
    #[test]
    fn slots_are_the_plain_sum_of_minutes(
        start in 0_i64..4_000,
        steps in prop::collection::vec((1_i64..900, 0_i64..100_000, prop::bool::weighted(0.9)), 1..12),
    ) {
        let tariffs = shipped();
        let mut begin = at("2025-12-30T00:00").plus_ms(start * MINUTE_MS);
        let mut spans = Vec::new();
        let mut minutes: BTreeMap<(Month, Slot), Exact> = BTreeMap::new();
        let mut whole = Exact::zero();
        for (length, amount, is_known) in steps {
            let end = begin.plus_ms(length * MINUTE_MS);
            let amount = Exact::whole(amount).share(1, 1000);
            for minute in 0..length {
                let moment = begin.plus_ms(minute * MINUTE_MS);
                let place = (Month::of(moment), tariffs.slot_at(moment).unwrap());
                if is_known {
                    *minutes.entry(place).or_insert_with(Exact::zero) += &amount.share(1, length);
                }
            }
            if is_known {
                whole += &amount;
            }
            spans.push(Span { from: begin, to: end, amount: is_known.then_some(amount), flag: None });
            begin = end;
        }
        let mut found = Exact::zero();
        for of in ["2025-12", "2026-01"].map(month) {
            let timed = TimeOfUse::of(&curve(of, &spans, &tariffs), &tariffs);
            for (slot, one) in &timed.slots {
                let expected = minutes.get(&(of, slot.unwrap())).cloned();
                prop_assert_eq!(&one.used, &expected.unwrap_or_else(Exact::zero));
                prop_assert!(one.split <= one.used);
                prop_assert!(one.known_ms <= one.possible_ms);
            }
            prop_assert!(timed.load_factor().is_none_or(|one| one.is_positive() || timed.used().is_zero()));
            found += &timed.used();
        }
        prop_assert_eq!(found, whole);
    }

    /// In which order spans come and how meters are added makes no difference.
    #[test]
    fn meters_add_up_in_any_order(amounts in prop::collection::vec(0_u32..1_000, 3..40)) {
        let tariffs = shipped();
        let of = month("2024-02");
        let texts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let spans = quarters("2024-02-29T20:00", &texts);
        let mut backwards = spans.clone();
        backwards.reverse();
        let (one, other) = spans.split_at(spans.len() / 2);
        let (one, other) = (curve(of, one, &tariffs), curve(of, other, &tariffs));
        let (mut there, mut back) = (one.clone(), other.clone());
        there.add(&other);
        back.add(&one);
        prop_assert_eq!(&there, &back);
        prop_assert_eq!(curve(of, &spans, &tariffs), curve(of, &backwards, &tariffs));
        let mut nothing = there.clone();
        nothing.take_away(&there);
        prop_assert!(TimeOfUse::of(&nothing, &tariffs).used().is_zero());
    }
}
