//! A file of a backdrop as people write it: GeoJSON, degrees.

use serde::Deserialize;

/// A `FeatureCollection`; other members are left alone (RFC 7946, 6.1).
#[derive(Deserialize)]
pub(super) struct CollectionFile {
    pub(super) features: Vec<FeatureFile>,
}

#[derive(Deserialize)]
pub(super) struct FeatureFile {
    pub(super) properties: PropertiesFile,
    pub(super) geometry: GeometryFile,
}

#[derive(Deserialize)]
pub(super) struct PropertiesFile {
    pub(super) park: String,
    pub(super) kind: KindFile,
    pub(super) name: Option<String>,
    /// Of a road.
    pub(super) width_m: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindFile {
    Limit,
    Green,
    Water,
    Road,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum GeometryFile {
    Polygon { coordinates: Vec<Vec<[f64; 2]>> },
    LineString { coordinates: Vec<[f64; 2]> },
}
