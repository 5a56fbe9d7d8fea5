//! Classes, palettes and figures of maps: the vectors, the rules at their edges, and properties
//! that hold for any values.

use parkpulse::heatmap::{
    CONTRAST_MIN, Class, ClassCount, Classes, FixedBreaks, Grade, Method, Palette, Rgb, Rounding,
    brief, printed,
};
use parkpulse::units::convert::len_as_f64;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

fn count(classes: usize) -> ClassCount {
    ClassCount::new(classes).unwrap()
}

fn decimals(text: &str) -> Vec<Decimal> {
    text.split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect()
}

fn vector(key: &str) -> Vec<Decimal> {
    let vectors: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let list = vectors["classes"][key].as_array().unwrap().clone();
    list.iter()
        .map(|number| number.to_string().parse().unwrap())
        .collect()
}

fn classes(values: &[Decimal], method: &Method) -> Classes {
    Classes::of(values, method, Rounding::Exact).unwrap()
}

/// How many values are in each class, negative ones first.
fn counts(values: &[Decimal], classes: &Classes) -> (usize, Vec<usize>) {
    let mut negative = 0;
    let mut counts = vec![0; classes.len()];
    for value in values {
        match classes.class_of(*value) {
            Class::Negative => negative += 1,
            Class::Number(class) => counts[class] += 1,
        }
    }
    (negative, counts)
}

#[test]
fn breaks_equal_the_vectors() {
    let data = vector("data");
    let cases = [
        (Method::Equal(count(5)), "equal_interval_5"),
        (Method::Quantile(count(5)), "quantile_5_type7"),
        (Method::Jenks(count(5)), "jenks_5_upper_bounds_with_min"),
    ];
    for (method, key) in cases {
        assert_eq!(classes(&data, &method).breaks(), vector(key), "{key}");
    }
    let vectors: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let expected = vectors["classes"]["goodness_of_variance_fit"]
        .as_f64()
        .unwrap();
    let goodness = classes(&data, &Method::Jenks(count(5))).goodness().unwrap();
    assert!((goodness - expected).abs() < 5e-7, "{goodness}");
}

/// Values, method, breaks, values in each class.
const EDGES: &[(&str, &str, &str, &str, &[usize])] = &[
    (
        "a value at a break is above it",
        "quantile 4",
        "0 1 2 3 4",
        "0 1 2 3 4",
        &[1, 1, 1, 2],
    ),
    (
        "equal: the same",
        "equal 4",
        "0 1 2 3 4",
        "0 1 2 3 4",
        &[1, 1, 1, 2],
    ),
    (
        "jenks: a value at a break is below it",
        "jenks 2",
        "0 1 2 10 11",
        "0 2 11",
        &[3, 2],
    ),
    (
        "jenks: of two equal splits the later class is the larger",
        "jenks 2",
        "1 1 2 2 3 3",
        "1 1 3",
        &[2, 4],
    ),
    (
        "all alike: one class",
        "quantile 5",
        "7 7 7 7 7",
        "7 7",
        &[5],
    ),
    (
        "all alike: one natural class",
        "jenks 5",
        "7 7 7 7 7",
        "7 7",
        &[5],
    ),
    (
        "all alike: one equal class",
        "equal 5",
        "0 0 0 0 0",
        "0 0",
        &[5],
    ),
    (
        "fewer values than classes",
        "jenks 5",
        "1 1 1 2 2",
        "1 1 2",
        &[3, 2],
    ),
    (
        "many zeros are one class",
        "quantile 5",
        "0 0 0 0 0 0 4 9",
        "0 2.4 9",
        &[6, 2],
    ),
    (
        "many at the top are one class",
        "quantile 5",
        "1 2 9 9 9 9 9",
        "1 3.4 9 9",
        &[2, 0, 5],
    ),
    (
        "an empty class stays",
        "equal 3",
        "0 1 1 1 9",
        "0 3 6 9",
        &[4, 0, 1],
    ),
    (
        "fixed: beyond the breaks is in the outer classes",
        "fixed 1,2,3",
        "0 1 2 3 99",
        "1 2 3",
        &[2, 3],
    ),
    (
        "thirds are exact",
        "equal 3",
        "1 1 1 1 2",
        "1 1.3333333333333333333333333333 1.6666666666666666666666666667 2",
        &[4, 0, 1],
    ),
];

fn method(text: &str) -> Method {
    let (word, rest) = text.split_once(' ').unwrap();
    if word == "fixed" {
        return Method::named(word, ClassCount::FIVE, Some(rest.parse().unwrap())).unwrap();
    }
    Method::named(word, count(rest.parse().unwrap()), None).unwrap()
}

