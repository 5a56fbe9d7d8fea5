//! A map as a picture: 4,000 parcels in five quantiles with their figures, classified, laid out,
//! painted and written as PNG, cold; and found again by its digest. In this process, without a server.

use std::fmt::Write as _;
use std::time::Instant;

use parkpulse::heatmap::{
    Area, Cell, ClassCount, Column, Digest, Face, Look, Method, Palette, Rounding, Scene, Shading,
    Size, png, shipped_font,
};
use parkpulse::http::{PictureKey, Pictures};
use parkpulse::park::outline::{CityBox, Crs, Parcel, ParkProperty, Reading, read_parcels};
use rust_decimal::Decimal;

use super::figure::{Goal, Report};

const COLUMNS: u32 = 80;
const ROWS: u32 = 50;
const PAINTED: usize = 5;

pub(crate) fn measure(report: &mut Report) {
    let parcels = parcels();
    let column = column(&parcels);
    let mut best = f64::INFINITY;
    let mut bytes = Vec::new();
    for _ in 0..PAINTED {
        let began = Instant::now();
        let shading = shading(&column);
        let fonts: Vec<&[u8]> = shipped_font().into_iter().collect();
        let face = Face::new(&fonts).unwrap();
        bytes = png(&Scene::of(&column, &shading, Size::DEFAULT, &face), &face).unwrap();
        best = best.min(began.elapsed().as_secs_f64() * 1e3);
    }
    report.note(&format!("{} bytes of PNG", bytes.len()));
    let cold = format!("PNG {} of {} parcels, cold", Size::DEFAULT, parcels.len());
    report.figure(&cold, best, "ms", Goal::AtMost(150.0));
    let pictures = Pictures::new(1 << 25);
    let key = |shading: &Shading| PictureKey {
        digest: Digest::of(&column, shading),
        palette: Palette::DEFAULT.to_owned(),
        backdrop: String::new(),
        chosen: String::new(),
        kind: "image/png",
    };
    pictures.keep(key(&shading(&column)), bytes.into());
    let began = Instant::now();
    let found = pictures.find(&key(&shading(&column)));
    let ms = began.elapsed().as_secs_f64() * 1e3;
    assert!(found.is_some());
    report.figure("the same, painted before", ms, "ms", Goal::None);
}

fn shading(column: &Column<'_>) -> Shading {
    let method = Method::Quantile(ClassCount::FIVE);
    let look = Look {
        method: &method,
        rounding: Rounding::TwoDigits,
        palette: &Palette::named(Palette::DEFAULT).unwrap(),
        grades: &Palette::named(Palette::GRADES).unwrap(),
    };
    Shading::of(column, &look)
}

fn column(parcels: &[Parcel]) -> Column<'_> {
    let areas = (1_i64..).zip(parcels).map(|(number, parcel)| Area {
        parcel: &parcel.parcel,
        outline: &parcel.outline,
        cell: match number % 40 {
            7 => Cell::NoData,
            9 => Cell::NotCounted,
            _ => Cell::Value(Decimal::new(number * number % 9_973 - 300, 2)),
        },
        grade: None,
        has_gaps: number % 17 == 0,
    });
    Column {
        title: "演示 · 亩均税收".parse().unwrap(),
        unit: Some("万元/亩".parse().unwrap()),
        period: Some("2025年".parse().unwrap()),
        as_of: Some("2026-11-22T09:45:00+08:00".parse().unwrap()),
        source: Some("演示".parse().unwrap()),
        areas: areas.collect(),
    }
}

/// A grid of seven-cornered parcels between roads.
fn parcels() -> Vec<Parcel> {
    let mut features = Vec::new();
    for (row, place) in (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |place| (row, place))) {
        let (west, south) = (
            120.93 + 0.0012 * f64::from(place),
            31.34 + 0.0016 * f64::from(row),
        );
        let slant = 0.000_02 * f64::from((row * 7 + place * 3) % 5);
        let corners = [
            (0.0, 0.0),
            (0.0005, slant),
            (0.001, 0.0),
            (0.001 - slant, 0.0007),
            (0.001, 0.0013),
            (0.0005, 0.0013 - slant),
            (0.0, 0.0013),
            (0.0, 0.0),
        ];
        let mut ring = String::new();
        for (east, north) in corners {
            let comma = if ring.is_empty() { "" } else { "," };
            write!(ring, "{comma}[{:.7},{:.7}]", west + east, south + north).unwrap();
        }
        features.push(format!(
            r#"{{"type":"Feature","properties":{{"parcel":"P-{}"}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#,
            row * COLUMNS + place + 1
        ));
    }
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    let reading = Reading {
        crs: Crs::Cgcs2000,
        city: CityBox::KUNSHAN,
        park: ParkProperty::Optional,
    };
    read_parcels(&text, &reading).unwrap()
}
