//! Surfaces: the formulas against the vectors, what bands must add up to, what is not told, and a
//! bound for a large park.

use std::time::{Duration, Instant};

use geo::{Area, BooleanOps, BoundingRect, Contains, Coord, MultiPolygon, Polygon, coord};
use parkpulse::heatmap::{
    Around, Class, ClassCount, Column, FixedBreaks, Look, Method, PARCELS_MIN, Palette, Rounding,
    Scene, Shape, Site, Size, Spot, Surface, Way, inverse_distance, kernel_density, png, svg,
};
use parkpulse::park::Name;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::heatmap_park::{face, mixed_cells, parcels};

/// Degrees of a metre near the middle of the city.
const METRE: Coord<f64> = Coord {
    x: 1.0 / 95_159.0,
    y: 1.0 / 110_865.0,
};

fn place(x: f64, y: f64) -> Coord<f64> {
    coord! { x: 120.98 + x * METRE.x, y: 31.39 + y * METRE.y }
}

/// A square of land from a corner, metres.
fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
    let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
    let corners: Vec<Coord<f64>> = corners.iter().map(|(x, y)| place(*x, *y)).collect();
    Polygon::new(corners.into(), Vec::new()).into()
}

fn site(amounts: &[(f64, f64, i64)], side: f64) -> Site {
    let amounts = amounts.iter();
    Site {
        amounts: amounts
            .map(|(x, y, amount)| (place(*x, *y), Decimal::from(*amount)))
            .collect(),
        land: square(0.0, 0.0, side),
    }
}

