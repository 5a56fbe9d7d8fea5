//! The GeoJSON file as people write it: taken apart feature by feature, so that one bad feature
//! is told by its number and the others are still looked at.

use std::str::FromStr;

use geojson::{GeometryValue, JsonObject, JsonValue, PolygonType};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::park::AreaId;
use crate::park::Name;
use crate::park::ParcelId;
use crate::park::ParkId;
use crate::park::outline::fault::{Faults, Measure, What};
use crate::park::outline::{FILE_BYTES_MAX, RowFaults};
use crate::units::Mu;

/// Most features of one file.
const FEATURES_MAX: usize = 30_000;

#[derive(Deserialize)]
struct CollectionFile<'a> {
    r#type: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

/// The features of a collection, not yet looked into.
pub(super) fn features(text: &str) -> Result<Vec<&RawValue>, Faults> {
    let too_much = |what, limit| Faults::of_file(What::TooMuch { what, limit });
    if text.len() > FILE_BYTES_MAX {
        return Err(too_much(Measure::FileBytes, FILE_BYTES_MAX));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let not_geojson = |detail: String| Faults::of_file(What::NotGeoJson { detail });
    let collection: CollectionFile =
        serde_json::from_str(text).map_err(|cause| not_geojson(cause.to_string()))?;
    if collection.r#type != "FeatureCollection" {
        return Err(not_geojson(format!("its type is {:?}", collection.r#type)));
    }
    if collection.features.is_empty() {
        return Err(not_geojson("it has no feature".to_owned()));
    }
    if collection.features.len() > FEATURES_MAX {
        return Err(too_much(Measure::Features, FEATURES_MAX));
    }
    Ok(collection.features)
}

/// One feature taken apart: what could be read, and the faults of the rest.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// What stands under `parcel`, whether an id or not.
    pub(super) name: Option<String>,
    pub(super) parcel: Option<ParcelId>,
    pub(super) park: Option<ParkId>,
    /// `park` was given but is no id, which is already among the faults.
    pub(super) park_refused: bool,
    pub(super) area: Option<AreaId>,
    pub(super) declared: Option<Mu>,
    pub(super) plot_ratio: Option<Decimal>,
    pub(super) state: Option<Name>,
    pub(super) polygons: Vec<PolygonType>,
    pub(super) faults: Vec<What>,
}

/// A feature's properties and rings.
///
/// # Errors
/// A feature that is no feature, or no surface.
pub(super) fn row(raw: &RawValue) -> Result<Row, RowFaults> {
    let feature: geojson::Feature =
        serde_json::from_str(raw.get()).map_err(|cause| unreadable(None, &cause.to_string()))?;
    let properties = feature.properties.unwrap_or_default();
    let mut row = Row::default();
    row.read_properties(&properties);
    row.polygons = match feature.geometry.map(|geometry| geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) => vec![coordinates],
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates,
        other => {
            let found = other
                .map_or("missing", |value| value.type_name())
                .to_owned();
            row.faults.push(What::NotAPolygon { found });
            return Err((row.name, row.faults));
        }
    };
    Ok(row)
}

fn unreadable(name: Option<String>, detail: &str) -> RowFaults {
    let detail = detail.to_owned();
    (name, vec![What::NotGeoJson { detail }])
}

impl Row {
    fn read_properties(&mut self, properties: &JsonObject) {
        self.name = text(properties, "parcel").ok().flatten();
        self.parcel = self.take(properties, "parcel");
        if self.name.is_none() && self.faults.is_empty() {
            self.faults.push(What::Missing { property: "parcel" });
        }
        let before = self.faults.len();
        self.park = self.take(properties, "park");
        self.park_refused = self.faults.len() > before;
        self.area = self.take(properties, "area");
        self.state = self.take(properties, "state");
        self.declared = self
            .number(properties, "declared_mu")
            .and_then(|number| Mu::new(number).ok());
        self.plot_ratio = self.number(properties, "plot_ratio");
    }

    /// A text property as its type; an unusable one becomes a fault.
    fn take<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        properties: &JsonObject,
        property: &'static str,
    ) -> Option<T> {
        let read = text(properties, property)
            .and_then(|text| text.map(|text| text.parse().map_err(describe)).transpose());
        read.unwrap_or_else(|detail| {
            self.faults.push(What::BadProperty { property, detail });
            None
        })
    }

    /// A number above 0, written as number or as text.
    fn number(&mut self, properties: &JsonObject, property: &'static str) -> Option<Decimal> {
        let written = match properties.get(property) {
            None | Some(JsonValue::Null) => return None,
            Some(JsonValue::Number(number)) => number.to_string(),
            Some(JsonValue::String(text)) if text.trim().is_empty() => return None,
            Some(JsonValue::String(text)) => text.trim().to_owned(),
            Some(_) => String::new(),
        };
        let number = Decimal::from_str(&written)
            .or_else(|_| Decimal::from_scientific(&written))
            .ok()
            .filter(|number| *number > Decimal::ZERO);
        if number.is_none() {
            let detail = "it must be a number above 0".to_owned();
            self.faults.push(What::BadProperty { property, detail });
        }
        number
    }
}

/// A text property; numbers are taken as text (`"parcel": 17`), null and blank as absent.
fn text(properties: &JsonObject, property: &str) -> Result<Option<String>, String> {
    match properties.get(property) {
        None | Some(JsonValue::Null) => Ok(None),
        Some(JsonValue::String(text)) if text.trim().is_empty() => Ok(None),
        Some(JsonValue::String(text)) => Ok(Some(text.clone())),
        Some(JsonValue::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err("it must be a text".to_owned()),
    }
}

fn describe(cause: impl std::fmt::Display) -> String {
    cause.to_string().escape_debug().to_string()
}
