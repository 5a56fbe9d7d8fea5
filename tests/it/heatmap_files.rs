//! A map from files: two texts in, a picture and its report out, or every fault with its row.

use std::collections::BTreeMap;

use parkpulse::heatmap::{
    ClassCount, Format, Given, Method, Order, Product, Size, SizeRefused, read_values,
};
use parkpulse::park::outline::{CityBox, Crs};
use serde_json::Value;

use crate::heatmap_park::{face, geojson};

fn order<'a>(parcels: &'a str, values: &'a str, format: Format) -> Order<'a> {
    Order {
        parcels,
        values,
        crs: Crs::Wgs84,
        city: CityBox::KUNSHAN,
        method: Method::Quantile(ClassCount::FIVE),
        palette: None,
        title: None,
        unit: None,
        period: None,
        as_of: None,
        source: None,
        size: Size::DEFAULT,
        format,
    }
}

fn paint(values: &str) -> Result<Product, String> {
    let parcels = geojson(15);
    order(&parcels, values, Format::Svg)
        .paint(&face())
        .map_err(|refused| refused.to_string())
}

fn report(values: &str) -> Value {
    serde_json::from_str(&paint(values).unwrap().report).unwrap()
}

/// The values of the vectors, one to each of the fifteen parcels.
fn vector_values() -> String {
    let vectors: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let data = vectors["classes"]["data"].as_array().unwrap().clone();
    let rows = data
        .iter()
        .enumerate()
        .map(|(row, value)| format!("P-{},{value}\n", row + 1));
    format!("parcel,value\n{}", rows.collect::<String>())
}

#[test]
fn the_report_has_exact_breaks_counts_and_colours() {
    let report = report(&vector_values());
    let breaks = report["breaks"].as_array().unwrap();
    let expected = ["1.2", "3.26", "7.02", "12.88", "25", "88"];
    assert_eq!(
        breaks
            .iter()
            .map(|at| at.as_str().unwrap())
            .collect::<Vec<_>>(),
        expected
    );
    assert_eq!(report["counts"], serde_json::json!([3, 3, 3, 3, 3]));
    assert_eq!(report["colours"][4], "#253494");
    assert_eq!(report["method"], "quantile");
    assert_eq!((&report["n"], &report["no_data"]), (&15.into(), &0.into()));
    assert_eq!(report["digest"].as_str().unwrap().len(), 64);
}

#[test]
fn missing_rows_and_empty_fields_are_no_data_and_waste_land_is_not_counted() {
    let report = report("value,parcel\n1,P-1\n,P-2\n3,P-3\n4,P-4\n5,P-5\n6,P-6\n");
    // P-13 is 空地; P-2 is empty, the eight others have no row.
    assert_eq!((&report["n"], &report["no_data"]), (&5.into(), &9.into()));
    let legend = report["legend"].as_array().unwrap();
    let kinds: BTreeMap<&str, u64> = legend
        .iter()
        .map(|entry| {
            (
                entry["kind"].as_str().unwrap(),
                entry["count"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(kinds["not_counted"], 1);
    assert_eq!(kinds.values().sum::<u64>(), 15);
}

#[test]
fn letters_are_grades() {
    let report = report("parcel,value\nP-1,A\nP-2,D\nP-3,T\nP-4,A\n");
    assert_eq!(report["method"], "grades");
    assert_eq!(report["counts"], serde_json::json!([2, 0, 0, 1, 1]));
    assert_eq!(report["colours"][0], "#1a6faf");
    assert_eq!(report["breaks"], serde_json::json!([]));
}

#[test]
fn faulty_values_are_told_by_line() {
    let cases = [
        ("", "line 1: the header must be"),
        ("parcel,wert\nP-1,1\n", "line 1: the header must be"),
        ("parcel,value,x\nP-1,1,2\n", "line 1: the header must be"),
        (
            "parcel,value\nP-1,1\nP-99,2\n",
            "line 3: parcel P-99 is not in the parcels file",
        ),
        (
            "parcel,value\nP-1,1\nP-2,2\nP-1,3\n",
            "line 4: parcel P-1 stands there twice",
        ),
        ("parcel,value\nP-1,x\n", "line 2: `x` is neither a number"),
        (
            "parcel,value\nP-1,NaN\nP-2,inf\n",
            "line 3: `inf` is neither",
        ),
        ("parcel,value\nP-1,E\n", "line 2: `E` is neither"),
        ("parcel,value\nP-1,1_000\n", "line 2: `1_000` is neither"),
        ("parcel,value\nP-1,1e29\n", "line 2: `1e29` is neither"),
        ("parcel,value\nP-1,1\nP-2,A\n", "line 3: numbers and grades"),
        (
            "parcel,value\nP-1\n",
            "line 2: the row has not the header's columns",
        ),
        (
            "parcel,value\n\"=HYPERLINK(\"\"x\"\")\",1\n",
            "is not a parcel's id",
        ),
        (
            "parcel,value\n\"P\u{202e}1\",1\n",
            r"`P\u{202e}1` is not a parcel's id",
        ),
    ];
    for (values, expected) in cases {
        let refused = paint(values).unwrap_err();
        assert!(refused.contains(expected), "{values:?}: {refused}");
    }
}

#[test]
fn numbers_are_read_exactly() {
    let given = |text: &str| {
        let values = read_values(&format!("\u{feff}parcel,value\r\nP-1,{text}\r\n"), |_| true);
        match values.unwrap().values().next().copied() {
            Some(Given::Value(value)) => value.to_string(),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(given("0.1"), "0.1");
    assert_eq!(given(" -3.50 "), "-3.50");
    assert_eq!(given("1.5e3"), "1500");
    assert_eq!(given("\"2\""), "2");
    assert_eq!(given("1000000000000000"), "1000000000000000");
}

#[test]
fn faulty_parcels_are_told_and_nothing_is_painted() {
    let swapped = geojson(6)
        .replace("120.95", "31.95")
        .replace("31.36", "120.36");
    let refused = order(&swapped, "parcel,value\n", Format::Png).paint(&face());
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("feature 1, parcel P-1")
    );
    let mut unknown = order("", "", Format::Png);
    unknown.palette = Some("rainbow");
    assert!(unknown.paint(&face()).is_err());
}

#[test]
fn sizes_and_formats_have_limits() {
    for text in [
        "",
        "x",
        "100x100",
        "800",
        "800x600x2",
        "900000x900000",
        "8000x600",
        "-800x600",
    ] {
        let refused: Result<Size, SizeRefused> = text.parse();
        assert!(
            refused.unwrap_err().to_string().contains("1600x1200"),
            "{text}"
        );
    }
    assert_eq!(Format::of_file("a.b.PNG"), Some(Format::Png));
    assert_eq!(Format::of_file("a.svg"), Some(Format::Svg));
    assert_eq!(Format::of_file("a.geojson"), Some(Format::GeoJson));
    assert_eq!(Format::of_file("png"), None);
}

#[test]
fn each_format_is_what_it_says() {
    let parcels = geojson(15);
    let values = vector_values();
    let bytes = |format| {
        order(&parcels, &values, format)
            .paint(&face())
            .unwrap()
            .bytes
    };
    assert!(bytes(Format::Png).starts_with(b"\x89PNG"));
    assert!(bytes(Format::Svg).starts_with(b"<svg"));
    assert!(bytes(Format::GeoJson).starts_with(b"{\"type\":\"FeatureCollection\""));
}
