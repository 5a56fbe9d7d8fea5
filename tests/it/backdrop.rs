//! What lies under the parcels: the file it comes from, the demo's own, and the pictures it is in.

use std::collections::BTreeSet;

use geo::{Contains, Coord, LineString, Polygon};

use parkpulse::calendar::Day;
use parkpulse::demo::{City, Scale};
use parkpulse::heatmap::{Around, Cell, ClassCount, Method, Scene, Shape};
use parkpulse::park::backdrop::{Kind, Thing, read_backdrop};
use parkpulse::park::outline::{CityBox, Crs, Parcel, ParkProperty, Reading, read_parcels};

use crate::heatmap_park::{column, face, shaded};

const TODAY: i32 = 20_779; // 2026-11-22

fn city(seed: u64, scale: Scale) -> (Vec<Parcel>, Vec<Thing>) {
    let city = City::new(seed, scale, Day::from_number(TODAY));
    let files = city.files();
    let parcels = files.iter().find(|file| file.kind == "parcels").unwrap();
    let reading = Reading {
        crs: "EPSG:4326".parse::<Crs>().unwrap(),
        city: CityBox::KUNSHAN,
        park: ParkProperty::Required,
    };
    let parcels = read_parcels(&parcels.text, &reading).unwrap();
    (parcels, read_backdrop(&city.backdrop()).unwrap())
}

/// Whether a place lies inside any parcel.
fn is_built_on(parcels: &[Parcel], at: Coord<f64>) -> bool {
    parcels
        .iter()
        .any(|parcel| parcel.outline.polygons().contains(&at))
}

#[test]
fn in_the_demo_roads_run_between_the_parcels_and_no_parcel_stands_in_water() {
    for (seed, scale) in [(1, Scale::PARK), (2, Scale::PARK), (1, Scale::CITY)] {
        let (parcels, things) = city(seed, scale);
        let parks: BTreeSet<_> = things.iter().map(|thing| &thing.park).collect();
        assert_eq!(parks.len(), scale.parks);
        let kinds: Vec<Kind> = things.iter().map(|thing| thing.kind).collect();
        assert!(kinds.is_sorted(), "in the order of drawing");
        for kind in [Kind::Green, Kind::Water, Kind::Road, Kind::Limit] {
            assert!(kinds.contains(&kind), "{kind:?}");
        }
        for thing in &things {
            let [line] = &thing.lines[..] else {
                panic!("one line each")
            };
            match thing.kind {
                Kind::Road => {
                    for (from, to) in line.iter().zip(line.iter().skip(1)) {
                        for share in 0..=20 {
                            let at = *from + (*to - *from) * (f64::from(share) / 20.0);
                            assert!(!is_built_on(&parcels, at), "{:?} at {at:?}", thing.name);
                        }
                    }
                    assert!(thing.name.is_some());
                }
                Kind::Water => {
                    let water = Polygon::new(LineString::new(line.clone()), Vec::new());
                    let middles = parcels.iter().map(|parcel| {
                        let ring = &parcel.outline.polygons().0[0];
                        let corners: Vec<_> = ring.exterior().coords().skip(1).copied().collect();
                        let count = f64::from(u32::try_from(corners.len()).unwrap());
                        corners.iter().fold(Coord::zero(), |sum, at| sum + *at) / count
                    });
                    assert_eq!(middles.filter(|at| water.contains(at)).count(), 0);
                }
                Kind::Green | Kind::Limit => {}
            }
        }
    }
}

#[test]
fn a_file_that_cannot_be_drawn_is_refused_with_its_feature() {
    let feature = |properties: &str, geometry: &str| {
        format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
    };
    let ring = r#"{"type":"Polygon","coordinates":[[[120.9,31.3],[120.91,31.3],[120.91,31.31],[120.9,31.3]]]}"#;
    let line = r#"{"type":"LineString","coordinates":[[120.9,31.3],[120.91,31.3]]}"#;
    let good = feature(r#""park":"WJ","kind":"water","name":"望津河""#, ring);
    let rows = [
        (
            feature(r#""park":"WJ","kind":"road","width_m":12"#, ring),
            "LineString",
        ),
        (feature(r#""park":"WJ","kind":"green""#, line), "Polygon"),
        (feature(r#""park":"WJ","kind":"road""#, line), "width_m"),
        (
            feature(r#""park":"WJ","kind":"road","width_m":900"#, line),
            "width_m",
        ),
        (
            feature(r#""park":"WJ","kind":"water","width_m":3"#, ring),
            "width_m",
        ),
        (feature(r#""park":"望津","kind":"water""#, ring), "park"),
        (
            feature(
                r#""park":"WJ","kind":"water""#,
                &ring.replace("31.3]", "131.3]"),
            ),
            "degrees",
        ),
        (
            feature(
                r#""park":"WJ","kind":"water""#,
                r#"{"type":"Polygon","coordinates":[[[120.9,31.3],[120.9,31.3]]]}"#,
            ),
            "four",
        ),
    ];
    let file = |features: &[&str]| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{}]}}"#,
            features.join(",")
        )
    };
    assert_eq!(read_backdrop(&file(&[&good])).unwrap().len(), 1);
    for (bad, word) in &rows {
        let refused = read_backdrop(&file(&[&good, bad])).unwrap_err().to_string();
        assert!(
            refused.starts_with("feature 2: ") && refused.contains(word),
            "{refused}"
        );
    }
    assert!(read_backdrop("{}").is_err());
    assert!(read_backdrop(&file(&[&feature(r#""park":"WJ","kind":"moon""#, ring)])).is_err());
}

#[test]
fn a_picture_over_a_backdrop_says_the_same_and_draws_it_inside_its_frame() {
    let (parcels, things) = city(1, Scale::PARK);
    let cells = vec![Cell::NoData; parcels.len()];
    let column = column(&parcels, &cells);
    let shading = shaded(&column, &Method::Quantile(ClassCount::FIVE), "YlGnBu");
    let size = "1600x1200".parse().unwrap();
    let (bare, over) = (
        Scene::of(&column, &shading, size, &face()),
        Scene::over(
            Around {
                backdrop: &things,
                ..Around::default()
            },
            &column,
            &shading,
            size,
            &face(),
        ),
    );
    assert_eq!((&bare.texts, bare.digest), (&over.texts, over.digest));
    let water = |scene: &Scene| {
        let areas = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Area { rings, fill } if fill.to_string() == "#b4cfe7" => Some(rings.clone()),
            _ => None,
        });
        areas.collect::<Vec<_>>()
    };
    assert_eq!(water(&bare).len(), 0);
    let rivers = water(&over);
    assert!(!rivers.is_empty(), "the river is drawn");
    assert!(
        over.shapes.len() > bare.shapes.len() + 20,
        "so are the roads"
    );
    // The frame of the map is the second rectangle of the picture, after the paper.
    let Shape::Area { rings, .. } = &over.shapes[1] else {
        panic!("the map's ground")
    };
    let (low, high) = (rings[0][0], rings[0][2]);
    let added = over
        .shapes
        .iter()
        .filter(|shape| !bare.shapes.contains(shape));
    for shape in added {
        let points = match shape {
            Shape::Area { rings, .. } => rings.concat(),
            Shape::Line { points, .. } => points.clone(),
            Shape::Dot { at, .. } => vec![*at],
        };
        for at in points {
            let across = (low.x - 0.01..=high.x + 0.01).contains(&at.x);
            assert!(
                across && (low.y - 0.01..=high.y + 0.01).contains(&at.y),
                "{at:?}"
            );
        }
    }
}
