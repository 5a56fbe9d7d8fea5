//! Outlines of parcels: coordinate systems, areas, and every fault a file can have.

use std::fmt::Write as _;

use parkpulse::park::Name;
use parkpulse::park::outline::{
    CityBox, Crs, Faults, Parcel, ParkProperty, Position, Reading, drawn, from_gcj02, merged,
    read_parcels, to_gcj02,
};
use parkpulse::units::Mu;
use rust_decimal::Decimal;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../data/vectors.json")).unwrap()
}

fn reading(crs: &str) -> Reading {
    Reading {
        crs: crs.parse().unwrap(),
        city: CityBox::KUNSHAN,
        park: ParkProperty::Required,
    }
}

fn read(crs: &str, text: &str) -> Result<Vec<Parcel>, Faults> {
    read_parcels(text, &reading(crs))
}

fn feature(properties: &str, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

const NAMED: &str = r#""parcel":"P-1","park":"WJ""#;

fn one(properties: &str, rings: &str) -> String {
    let geometry = format!(r#"{{"type":"Polygon","coordinates":{rings}}}"#);
    collection(&[feature(properties, &geometry)])
}

/// Every code of a file's faults, in order, with the feature.
fn codes(result: Result<Vec<Parcel>, Faults>) -> String {
    let Err(faults) = result else {
        return "none".into();
    };
    let mut codes = String::new();
    for fault in faults.list() {
        let feature = fault.feature.map_or("file".into(), |at| at.to_string());
        write!(codes, "{feature}:{} ", fault.what.code()).unwrap();
    }
    codes.trim().into()
}

#[test]
fn the_area_is_geodesic() {
    let expected: Decimal = vectors()["area"]["mu"].to_string().parse().unwrap();
    let ring = vectors()["area"]["ring"].to_string();
    let mut backwards = vectors()["area"]["ring"].as_array().unwrap().clone();
    backwards.reverse();
    let backwards = Value::from(backwards).to_string();
    for crs in ["EPSG:4326", "EPSG:4490"] {
        for ring in [&ring, &backwards] {
            let parcels = read(crs, &one(NAMED, &format!("[{ring}]"))).unwrap();
            let area = parcels[0].outline.area().get();
            assert_eq!(area.round_dp(6), expected, "{crs}");
        }
    }
}

#[test]
fn holes_are_taken_out_and_parts_added() {
    let whole =
        "[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]";
    let hole = "[[120.9805,31.3805],[120.981,31.3805],[120.981,31.381],[120.9805,31.381],[120.9805,31.3805]]";
    let area = |rings: &str| {
        let parcels = read("EPSG:4490", &one(NAMED, rings)).unwrap();
        parcels[0].outline.area().get()
    };
    let (full, cut) = (
        area(&format!("[{whole}]")),
        area(&format!("[{whole},{hole}]")),
    );
    let hole_alone = area(&format!("[{hole}]"));
    assert!((full - cut - hole_alone).abs() < Decimal::new(1, 6));

    let beside = whole
        .replace("120.98,", "120.985,")
        .replace("120.982,", "120.987,");
    let geometry = format!(r#"{{"type":"MultiPolygon","coordinates":[[{whole}],[{beside}]]}}"#);
    let parcels = read("EPSG:4490", &collection(&[feature(NAMED, &geometry)])).unwrap();
    let both = parcels[0].outline.area().get();
    assert!((both - full - full).abs() < Decimal::new(1, 5), "{both}");
}

/// Planes as another program (PROJ) gives them for CGCS2000, to the tenth of a millimetre.
#[test]
fn gauss_kruger_is_turned_into_degrees() {
    let degrees = [
        (120.98, 31.38),
        (120.982, 31.3815),
        (120.7, 31.0),
        (121.2, 31.6),
    ];
    let ring = "[[[593223.0767,3473521.1284],[593411.8519,3473689.1501],[566853.7705,3431184.6645],[613885.0595,3498124.0701],[593223.0767,3473521.1284]]]";
    let zone = ring
        .replace("[59", "[4059")
        .replace("[56", "[4056")
        .replace("[61", "[4061");
    for (crs, ring) in [("EPSG:4549", ring), ("EPSG:4528", zone.as_str())] {
        let parcels = read(crs, &one(NAMED, ring)).unwrap();
        let outline = parcels[0].outline.polygons();
        for (longitude, latitude) in degrees {
            let near = outline.0[0].exterior().coords().any(|coord| {
                (coord.x - longitude).abs() < 2e-9 && (coord.y - latitude).abs() < 2e-9
            });
            assert!(near, "{crs}: {longitude} {latitude} not in {outline:?}");
        }
    }
    let swapped =
        "[[[3473521.1,593223.0],[3473689.1,593411.8],[3431184.6,566853.7],[3473521.1,593223.0]]]";
    assert_eq!(
        codes(read("EPSG:4549", &one(NAMED, swapped))),
        "0:swapped_axes"
    );
    assert_eq!(
        codes(read("EPSG:4528", &one(NAMED, ring))),
        "0:out_of_range"
    );
}

#[test]
fn gcj02_is_shifted_there_and_back() {
    let vectors = vectors();
    let number = |key: &str, at: usize| vectors["gcj02"][key][at].as_f64().unwrap();
    let place = Position {
        longitude_deg: number("wgs84", 0),
        latitude_deg: number("wgs84", 1),
    };
    let shifted = to_gcj02(place);
    assert!((shifted.longitude_deg - number("gcj02", 0)).abs() < 1e-9);
    assert!((shifted.latitude_deg - number("gcj02", 1)).abs() < 1e-9);
    let back = from_gcj02(shifted);
    assert!((back.longitude_deg - place.longitude_deg).abs() < 5e-14);
    assert!((back.latitude_deg - place.latitude_deg).abs() < 5e-14);
}

#[test]
fn an_unknown_coordinate_system_is_refused() {
    for text in ["", "EPSG:3857", "BD-09", "4326"] {
        assert!(text.parse::<Crs>().is_err(), "{text}");
    }
}

/// A file, and the faults it must have.
const FAULTY_RINGS: &[(&str, &str, &str)] = &[
    (
        "good",
        "[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]",
        "none",
    ),
    (
        "a height is let pass",
        "[[[120.98,31.38,4],[120.982,31.38,4],[120.982,31.3815,4],[120.98,31.3815,4],[120.98,31.38,4]]]",
        "none",
    ),
    (
        "latitude first",
        "[[[31.38,120.98],[31.38,120.982],[31.3815,120.982],[31.3815,120.98],[31.38,120.98]]]",
        "0:swapped_axes",
    ),
    (
        "bow tie",
        "[[[120.98,31.38],[120.982,31.3815],[120.982,31.38],[120.98,31.3815],[120.98,31.38]]]",
        "0:self_crossing",
    ),
    (
        "spike",
        "[[[120.98,31.38],[120.982,31.38],[120.984,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]",
        "0:self_crossing",
    ),
    (
        "spike that comes half way back",
        "[[[120.98,31.38],[120.984,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]",
        "0:self_crossing",
    ),
    (
        "touching itself in a point",
        "[[[120.98,31.38],[120.981,31.381],[120.982,31.38],[120.982,31.382],[120.981,31.381],[120.98,31.382],[120.98,31.38]]]",
        "0:self_crossing",
    ),
    (
        "open",
        "[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815]]]",
        "0:unclosed_ring",
    ),
    (
        "two points",
        "[[[120.98,31.38],[120.982,31.38],[120.98,31.38]]]",
        "0:too_few_points",
    ),
    ("no ring", "[]", "0:too_few_points"),
    ("an empty ring", "[[]]", "0:too_few_points"),
    (
        "one number",
        "[[[120.98],[120.982],[120.983],[120.98]]]",
        "0:out_of_range",
    ),
    (
        "beyond 180",
        "[[[220.98,31.38],[220.982,31.38],[220.982,31.3815],[220.98,31.38]]]",
        "0:out_of_range",
    ),
    (
        "metres under degrees",
        "[[[593220.1,3472939.9],[593408.9,3472939.9],[593408.9,3473107.9],[593220.1,3472939.9]]]",
        "0:out_of_range",
    ),
    (
        "another city",
        "[[[121.98,31.38],[121.982,31.38],[121.982,31.3815],[121.98,31.38]]]",
        "0:outside_city",
    ),
    (
        "a hole outside",
        "[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]],[[120.99,31.38],[120.991,31.38],[120.991,31.381],[120.99,31.38]]]",
        "0:self_crossing",
    ),
    (
        "all on a line",
        "[[[120.98,31.38],[120.981,31.38],[120.982,31.38],[120.983,31.38],[120.98,31.38]]]",
        "0:self_crossing",
    ),
];

#[test]
fn faulty_rings_are_told() {
    for (name, rings, expected) in FAULTY_RINGS {
        assert_eq!(
            codes(read("EPSG:4326", &one(NAMED, rings))),
            *expected,
            "{name}"
        );
    }
}

#[test]
fn faulty_properties_are_told() {
    let ring = vectors()["area"]["ring"].to_string();
    let cases = [
        (r#""parcel":"P-1","park":"WJ","state":"空地""#, "none"),
        (r#""parcel":17,"park":"WJ","area":null,"fid":3"#, "none"),
        (r#""park":"WJ""#, "0:missing_field"),
        (r#""parcel":"P-1""#, "0:missing_field"),
        (r#""parcel":"","park":"WJ""#, "0:missing_field"),
        (r#""parcel":"=cmd()","park":"WJ""#, "0:bad_property"),
        (r#""parcel":"P-1","park":"-WJ""#, "0:bad_property"),
        (r#""parcel":{"a":1},"park":"WJ""#, "0:bad_property"),
        (
            r#""parcel":"P-1","park":"WJ","state":"a\u202eb""#,
            "0:bad_property",
        ),
        (
            r#""parcel":"P-1","park":"WJ","plot_ratio":0"#,
            "0:bad_property",
        ),
        (
            r#""parcel":"P-1","park":"WJ","declared_mu":"x""#,
            "0:bad_property",
        ),
        (
            r#""parcel":"P-1","park":"WJ","declared_mu":45.2"#,
            "0:area_mismatch",
        ),
        (r#""parcel":"P-1","park":"WJ","declared_mu":45.21"#, "none"),
        (
            r#""parcel":"P-1","park":"WJ","declared_mu":"47.46""#,
            "none",
        ),
    ];
    for (properties, expected) in cases {
        let text = one(properties, &format!("[{ring}]"));
        assert_eq!(codes(read("EPSG:4490", &text)), expected, "{properties}");
    }
}

#[test]
fn faulty_files_are_told() {
    let good = feature(NAMED, "null");
    let cases = [
        (String::new(), "file:not_geojson"),
        ("[".repeat(100_000), "file:not_geojson"),
        (
            r#"{"type":"Feature","features":[{}]}"#.into(),
            "file:not_geojson",
        ),
        (collection(&[]), "file:not_geojson"),
        (collection(&[good]), "0:not_a_polygon"),
        (collection(&["17".into()]), "0:not_geojson"),
        (
            collection(&[feature(
                NAMED,
                r#"{"type":"Point","coordinates":[120.98,31.38]}"#,
            )]),
            "0:not_a_polygon",
        ),
        (
            collection(&[feature(
                NAMED,
                r#"{"type":"Polygon","coordinates":[[["a"]]]}"#,
            )]),
            "0:not_geojson",
        ),
    ];
    for (text, expected) in cases {
        let start: String = text.chars().take(80).collect();
        assert_eq!(codes(read("EPSG:4326", &text)), expected, "{start}");
    }
}

fn square(parcel: &str, west: f64, south: f64) -> String {
    let (east, north) = (west + 0.002, south + 0.002);
    let ring = format!(
        "[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
    );
    let properties = format!(r#""parcel":"{parcel}","park":"WJ""#);
    feature(
        &properties,
        &format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#),
    )
}

#[test]
fn parcels_over_each_other_are_told_and_slivers_pass() {
    let cases = [
        ("beside", 120.982, "none"),
        ("a sliver", 120.981_999_5, "none"),
        ("two metres", 120.981_98, "1:overlap"),
        ("the same land", 120.98, "1:overlap"),
    ];
    for (name, west, expected) in cases {
        let text = collection(&[square("P-1", 120.98, 31.38), square("P-2", west, 31.38)]);
        assert_eq!(codes(read("EPSG:4490", &text)), expected, "{name}");
    }
    let twins = collection(&[square("P-1", 120.98, 31.38), square("P-1", 120.99, 31.38)]);
    assert_eq!(codes(read("EPSG:4490", &twins)), "1:duplicate_parcel");
}

#[test]
fn all_faults_of_a_file_are_told_at_once_and_bounded() {
    let mut features = vec![square("P 1", 120.98, 31.38), square("P-2", 131.0, 31.38)];
    features.push(square("P-3", 31.0, 121.0));
    let result = read("EPSG:4326", &collection(&features));
    let told = result.clone().unwrap_err().to_string();
    assert_eq!(
        codes(result),
        "0:bad_property 1:outside_city 2:swapped_axes"
    );
    assert!(
        told.contains("feature 2, parcel P-2: outside_city: (131, 31.38)"),
        "{told}"
    );

    let many: Vec<String> = (0..300).map(|_| square("P", 120.98, 31.38)).collect();
    let faults = read("EPSG:4326", &collection(&many)).unwrap_err();
    assert_eq!(faults.list().len(), 100);
}

#[test]
fn names_are_kept_or_refused() {
    let kept = [
        ("  砚舟精密电子有限公司 ", "砚舟精密电子有限公司"),
        ("e\u{301}", "\u{e9}"),
        ("𠮷野家", "𠮷野家"),
        ("=1+1", "=1+1"),
    ];
    for (written, name) in kept {
        assert_eq!(written.parse::<Name>().unwrap().as_str(), name);
    }
    for refused in [
        "",
        " \t",
        "a\u{0}b",
        "a\nb",
        "a\u{202e}b",
        "\u{2066}a",
        "a\u{85}b",
    ] {
        assert!(refused.parse::<Name>().is_err(), "{refused:?}");
    }
    assert!("字".repeat(201).parse::<Name>().is_err());
}

#[test]
fn a_declared_area_is_a_quantity() {
    let ring = vectors()["area"]["ring"].to_string();
    let properties = format!(r#"{NAMED},"declared_mu":"47.5","plot_ratio":1.8"#);
    let parcels = read("EPSG:4490", &one(&properties, &format!("[{ring}]"))).unwrap();
    assert_eq!(
        parcels[0].declared,
        Some(Mu::new(Decimal::new(475, 1)).unwrap())
    );
    assert_eq!(parcels[0].plot_ratio, Some(Decimal::new(18, 1)));
}

/// An oblique border that two share from corner to corner, as drawn on the demo.
#[test]
fn neighbours_with_one_oblique_border_become_one() {
    let one = vec![vec![vec![
        [120.976_340_9, 31.391_430_5],
        [120.976_298_3, 31.389_994],
        [120.978_445_7, 31.390_115_8],
        [120.978_396_9, 31.391_498_5],
        [120.976_340_9, 31.391_430_5],
    ]]];
    let other = vec![vec![vec![
        [120.976_340_9, 31.391_430_5],
        [120.976_300_918, 31.391_431_686],
        [120.976_258_318, 31.389_995_186],
        [120.976_298_3, 31.389_994],
        [120.976_340_9, 31.391_430_5],
    ]]];
    // The same with a corner of the second in the middle of the first one's border, as near to it as nine
    // digits come.
    let mut beside = other.clone();
    beside[0][0].insert(4, [120.976_313_380, 31.390_502_521]);
    for other in [other, beside] {
        let [one, other] = [&one, &other].map(|rings| drawn(rings, &reading("EPSG:4326")).unwrap());
        let whole = merged(&[&one, &other]).unwrap();
        assert_eq!(whole.polygons().iter().count(), 1);
        let sum = one.area().get() + other.area().get();
        assert!((whole.area().get() - sum).abs() < Decimal::new(1, 3));
    }
    // What only touches in a corner is no neighbour.
    let apart = vec![vec![vec![
        [120.978_396_9, 31.391_498_5],
        [120.979_396_9, 31.391_498_5],
        [120.979_396_9, 31.392_498_5],
        [120.978_396_9, 31.391_498_5],
    ]]];
    let [one, apart] = [&one, &apart].map(|rings| drawn(rings, &reading("EPSG:4326")).unwrap());
    assert_eq!(
        merged(&[&one, &apart]).unwrap_err().code(),
        "not_neighbours"
    );
}
