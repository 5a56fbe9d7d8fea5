//! Exact numbers of a machine word against rationals of any size: whatever is added, multiplied,
//! shared or compared, at the borders of the word too, comes to the same.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use parkpulse::units::Exact;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Small ones, ordinary ones, and those at which a word or a product of two ends.
fn any_part() -> impl Strategy<Value = i64> {
    let near = |centre: i64| (-2_i64..3).prop_map(move |by| centre.saturating_add(by));
    prop_oneof![
        3 => -20_i64..20,
        3 => -1_000_000_i64..1_000_000,
        1 => near(i64::MIN),
        1 => near(i64::MAX),
        1 => near(1 << 32),
        1 => near(-(1 << 31)),
        2 => any::<i64>(),
    ]
}

/// A number and the same as a rational; a third of them are beyond a word.
fn any_number() -> impl Strategy<Value = (Exact, BigRational)> {
    (
        any_part(),
        any_part(),
        proptest::option::weighted(0.3, any_part()),
    )
        .prop_filter_map("over nothing", |(numerator, denominator, times)| {
            let times = BigInt::from(times.unwrap_or(1)) * BigInt::from(times.unwrap_or(1));
            let numerator = BigInt::from(numerator) * times;
            let exact = Exact::ratio(numerator.clone(), denominator.into())?;
            Some((exact, BigRational::new(numerator, denominator.into())))
        })
}

/// Whether `exact` is `rational`, however it was made.
fn is(exact: &Exact, rational: &BigRational) -> bool {
    let (numerator, denominator) = (rational.numer().clone(), rational.denom().clone());
    let same = Exact::ratio(numerator.clone(), denominator.clone()).unwrap();
    let words = i64::try_from(&numerator)
        .ok()
        .zip(i64::try_from(&denominator).ok());
    exact.parts() == (numerator, denominator) && *exact == same && exact.words() == words
}

fn rounded(rational: &BigRational, places: usize) -> BigRational {
    let tens = BigRational::from_integer((0..places).fold(1.into(), |tens, _| tens * 10));
    let half = BigRational::new(1.into(), 2.into());
    let size = (rational.abs() * &tens + half).floor() / tens;
    if rational.is_negative() { -size } else { size }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_word_and_any_size_come_to_the_same((a, x) in any_number(), (b, y) in any_number()) {
        prop_assert!(is(&a, &x));
        prop_assert!(is(&(&a + &b), &(&x + &y)));
        prop_assert!(is(&(&a - &b), &(&x - &y)));
        prop_assert!(is(&(&a * &b), &(&x * &y)));
        let mut sum = a.clone();
        sum += &b;
        prop_assert!(is(&sum, &(&x + &y)));
        match a.over(&b) {
            Some(quotient) => prop_assert!(is(&quotient, &(&x / &y))),
            None => prop_assert!(y.is_zero()),
        }
        prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        prop_assert_eq!(a == b, x == y);
        prop_assert_eq!(a.is_within(&b), !x.is_negative() && x <= y);
        prop_assert_eq!(
            (a.is_zero(), a.is_negative(), a.is_positive()),
            (x.is_zero(), x.is_negative(), x.is_positive())
        );
        prop_assert_eq!(a.as_whole(), x.is_integer().then(|| i64::try_from(x.numer()).ok()).flatten());
        for places in [0, 4, 25] {
            let written = a.rounded(places);
            prop_assert!(is(&a.rounded_to(places), &rounded(&x, places)));
            prop_assert!(is(&Exact::decimal(&written).unwrap(), &rounded(&x, places)));
            let fraction = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(fraction, places);
            prop_assert!(!(a.rounded_to(places).is_zero() && written.starts_with('-')));
        }
    }

    #[test]
    fn a_share_is_a_product((a, x) in any_number(), part in any_part(), whole in any_part()) {
        let share = a.share(part, whole);
        if part == whole {
            prop_assert!(is(&share, &x));
        } else if whole == 0 {
            prop_assert!(share.is_zero());
        } else {
            prop_assert!(is(&share, &(&x * BigRational::new(part.into(), whole.into()))));
        }
        if let Some(ratio) = Exact::ratio_of_words(part, whole) {
            prop_assert!(is(&ratio, &BigRational::new(part.into(), whole.into())));
        } else {
            prop_assert_eq!(whole, 0);
        }
    }

    /// By the digits that the standard library prints: the shortest that read back.
    #[test]
    fn a_double_is_its_shortest_decimal(
        number in prop_oneof![
            any::<f64>(),
            (any_part(), 0_i32..9).prop_map(|(mantissa, places)| {
                format!("{mantissa}e-{places}").parse().unwrap()
            }),
        ],
    ) {
        let by_digits = Exact::decimal(&format!("{number:e}")).ok();
        prop_assert_eq!(Exact::shortest(number).ok(), by_digits);
    }

    /// Few digits and many, with a sign and without, with zeros before and behind.
    #[test]
    fn a_text_is_the_number_that_it_writes(
        sign in prop_oneof![Just(""), Just("-"), Just("+")],
        whole in "[0-9]{1,22}",
        fraction in "[0-9]{0,22}",
    ) {
        let point = if fraction.is_empty() { "" } else { "." };
        let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
        let digits = if sign == "-" { -digits } else { digits };
        let tens: BigInt = fraction.bytes().fold(1.into(), |tens: BigInt, _| tens * 10);
        let read = Exact::decimal(&format!("{sign}{whole}{point}{fraction}")).unwrap();
        prop_assert!(is(&read, &BigRational::new(digits, tens)));
    }

    #[test]
    fn a_decimal_is_itself(mantissa in any::<i128>(), scale in 0_u32..29) {
        let mantissa = mantissa >> 32;
        let decimal = Decimal::from_i128_with_scale(mantissa, scale);
        let tens: BigInt = (0..scale).fold(1.into(), |tens: BigInt, _| tens * 10);
        prop_assert!(is(&Exact::from(decimal), &BigRational::new(mantissa.into(), tens)));
    }
}

#[test]
fn the_ends_of_a_word_are_crossed_and_come_back() {
    let (most, least) = (Exact::whole(i64::MAX), Exact::whole(i64::MIN));
    let one = Exact::whole(1);
    let beyond = &most + &one;
    assert_eq!((most.words(), beyond.words()), (Some((i64::MAX, 1)), None));
    assert_eq!(&beyond - &one, most);
    assert_eq!((&beyond - &one).words(), most.words());
    assert_eq!(beyond.cmp(&most), Ordering::Greater);
    assert_eq!(&Exact::zero() - &least, beyond);
    assert_eq!(&beyond * &Exact::whole(-1), least);
    assert_eq!(Exact::ratio_of_words(1, i64::MIN).unwrap().words(), None);
    assert_eq!(Exact::ratio_of_words(i64::MIN, i64::MIN), Some(one));
    assert_eq!(Exact::shortest(-0.0), Ok(Exact::zero()));
    for wrong in [
        "", "-", ".", "1.", ".5", "-.5", "--1", "1.2.3", "1 ", "1,5", "0x1", "１", "1-",
    ] {
        assert!(Exact::decimal(wrong).is_err(), "{wrong}");
    }
}