fn with<T>(method: &Method, then: impl FnOnce(&Look<'_>) -> T) -> T {
    let palette = Palette::named("viridis").unwrap();
    let grades = Palette::named(Palette::GRADES).unwrap();
    then(&Look {
        method,
        rounding: Rounding::TwoDigits,
        palette: &palette,
        grades: &grades,
    })
}

fn surface(sites: &[Site], way: Way, method: &Method) -> Surface {
    with(method, |look| Surface::of(sites, way, look))
}

const EQUAL: Method = Method::Equal(ClassCount::FIVE);
const KERNEL: Way = Way::Kernel { bandwidth_m: 100 };
const INVERSE: Way = Way::Inverse { reach_m: 300 };

/// Seven places of a park of 1 km, one of which has much.
const SEVEN: [(f64, f64, i64); 7] = [
    (150.0, 180.0, 120),
    (520.0, 210.0, 300),
    (830.0, 140.0, 80),
    (200.0, 560.0, 900),
    (610.0, 640.0, 150),
    (880.0, 720.0, 60),
    (420.0, 880.0, 240),
];

#[test]
fn the_formulas_give_what_the_vectors_say() {
    let vectors: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let surface = &vectors["surface"];
    let number = |value: &Value| value.as_f64().unwrap();
    let points = surface["points"].as_array().unwrap().iter();
    let spots: Vec<Spot> = points
        .map(|point| Spot {
            at: coord! { x: number(&point[0]), y: number(&point[1]) },
            amount: number(&point[2]),
        })
        .collect();
    let near = |found: f64, wanted: &str, places: f64| {
        let wanted = number(&surface[wanted]);
        assert!((found - wanted).abs() <= places, "{found} is not {wanted}");
    };
    let inverse = |x: f64, y: f64| inverse_distance(&spots, coord! { x: x, y: y }).unwrap();
    near(inverse(50.0, 50.0), "idw_p2_at_50_50", 5e-10);
    near(inverse(25.0, 10.0), "idw_p2_at_25_10", 5e-10);
    let middle = coord! { x: 50.0, y: 50.0 };
    near(
        kernel_density(&spots, 50.0, middle),
        "kde_gauss_h50_at_50_50",
        1e-18,
    );
    let own = inverse(100.0, 0.0) - 20.0;
    assert!(own.abs() < f64::EPSILON, "on a spot its own amount");
    assert_eq!(inverse_distance(&[], middle), None);
    assert!(kernel_density(&[], 50.0, middle).abs() < f64::EPSILON);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A weighted mean lies between the least and the most, and a density adds up to its amounts.
    #[test]
    fn means_stay_between_and_densities_add_up(
        spots in prop::collection::vec((0.0..400.0_f64, 0.0..400.0_f64, 1.0..500.0_f64), 1..12),
        x in -200.0..600.0_f64,
        y in -200.0..600.0_f64,
    ) {
        let spots: Vec<Spot> = spots
            .into_iter()
            .map(|(x, y, amount)| Spot { at: coord! { x: x, y: y }, amount })
            .collect();
        let amounts = || spots.iter().map(|spot| spot.amount);
        let mean = inverse_distance(&spots, coord! { x: x, y: y }).unwrap();
        prop_assert!(mean >= amounts().fold(f64::INFINITY, f64::min) - 1e-9);
        prop_assert!(mean <= amounts().fold(0.0, f64::max) + 1e-9);
        let step = 20.0;
        let mut whole = 0.0;
        for column in -20..40 {
            for row in -20..40 {
                let at = coord! { x: f64::from(column) * step, y: f64::from(row) * step };
                whole += kernel_density(&spots, 60.0, at) * step * step;
            }
        }
        let sum: f64 = amounts().sum();
        prop_assert!((whole - sum).abs() < 1e-6 * sum, "{whole} is not {sum}");
    }

    /// Every band lies in the one before and in the land; their parts add up to all of it.
    #[test]
    fn bands_lie_in_each_other_and_fill_the_land(
        spots in prop::collection::vec((20.0..980.0_f64, 20.0..980.0_f64, 1..900_i64), 5..20),
        bandwidth_m in 50..200_u32,
    ) {
        let site = site(&spots, 1000.0);
        let shown = surface(std::slice::from_ref(&site), Way::Kernel { bandwidth_m }, &EQUAL);
        let mut around = site.land.unsigned_area() * (1.0 + 1e-9);
        for band in &shown.bands {
            let own = band.shape.unsigned_area();
            prop_assert!(own <= around * (1.0 + 1e-6), "{own} {around}");
            let outside = band.shape.difference(&site.land).unsigned_area();
            prop_assert!(outside < 1e-6 * site.land.unsigned_area(), "{outside}");
            around = own;
        }
        let whole: Decimal = shown.bands.iter().map(|band| band.percent).sum();
        prop_assert!((whole - Decimal::ONE_HUNDRED).abs() <= Decimal::new(5, 1), "{whole}");
    }
}

/// Each place of the land is in the band that the formula says, but for a hair's breadth at borders.
#[test]
fn a_place_lies_in_the_band_of_its_value() {
    let site = site(&SEVEN, 1000.0);
    let plane =
        |at: Coord<f64>| coord! { x: (at.x - 120.98) / METRE.x, y: (at.y - 31.39) / METRE.y };
    let amounts = site.amounts.iter();
    let spots: Vec<Spot> = amounts
        .map(|(at, amount)| Spot {
            at: plane(*at),
            amount: amount.to_string().parse().unwrap(),
        })
        .collect();
    let breaks = FixedBreaks::new([0, 2, 4, 8, 16, 99].map(Decimal::from).to_vec()).unwrap();
    let shown = surface(&[site], KERNEL, &Method::Fixed(breaks));
    assert_eq!(shown.breaks().len(), 4);
    let (mut compared, mut wrong) = (0, 0);
    for column in 1..50 {
        for row in 1..50 {
            let (x, y) = (f64::from(column) * 20.0, f64::from(row) * 20.0);
            let per_mu = kernel_density(&spots, 100.0, coord! { x: x, y: y }) * 2000.0 / 3.0;
            let inner = [2.0, 4.0, 8.0, 16.0];
            if inner.iter().any(|at| (per_mu - at).abs() < 0.03 * at) {
                continue;
            }
            let wanted = inner.iter().filter(|at| per_mu >= **at).count();
            let at = geo::Point(place(x, y));
            let found = shown
                .bands
                .iter()
                .rposition(|band| band.shape.contains(&at));
            compared += 1;
            wrong += usize::from(found != Some(wanted));
        }
    }
    assert!(compared > 2000 && wrong == 0, "{wrong} of {compared}");
}

#[test]
fn between_spots_nothing_is_told_beyond_their_hull_and_reach() {
    let site = site(&SEVEN, 1000.0);
    let shown = surface(std::slice::from_ref(&site), INVERSE, &EQUAL);
    let covered = &shown.bands.first().unwrap().shape;
    for (x, y) in [(10.0, 10.0), (990.0, 990.0), (990.0, 300.0)] {
        assert!(!covered.contains(&geo::Point(place(x, y))), "{x} {y}");
    }
    assert!(covered.contains(&geo::Point(place(520.0, 500.0))));
    let near = surface(&[site], Way::Inverse { reach_m: 60 }, &EQUAL);
    let covered = &near.bands.first().unwrap().shape;
    assert!(covered.contains(&geo::Point(place(520.0, 230.0))));
    assert!(
        !covered.contains(&geo::Point(place(520.0, 500.0))),
        "too far from all"
    );
}

#[test]
fn too_few_places_make_no_surface_and_parks_do_not_mix() {
    let few = site(&SEVEN[..PARCELS_MIN - 1], 1000.0);
    let none = surface(&[few], KERNEL, &EQUAL);
    assert!(none.bands.is_empty() && none.classes.is_none());
    let one = site(&SEVEN, 1000.0);
    let mut other = site(&SEVEN.map(|(x, y, amount)| (x, y, amount * 3)), 1000.0);
    other.land = other.land.map_coords_by(2000.0);
    for (at, _) in &mut other.amounts {
        at.x += 2000.0 * METRE.x;
    }
    let fixed =
        || Method::Fixed(FixedBreaks::new([0, 2, 4, 8, 99].map(Decimal::from).to_vec()).unwrap());
    let alone = surface(std::slice::from_ref(&one), KERNEL, &fixed());
    let both = surface(&[one.clone(), other], KERNEL, &fixed());
    for (alone, both) in alone.bands.iter().zip(&both.bands) {
        let here = both.shape.intersection(&one.land);
        let off = (here.unsigned_area() - alone.shape.unsigned_area()).abs();
        assert!(off < 1e-6 * one.land.unsigned_area(), "{off}");
    }
}

trait Moved {
    fn map_coords_by(&self, metres: f64) -> Self;
}

impl Moved for MultiPolygon<f64> {
    fn map_coords_by(&self, metres: f64) -> Self {
        use geo::MapCoords as _;
        self.map_coords(|at| coord! { x: at.x + metres * METRE.x, y: at.y })
    }
}

/// What is fed into the grid makes a band of its own below zero.
#[test]
fn what_is_negative_has_its_own_band() {
    let mut amounts = SEVEN;
    amounts[3].2 = -900;
    let shown = surface(&[site(&amounts, 1000.0)], KERNEL, &EQUAL);
    let first = shown.bands.first().unwrap();
    assert_eq!(first.class, Class::Negative);
    assert!(first.percent > Decimal::ZERO);
    let above = &shown.bands[1].shape;
    assert!(!above.contains(&geo::Point(place(200.0, 560.0))));
    assert!(above.contains(&geo::Point(place(520.0, 210.0))));
}

#[test]
fn a_picture_says_what_it_is_and_is_the_same_again() {
    let parcels = parcels(60);
    let cells = mixed_cells(60);
    let mut column: Column<'_> = crate::heatmap_park::column(&parcels, &cells);
    column.unit = "kW/亩".parse::<Name>().ok();
    let areas = column.areas.iter();
    let middles: Vec<(Coord<f64>, Decimal)> = areas
        .enumerate()
        .map(|(number, area)| {
            let middle = area.outline.polygons().bounding_rect().unwrap().center();
            (middle, Decimal::from(10 + 37 * number % 400))
        })
        .collect();
    let land = column
        .areas
        .iter()
        .flat_map(|area| area.outline.polygons().0.clone());
    let sites = [Site {
        amounts: middles,
        land: MultiPolygon::new(land.collect()),
    }];
    let (faces, shown) = (face(), surface(&sites, KERNEL, &EQUAL));
    let around = Around::default();
    let scene = |size| Scene::of_surface(around, &column, (&sites, &shown), size, &faces);
    let one = scene(Size::DEFAULT);
    let told: Vec<&str> = one.texts.iter().map(|text| text.words.as_str()).collect();
    for words in [
        "仅供看趋势，不作评价依据",
        "核密度，带宽 100 米",
        "由 60 宗的用量做成",
        "单位：kW/亩",
    ] {
        assert!(told.contains(&words), "{words}: {told:?}");
    }
    assert!(one.missing.is_empty(), "{:?}", one.missing);
    assert!(one.description.contains("不作评价依据"));
    for (index, text) in one.texts.iter().enumerate() {
        let over = one.texts.iter().skip(index + 1);
        let over: Vec<_> = over
            .filter(|other| text.bounds.overlaps(&other.bounds))
            .collect();
        assert!(over.is_empty(), "{} {over:?}", text.words);
    }
    let dots = one
        .shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Dot { .. }));
    assert_eq!(dots.count(), 120, "a dot and its ring for each place");
    let again = surface(&sites, KERNEL, &EQUAL);
    let again = Scene::of_surface(around, &column, (&sites, &again), Size::DEFAULT, &faces);
    assert_eq!(png(&one, &faces).unwrap(), png(&again, &faces).unwrap());
    assert_eq!(svg(&one, &faces).unwrap(), svg(&again, &faces).unwrap());
    let other = surface(&sites, Way::Kernel { bandwidth_m: 60 }, &EQUAL);
    let other = Scene::of_surface(around, &column, (&sites, &other), Size::DEFAULT, &faces);
    assert_ne!(one.digest, other.digest);
    if let Ok(folder) = std::env::var("SURFACE_PICTURES") {
        std::fs::write(format!("{folder}/surface.png"), png(&one, &faces).unwrap()).unwrap();
        let between = surface(&sites, INVERSE, &EQUAL);
        let between = Scene::of_surface(around, &column, (&sites, &between), Size::A3, &faces);
        std::fs::write(
            format!("{folder}/inverse.png"),
            png(&between, &faces).unwrap(),
        )
        .unwrap();
    }
}

/// Four thousand parcels of a park of 6 km, in a build without optimisation, on a busy machine.
#[test]
fn four_thousand_places_are_done_in_time() {
    let spots: Vec<(f64, f64, i64)> = (0..4000_i32)
        .map(|number| {
            let (x, y) = (number % 64, number / 64);
            let amount = i64::from(number) * 7919 % 900 + 1;
            (
                f64::from(x) * 95.0 + 20.0,
                f64::from(y) * 95.0 + 20.0,
                amount,
            )
        })
        .collect();
    let site = site(&spots, 6000.0);
    for way in [KERNEL, INVERSE] {
        let begun = Instant::now();
        let shown = surface(std::slice::from_ref(&site), way, &EQUAL);
        let took = begun.elapsed();
        assert_eq!(shown.bands.len(), 5);
        assert!(took < Duration::from_secs(30), "{way:?} took {took:?}");
        if std::env::var("SURFACE_PICTURES").is_ok() {
            println!("{way:?} {took:?}");
        }
    }
}