#[test]
fn edges_are_on_the_side_of_the_rule() {
    for (name, how, values, breaks, expected) in EDGES {
        let values = decimals(values);
        let found = classes(&values, &method(how));
        assert_eq!(found.breaks(), decimals(breaks), "{name}");
        assert_eq!(counts(&values, &found), (0, expected.to_vec()), "{name}");
    }
}

#[test]
fn negative_values_are_a_class_of_their_own() {
    let values = decimals("-5 -1 0 1 2 3 4");
    let quantiles = classes(&values, &Method::Quantile(count(2)));
    assert_eq!(quantiles.breaks(), decimals("0 2 4"));
    assert_eq!(counts(&values, &quantiles), (2, vec![2, 3]));
    let differences = classes(&values, &method("fixed -10,-2,2,10"));
    assert_eq!(counts(&values, &differences), (0, vec![1, 3, 3]));
    let all = decimals("-5 -4 -3 -2 -1");
    assert_eq!(
        counts(&all, &classes(&all, &Method::Jenks(count(5)))),
        (5, vec![])
    );
}

#[test]
fn fewer_than_five_parcels_are_not_classified() {
    for how in ["quantile 2", "equal 2", "jenks 2", "fixed 0,1,2"] {
        assert!(Classes::of(&decimals("1 2 3 4"), &method(how), Rounding::Exact).is_none());
    }
}

#[test]
fn pages_round_breaks_but_never_natural_ones() {
    let data = vector("data");
    let rounded = |how: &str| Classes::of(&data, &method(how), Rounding::TwoDigits).unwrap();
    assert_eq!(
        rounded("quantile 5").breaks(),
        decimals("1.2 3.3 7 13 25 88")
    );
    assert_eq!(rounded("equal 5").breaks(), decimals("1.2 19 36 53 71 88"));
    assert_eq!(
        rounded("jenks 5").breaks(),
        vector("jenks_5_upper_bounds_with_min")
    );
    // Half away from zero, and no class is left that nothing can be in.
    let values = decimals("1.04 1.041 1.042 1.043 1.25");
    let found = Classes::of(&values, &method("quantile 4"), Rounding::TwoDigits).unwrap();
    assert_eq!(found.breaks(), decimals("1.04 1.25"));
}

#[test]
fn bad_breaks_and_methods_are_refused() {
    for text in ["", "1", "1,1", "2,1", "1,x", "0,1,2,3,4,5,6,7,8,9,10"] {
        assert!(text.parse::<FixedBreaks>().is_err(), "{text}");
    }
    let some: FixedBreaks = "0,1".parse().unwrap();
    assert!(Method::named("fixed", ClassCount::FIVE, None).is_err());
    assert!(Method::named("jenks", ClassCount::FIVE, Some(some)).is_err());
    assert!(Method::named("median", ClassCount::FIVE, None).is_err());
    assert!(ClassCount::new(0).is_none() && ClassCount::new(10).is_none());
}

#[test]
fn every_palette_loads_and_can_be_written_on() {
    let palettes = Palette::shipped().unwrap();
    let names: Vec<&str> = palettes.iter().map(Palette::name).collect();
    assert_eq!(
        names,
        ["cividis", "grades", "RdYlBu", "viridis", "YlGnBu", "YlOrBr"]
    );
    for palette in &palettes {
        for classes in 0..=ClassCount::MAX {
            let mut colours = palette.colours(classes);
            assert_eq!(colours.len(), classes);
            colours.push(palette.negative());
            colours.extend(Grade::ALL.map(|grade| palette.letter(grade)));
            for colour in &colours {
                assert!(colour.ink().contrast(*colour) >= CONTRAST_MIN, "{colour}");
            }
        }
    }
    let energy = Palette::named("ylorbr").unwrap().colours(5);
    let energy: Vec<String> = energy.iter().map(Rgb::to_string).collect();
    assert_eq!(
        energy,
        ["#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404"]
    );
    assert!(
        Palette::named("rainbow")
            .unwrap_err()
            .to_string()
            .contains("YlGnBu")
    );
}

#[test]
fn bad_palettes_are_refused_by_key() {
    let good = "name = \"x\"\nsource = \"y\"\nstops = [\"#000000\", \"#ffffff\"]\nnegative = \"#888888\"\n";
    assert!(Palette::from_toml(good).is_ok());
    let cases = [
        (good.replace("#ffffff", "white"), "x.stops"),
        (good.replace(", \"#ffffff\"", ""), "fewer than two"),
        (format!("{good}ramp = 1\n"), "ramp"),
        (format!("{good}[letters]\nE = \"#000000\"\n"), "x.letters"),
    ];
    for (text, part) in cases {
        let refused = Palette::from_toml(&text).unwrap_err().to_string();
        assert!(refused.contains(part), "{refused}");
    }
}

