//! A made-up park for the tests of maps: a grid of parcels between roads, some with a courtyard.

use std::fmt::Write as _;

use parkpulse::heatmap::{
    Area, Cell, Column, Face, Look, Method, Palette, Rounding, Scene, Shading, Size, shipped_font,
};
use parkpulse::park::outline::{CityBox, Crs, Parcel, ParkProperty, Reading, read_parcels};
use parkpulse::units::convert::len_as_f64;
use rust_decimal::Decimal;

/// Parcels of a row.
const COLUMNS: usize = 10;

fn ring(west: f64, south: f64, side: f64) -> String {
    let (east, north) = (west + side, south + side * 0.8);
    format!(
        "[[{west:.6},{south:.6}],[{east:.6},{south:.6}],[{east:.6},{north:.6}],[{west:.6},{north:.6}],[{west:.6},{south:.6}]]"
    )
}

/// A wedge, wide at its foot, in which text has room only low down.
fn wedge(west: f64, south: f64, side: f64) -> String {
    let (east, north) = (west + side, south + side * 0.8);
    format!(
        "[[{west:.6},{south:.6}],[{east:.6},{south:.6}],[{west:.6},{north:.6}],[{west:.6},{south:.6}]]"
    )
}

/// GeoJSON of `count` parcels P-1, P-2, …; each seventh has two courtyards, each seventh is a
/// wedge, each thirteenth is 空地.
pub(crate) fn geojson(count: usize) -> String {
    let mut features = Vec::new();
    for number in 0..count {
        let west = 120.95 + 0.001 * len_as_f64(number % COLUMNS);
        let south = 31.36 + 0.001 * len_as_f64(number / COLUMNS);
        let mut rings = ring(west, south, 0.0008);
        if number % 7 == 6 {
            write!(rings, ",{}", ring(west + 0.0001, south + 0.0003, 0.0002)).unwrap();
            write!(rings, ",{}", ring(west + 0.0005, south + 0.0003, 0.0002)).unwrap();
        } else if number % 7 == 2 {
            rings = wedge(west, south, 0.0008);
        }
        let state = if number % 13 == 12 {
            r#","state":"空地""#
        } else {
            ""
        };
        features.push(format!(
            r#"{{"type":"Feature","properties":{{"parcel":"P-{}","park":"WJ"{state}}},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}"#,
            number + 1
        ));
    }
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

/// The parcels of [`geojson`].
pub(crate) fn parcels(count: usize) -> Vec<Parcel> {
    let reading = Reading {
        crs: Crs::Cgcs2000,
        city: CityBox::KUNSHAN,
        park: ParkProperty::Required,
    };
    read_parcels(&geojson(count), &reading).unwrap()
}

/// A column of `cells` over as many parcels; each fifth has gaps.
pub(crate) fn column<'a>(parcels: &'a [Parcel], cells: &[Cell]) -> Column<'a> {
    let areas = parcels
        .iter()
        .zip(cells)
        .enumerate()
        .map(|(number, (parcel, cell))| Area {
            parcel: &parcel.parcel,
            outline: &parcel.outline,
            cell: *cell,
            grade: None,
            has_gaps: number % 5 == 4 && matches!(cell, Cell::Value(_)),
        })
        .collect();
    Column {
        title: "望津智造园　亩均税收　2025 年度".parse().unwrap(),
        unit: Some("万元/亩".parse().unwrap()),
        period: Some("2025 年".parse().unwrap()),
        as_of: Some("2026-11-22T09:45:00+08:00".parse().unwrap()),
        source: Some(
            "税务局 2025_税收_规上.xlsx（2026-04-14 上传）"
                .parse()
                .unwrap(),
        ),
        areas,
    }
}

/// A shading by a method, with exact breaks and the palette of that name.
pub(crate) fn shaded(column: &Column<'_>, method: &Method, palette: &str) -> Shading {
    let look = Look {
        method,
        rounding: Rounding::Exact,
        palette: &Palette::named(palette).unwrap(),
        grades: &Palette::named(Palette::GRADES).unwrap(),
    };
    Shading::of(column, &look)
}

/// The face that is compiled in; boxes for letters where the pages' packages are not installed.
pub(crate) fn face() -> Face<'static> {
    let fonts: Vec<&[u8]> = shipped_font().into_iter().collect();
    Face::new(&fonts).unwrap()
}

/// A scene of the column in five quantiles.
pub(crate) fn scene(column: &Column<'_>, size: &str) -> Scene {
    let method = Method::Quantile(parkpulse::heatmap::ClassCount::FIVE);
    let size: Size = size.parse().unwrap();
    Scene::of(column, &shaded(column, &method, "YlGnBu"), size, &face())
}

/// Every kind of cell, with negative values among them.
pub(crate) fn mixed_cells(count: usize) -> Vec<Cell> {
    let numbers = (0_i64..).take(count);
    numbers
        .map(|number| match number % 12 {
            3 => Cell::NoData,
            5 => Cell::NotCounted,
            8 => Cell::Hidden,
            10 => Cell::Neighbour,
            11 => Cell::Value(Decimal::new(-number * 7, 2)),
            _ => Cell::Value(Decimal::new(number * number * 37 % 9001, 2)),
        })
        .collect()
}
