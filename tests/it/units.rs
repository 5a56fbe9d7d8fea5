//! Exact numbers, quantities, names and ids, flags: what they hold, refuse and print.

use parkpulse::calendar::Moment;
use parkpulse::indicator::{self, IndicatorNo};
use parkpulse::park::{EnterpriseCode, Extent, GatewayNo, MeterId, MeterNo, Name};
use parkpulse::reading::{Code, Flags, Purpose, Quality, Reading, SetAside, Taken, Value};
use parkpulse::units::{Exact, Kwh, Mu};
use rust_decimal::Decimal;

fn exact(text: &str) -> Exact {
    Exact::decimal(text).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn every_digit_is_read_and_nothing_else() {
    for (text, places, written) in [
        ("12.5", 2, "12.50"),
        ("+0.5e1", 0, "5"),
        ("-1.25E-2", 4, "-0.0125"),
        ("1e3", 0, "1000"),
        (
            "123456789012345678901234567890.1",
            1,
            "123456789012345678901234567890.1",
        ),
    ] {
        assert_eq!(exact(text).rounded(places), written, "{text}");
    }
    assert!(Exact::decimal("1e400").is_ok());
    let too_long = "1".repeat(401);
    for text in [
        "", ".", "5.", ".5", "-", "1e", "1e+", "1_0", "１", "1e401", "1e-401", "0x1", " 1",
        &too_long,
    ] {
        assert!(Exact::decimal(text).is_err(), "{text}");
    }
    for (number, written) in [
        (0.1, "0.1000"),
        (-0.0, "0.0000"),
        (1e21, "1000000000000000000000.0000"),
    ] {
        assert_eq!(Exact::shortest(number).unwrap().rounded(4), written);
    }
    assert!(Exact::shortest(f64::NAN).is_err());
    assert!(Exact::shortest(f64::INFINITY).is_err());
}

#[test]
fn halves_are_rounded_away_from_zero_and_nothing_has_no_sign() {
    for (text, written) in [
        ("0.00005", "0.0001"),
        ("-0.00005", "-0.0001"),
        ("0.000049", "0.0000"),
        ("-0.000049", "0.0000"),
        ("2.99995", "3.0000"),
        ("-12", "-12.0000"),
    ] {
        assert_eq!(exact(text).rounded(4), written, "{text}");
        assert_eq!(exact(text).rounded_to(4), exact(written), "{text}");
    }
    assert_eq!(exact("0.5").rounded(0), "1");
}

#[test]
fn limits_belong_to_what_lies_within_and_nothing_is_over_nothing() {
    let limit = exact("10");
    for (text, within) in [("-0.1", false), ("0", true), ("10", true), ("10.1", false)] {
        assert_eq!(exact(text).is_within(&limit), within, "{text}");
    }
    assert_eq!(exact("1").over(&Exact::zero()), None);
    assert_eq!(exact("1").over(&exact("8")), Some(exact("0.125")));
    assert_eq!(exact("6").share(1, 3), exact("2"));
    assert_eq!(exact("6").share(1, 0), Exact::zero());
    assert_eq!(exact("2.0").as_whole(), Some(2));
    assert_eq!(exact("2.5").as_whole(), None);
}

#[test]
fn quantities_are_never_negative_and_land_is_exact() {
    assert!(Mu::new(decimal("-0.1")).is_err());
    assert!(Kwh::new(decimal("-1")).is_err());
    assert_eq!(Mu::new(decimal("-0")).unwrap(), Mu::ZERO);
    let mu = |m2| Mu::from_square_metres(decimal(m2)).unwrap();
    assert_eq!(mu("10000").get(), decimal("15"));
    assert_eq!(mu("666.67").get(), decimal("1.000005"));
    assert!(Mu::from_square_metres(decimal("-1")).is_err());
    let energy = Kwh::new(decimal("300")).unwrap();
    let per_mu = energy.per(mu("10000")).unwrap();
    assert_eq!(per_mu.to_string(), "20 kWh/亩");
    assert_eq!(energy.per(Mu::ZERO), None);
    assert!(Extent::floor(decimal("100"), decimal("0")).is_err());
    assert!(Extent::floor(decimal("100"), decimal("-1")).is_err());
    assert!(Extent::floor(decimal("-1"), decimal("1")).is_err());
    assert!(Extent::ground(decimal("-1")).is_err());
    assert!(Extent::ground(decimal("0")).is_ok());
}

#[test]
fn ids_and_names_have_their_longest_and_their_forbidden_characters() {
    assert!("a".repeat(64).parse::<MeterId>().is_ok());
    for text in ["", "-a", ".a", "a b", "a/b", "a+", "表", &"a".repeat(65)] {
        assert!(text.parse::<MeterId>().is_err(), "{text}");
    }
    // GB 32100: made up, with the check character that belongs to it.
    let body = "91320583MA1TEX001";
    let right = EnterpriseCode::check_character(body).unwrap();
    for last in "0123456789ABCDEFGHJKLMNPQRTUWXYI".chars() {
        let read = format!("{body}{last}").parse::<EnterpriseCode>();
        assert_eq!(read.is_ok(), last == right, "{last}");
    }
    assert!(format!("{body}{right}0").parse::<EnterpriseCode>().is_err());
    let longest = "园".repeat(Name::LENGTH_MAX);
    assert!(longest.parse::<Name>().is_ok());
    assert!(format!("{longest}区").parse::<Name>().is_err());
    for text in [
        "",
        "  ",
        "a\u{0}b",
        "a\u{202e}b",
        "a\u{feff}b",
        "a\u{2066}b",
        "a\nb",
        "a\u{200f}b",
    ] {
        assert!(text.parse::<Name>().is_err(), "{text:?}");
    }
    assert_eq!(" e\u{301}𠮷 ".parse::<Name>().unwrap().as_str(), "é𠮷");
}

#[test]
fn flags_are_six_and_each_is_told_by_its_name() {
    assert_eq!(Flags::from_bits(u8::MAX).bits(), 63);
    let both = Flags::LATE.with(Flags::MANUAL);
    assert!(both.has(Flags::LATE) && both.has(Flags::MANUAL) && both.has(both));
    assert!(!Flags::LATE.has(both) && !both.has(Flags::CLOCK_SKEW));
    assert_eq!(both.names().collect::<Vec<_>>(), ["late", "manual"]);
    let all: Vec<_> = Flags::from_bits(63).names().collect();
    assert_eq!(
        all,
        [
            "late",
            "clock_skew",
            "leap_second",
            "manual",
            "time_shifted",
            "meter_mapped"
        ]
    );
}

#[test]
fn what_came_is_what_was_kept_set_aside_and_refused() {
    let at = Moment::from_unix_ms(0);
    let value = Value {
        indicator: IndicatorNo::new(1),
        number: 1.0,
    };
    let part = |index, values| SetAside {
        code: Code::BadNumber,
        detail: String::new(),
        index,
        values,
        raw: Vec::new(),
    };
    let mut taken = Taken {
        gateway: GatewayNo::new(1),
        epoch: None,
        seq: None,
        received_at: at,
        purpose: Purpose::Ledger,
        readings: vec![Reading {
            meter: MeterNo::new(1),
            at,
            values: vec![value; 3],
            quality: Quality::Good,
            flags: Flags::default(),
        }],
        set_aside: vec![part(Some(0), 2), part(Some(1), 5)],
        refused: 11,
        unpromised: false,
    };
    let counts = (
        taken.values_kept(),
        taken.values_set_aside(),
        taken.values_received(),
    );
    assert_eq!(counts, (3, 7, 21));
    assert_eq!(taken.unreadable(), None);
    taken.set_aside.push(part(None, 1));
    assert_eq!(taken.unreadable(), Some(&part(None, 1)));
}

#[test]
fn a_code_and_a_number_are_one_indicators_and_limits_belong_to_it() {
    let mut catalogue = indicator::built_in().unwrap();
    let known = catalogue.find("oxygen_vol").unwrap().clone();
    for (value, plausible) in [
        (known.limit_lower, true),
        (known.limit_upper, true),
        (known.limit_lower - 0.001, false),
        (known.limit_upper + 0.001, false),
        (f64::NAN, false),
    ] {
        assert_eq!(known.is_plausible(value), plausible, "{value}");
    }
    let of_its_number = indicator::Indicator {
        code: "another".into(),
        ..known.clone()
    };
    assert!(!catalogue.add(of_its_number));
    let of_its_code = indicator::Indicator {
        number: IndicatorNo::new(60_000),
        ..known.clone()
    };
    assert!(!catalogue.add(of_its_code));
    let numbered = catalogue.numbered(known.number).unwrap();
    assert_eq!(numbered.code, known.code);
    assert!(catalogue.find("another").is_none());
}
