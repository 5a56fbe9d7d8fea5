//! A surface as GeoJSON and CSV for other programs: its bands, which lie beside each other here, each
//! with its range; and in both what it is, that it is not for assessment, who took it away and when.

use geo::BooleanOps;
use serde_json::{Value, json};

use crate::access::Principal;
use crate::calendar::Moment;
use crate::heatmap::{Band, Surface};

use super::Sight;
use super::wire::{ends, polygons, short, unit};

/// Columns of the CSV.
const COLUMNS: usize = 12;

pub(super) const HEAD: [&str; COLUMNS] = [
    "class",
    "low",
    "high",
    "unit",
    "percent_of_land",
    "way",
    "metres",
    "period",
    "method",
    "as_of",
    "revision",
    "source",
];

/// What both files say of the whole: keys and values, in the order that they are read.
fn about(sight: &Sight, surface: &Surface, who: &Principal) -> Vec<(&'static str, Value)> {
    let figures = &sight.figures;
    let breaks = surface.breaks().iter();
    let breaks: Vec<String> = breaks.map(|at| at.normalize().to_string()).collect();
    let withheld = sight.spots.withheld.iter().map(ToString::to_string);
    let read_at: Moment = figures.read_at;
    vec![
        ("title", json!(sight.column().title.as_str())),
        ("not_for_assessment", json!(true)),
        ("indicator", json!(figures.layer.as_str())),
        ("way", json!(surface.way.as_str())),
        ("metres", json!(surface.way.metres())),
        ("unit", json!(unit(figures.layer, surface.way))),
        ("amount_unit", json!(figures.layer.division().0)),
        ("period", json!(figures.shown.to_string())),
        ("as_of", json!(figures.as_of.to_string())),
        ("revision", json!(figures.revision)),
        ("source", json!(figures.layer.source())),
        ("method", json!(sight.written)),
        ("breaks", json!(breaks)),
        ("n", json!(sight.spots.all.len())),
        ("withheld", json!(withheld.collect::<Vec<_>>())),
        ("filter", json!(sight.written_choice)),
        ("coordinates", json!("CGCS2000")),
        ("exported_by", json!(who.name)),
        ("exported_at", json!(read_at.to_string())),
    ]
}

/// The bands as the text of a `FeatureCollection`, and a point for each parcel with an amount.
pub(super) fn geojson(sight: &Sight, surface: &Surface, who: &Principal) -> String {
    let above = surface.bands.iter().skip(1).map(Some).chain([None]);
    let bands = surface.bands.iter().zip(above);
    let bands = bands.map(|(band, above)| feature(band, above, surface));
    let spots = sight.spots.all.iter().map(|spot| {
        json!({
            "type": "Feature",
            "properties": {"kind": "spot", "parcel": spot.parcel.as_str(), "amount": spot.amount.to_string()},
            "geometry": {"type": "Point", "coordinates": [short(spot.at.x), short(spot.at.y)]},
        })
    });
    let features: Vec<Value> = bands.chain(spots).collect();
    let mut collection = json!({"type": "FeatureCollection"});
    if let Some(keys) = collection.as_object_mut() {
        for (key, value) in about(sight, surface, who) {
            keys.insert(key.to_owned(), value);
        }
        keys.insert("features".to_owned(), json!(features));
    }
    format!("{collection}\n")
}

/// A band holds what is of the higher ones, too; in a file nothing lies under another.
fn feature(band: &Band, above: Option<&Band>, surface: &Surface) -> Value {
    let (class, low, high) = ends(band, surface);
    let own = above.map(|above| band.shape.difference(&above.shape));
    json!({
        "type": "Feature",
        "properties": {
            "kind": "band",
            "class": class,
            "low": low,
            "high": high,
            "percent_of_land": format!("{:.1}", band.percent),
            "colour": band.colour.to_string(),
        },
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": polygons(own.as_ref().unwrap_or(&band.shape)),
        },
    })
}

/// The bands as rows, an empty row, and a row for each line that says of what they are.
pub(super) fn rows(sight: &Sight, surface: &Surface, who: &Principal) -> Vec<[String; COLUMNS]> {
    let figures = &sight.figures;
    let revision = figures.revision.map(|revision| revision.to_string());
    let row = |band: &Band| {
        let (class, low, high) = ends(band, surface);
        [
            class.to_string(),
            low.unwrap_or_default(),
            high.unwrap_or_default(),
            unit(figures.layer, surface.way).to_owned(),
            format!("{:.1}", band.percent),
            surface.way.as_str().to_owned(),
            surface.way.metres().to_string(),
            figures.shown.to_string(),
            sight.written.clone(),
            figures.as_of.to_string(),
            revision.clone().unwrap_or_default(),
            figures.layer.source().to_owned(),
        ]
    };
    let line = |text: String| {
        let mut cells = [const { String::new() }; COLUMNS];
        if let Some(first) = cells.first_mut() {
            *first = text;
        }
        cells
    };
    let bands = surface.bands.iter().map(row);
    let foot = about(sight, surface, who).into_iter().map(|(key, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        line(format!("# {key}: {text}"))
    });
    bands.chain([line(String::new())]).chain(foot).collect()
}