#[test]
fn figures_are_printed_for_people() {
    let cases = [
        ("0", "0"),
        ("-0.0", "0"),
        ("1234567.5", "1,234,568"),
        ("-1234.5", "−1,234.5"),
        ("3.260", "3.26"),
        ("1.33333333", "1.33333"),
        ("999999.96", "1,000,000"),
        ("0.000012345678", "0.0000123457"),
    ];
    for (number, expected) in cases {
        assert_eq!(printed(number.parse().unwrap()), expected);
    }
    let cases = [
        ("6.60", "6.60"),
        ("6", "6"),
        ("3.425", "3.43"),
        ("123.45", "123.5"),
        ("-1234.5", "−1,235"),
        ("0.0004", "0.0004"),
        ("0.000123", "0.0001"),
    ];
    for (number, expected) in cases {
        assert_eq!(brief(number.parse().unwrap()), expected);
    }
}

/// The least sum of squared deviations over all splits, by trying each.
fn least_cost(sorted: &[f64], classes: usize) -> f64 {
    let cost = |span: &[f64]| {
        let mean = span.iter().sum::<f64>() / len_as_f64(span.len());
        span.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    if classes == 1 {
        return cost(sorted);
    }
    (classes - 1..sorted.len())
        .map(|start| least_cost(&sorted[..start], classes - 1) + cost(&sorted[start..]))
        .fold(f64::INFINITY, f64::min)
}

fn any_values() -> impl Strategy<Value = Vec<Decimal>> {
    let value = (-50_i64..2000, 0_u32..3).prop_map(|(units, scale)| Decimal::new(units, scale));
    prop::collection::vec(value, 5..60)
}

fn any_method() -> impl Strategy<Value = Method> {
    (0_u8..3, 1_usize..=9).prop_map(|(which, classes)| match which {
        0 => Method::Quantile(count(classes)),
        1 => Method::Equal(count(classes)),
        _ => Method::Jenks(count(classes)),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_value_is_in_one_class_and_classes_rise(
        values in any_values(),
        method in any_method(),
        rounded in any::<bool>(),
    ) {
        let rounding = if rounded { Rounding::TwoDigits } else { Rounding::Exact };
        let found = Classes::of(&values, &method, rounding).unwrap();
        let (negative, counts) = counts(&values, &found);
        prop_assert_eq!(negative + counts.iter().sum::<usize>(), values.len());
        prop_assert_eq!(negative, values.iter().filter(|value| value.is_sign_negative() && !value.is_zero()).count());
        let mut sorted = values.clone();
        sorted.sort();
        prop_assert!(sorted.is_sorted_by_key(|value| found.class_of(*value)));
        prop_assert!(found.breaks().is_sorted());
    }

    #[test]
    fn a_difference_has_zero_in_the_middle_of_mirrored_breaks(
        values in any_values(),
        classes in 2_usize..=9,
        rounded in any::<bool>(),
    ) {
        let rounding = if rounded { Rounding::TwoDigits } else { Rounding::Exact };
        let found = Classes::of(&values, &Method::Diverging(count(classes)), rounding).unwrap();
        let mirrored: Vec<Decimal> = found.inner().iter().rev().map(|at| -*at).collect();
        prop_assert_eq!(found.inner(), &*mirrored);
        prop_assert!(found.len() % 2 == 1 && found.len() <= classes);
        prop_assert_eq!(found.class_of(Decimal::ZERO), Class::Number(found.len() / 2));
        prop_assert!(!found.has_negative());
        prop_assert!(found.breaks().is_sorted());
        let inside = |value: &Decimal| (found.breaks()[0]..=found.breaks()[found.len()]).contains(value);
        prop_assert!(values.iter().all(inside));
        prop_assert!(values.is_empty() || values.iter().all(Decimal::is_zero) || classes < 3 || found.len() > 1 || rounded);
    }

    #[test]
    fn order_does_not_matter(values in any_values(), method in any_method()) {
        let mut turned = values.clone();
        turned.reverse();
        prop_assert_eq!(classes(&values, &method), classes(&turned, &method));
    }

    #[test]
    fn natural_breaks_are_the_best_there_are(
        units in prop::collection::vec(0_i32..300, 5..11),
        wanted in 1_usize..5,
    ) {
        let values: Vec<Decimal> = units.iter().map(|unit| Decimal::from(*unit)).collect();
        let found = classes(&values, &Method::Jenks(count(wanted)));
        let mut sorted: Vec<f64> = units.iter().map(|unit| f64::from(*unit)).collect();
        sorted.sort_by(f64::total_cmp);
        let whole = least_cost(&sorted, 1);
        let reached = (1.0 - found.goodness().unwrap()) * whole;
        prop_assert!((reached - least_cost(&sorted, wanted)).abs() < 1e-6 * (1.0 + whole));
    }
}
