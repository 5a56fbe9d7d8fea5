//! Parcels and cards as JSON.

use std::collections::BTreeMap;

use geo::{LineString, Polygon};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::map::Compared;
use crate::park::Parcel;

use super::meters::{Border, CardMeter, Latest as LatestRead};

/// Park that ranks are counted in, period and layer of a card (screens.md 3).
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which park; all that the asker may see if not given.
    pub(super) park: Option<String>,
    /// A month, `2026-10`; the running or last one if not given.
    pub(super) p: Option<String>,
    /// The layer: `kwh_per_mu` or `freshness`.
    pub(super) k: Option<String>,
    /// The revision; the newest if not given.
    pub(super) v: Option<u32>,
}

/// How outlines are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::http) enum Form {
    /// A `FeatureCollection`, degrees.
    #[default]
    Geojson,
    /// For drawing: whole numbers, each corner as its difference from the one before.
    Compact,
}

/// Of which park outlines are asked for, and how.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct OutlineQuery {
    /// Which park; all that the asker may see if not given.
    pub(super) park: Option<String>,
    /// Those of the other parks that lie near this one instead, for the edges of its map.
    pub(super) beside: Option<String>,
    /// The month or year at whose end the outlines are taken, as the map's `p`; now if not given.
    pub(super) p: Option<String>,
    /// `geojson`, or `compact`: `{"degree": 10000000, "as_of": null, "parcels": [["P-1", [[x, y, dx, dy, …]]], …]}`,
    /// the rings of each parcel; `x, y` from the first corner of the ring before, in `degree`ths of
    /// a degree.
    #[serde(default)]
    #[param(inline)]
    pub(super) form: Form,
}

/// The same for drawing, in the words of `form`; written piece by piece as text.
#[derive(ToSchema)]
#[schema(as = Outlines)]
#[expect(dead_code, reason = "it says of what shape `Compact` writes")]
pub(in crate::http) struct Outlines {
    /// Steps in a degree.
    degree: u32,
    /// When an outline of these last changed, as the map's `outlines_as_of`; null where none ever did.
    as_of: Option<String>,
    /// Each parcel with its rings.
    parcels: Vec<(String, Vec<Vec<i64>>)>,
}

/// All of them; written piece by piece.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct FeatureCollection {
    r#type: &'static str,
    features: Vec<Feature>,
}

/// A parcel as a GeoJSON feature (RFC 7946), degrees.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Feature {
    r#type: &'static str,
    properties: Properties,
    geometry: Geometry,
}

#[derive(Serialize, ToSchema)]
struct Properties {
    parcel: String,
    park: String,
    state: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Geometry {
    r#type: &'static str,
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

impl Feature {
    pub(super) fn of(parcel: &Parcel) -> Self {
        Self {
            r#type: "Feature",
            properties: Properties {
                parcel: parcel.id.to_string(),
                park: parcel.park.to_string(),
                state: parcel.state.as_ref().map(ToString::to_string),
            },
            geometry: Geometry {
                r#type: "MultiPolygon",
                coordinates: parcel.outline.polygons().iter().map(rings).collect(),
            },
        }
    }
}

fn rings(polygon: &Polygon<f64>) -> Vec<Vec<[f64; 2]>> {
    let ring = |line: &LineString<f64>| line.coords().map(|at| [at.x, at.y]).collect();
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(ring)
        .collect()
}

/// `GET /api/v1/parcels/{parcel}/card`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Card {
    pub(super) id: String,
    pub(super) parcel: String,
    pub(super) state: &'static str,
    pub(super) mu: String,
    pub(super) m2: String,
    pub(super) indicator: &'static str,
    pub(super) unit: &'static str,
    pub(super) period: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) value: Option<String>,
    /// In layers of categories: its code.
    pub(super) category: Option<&'static str>,
    /// Values beyond limits in the last seven days, in the layer of these, and those of 24 hours.
    pub(super) beyond: Option<u64>,
    pub(super) beyond_day: Option<u64>,
    pub(super) numerator: Option<String>,
    pub(super) numerator_unit: &'static str,
    pub(super) denominator: Option<String>,
    pub(super) denominator_unit: &'static str,
    pub(super) rank: Option<usize>,
    pub(super) ranked: usize,
    pub(super) compared: Option<Compared>,
    pub(super) change: Option<String>,
    /// Since which day it counts, where that lies inside the period; it is compared with nothing.
    pub(super) since: Option<String>,
    pub(super) completeness: Option<String>,
    pub(super) closed: bool,
    pub(super) closes_at: Option<String>,
    pub(super) revision: Option<u32>,
    pub(super) as_of: String,
    pub(super) source: &'static str,
    pub(super) enterprises: Vec<CardEnterprise>,
    pub(super) meters: Vec<MeterShown>,
}

/// One who stands on the parcel.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CardEnterprise {
    pub(super) enterprise: String,
    pub(super) name: String,
    pub(super) industry: String,
    pub(super) scale: &'static str,
    /// Its land here.
    pub(super) mu: String,
    /// Its land on all its parcels, in other parks too; null for whoever may not see some of it.
    pub(super) mu_total: Option<String>,
    /// The figure of its account that its part of the value is of; null where it has none, and in
    /// layers that are not made of accounts.
    pub(super) figure: Option<String>,
    /// Its grade of the newest rated year; null where it has none.
    pub(super) grade_figure: Option<String>,
}

/// A meter behind the figure.
#[derive(Serialize, ToSchema)]
#[schema(as = CardMeter)]
pub(in crate::http) struct MeterShown {
    meter: String,
    enterprise: String,
    multiplier: Option<String>,
    counted: bool,
    used: Option<String>,
    known_share: Option<String>,
    start: Option<Register>,
    end: Option<Register>,
    flags: BTreeMap<String, u64>,
    interval_s: i64,
    freshness: &'static str,
    latest: Vec<Latest>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CardRegister)]
struct Register {
    at: String,
    register: String,
}

impl Register {
    fn of(border: &Border) -> Self {
        Self {
            at: border.at.to_string(),
            register: border.number.to_string(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = CardLatest)]
struct Latest {
    indicator: String,
    unit: String,
    at: String,
    received_at: String,
    value: String,
}

impl Latest {
    fn of(read: &LatestRead) -> Self {
        Self {
            indicator: read.indicator.clone(),
            unit: read.unit.clone(),
            at: read.at.to_string(),
            received_at: read.received_at.to_string(),
            value: read.number.to_string(),
        }
    }
}

impl MeterShown {
    pub(super) fn of(one: &CardMeter) -> Self {
        let account = &one.account;
        Self {
            meter: one.meter.to_string(),
            enterprise: one.enterprise.to_string(),
            multiplier: one.multiplier.clone(),
            counted: one.counted,
            used: account.used.as_ref().map(|used| used.rounded(2)),
            known_share: account.known_share.as_ref().map(|share| share.rounded(4)),
            start: one.start.as_ref().map(Register::of),
            end: one.end.as_ref().map(Register::of),
            flags: account.flags.clone(),
            interval_s: one.interval_s,
            freshness: one.freshness.as_str(),
            latest: one.latest.iter().map(Latest::of).collect(),
        }
    }
}
