//! A backdrop as JSON.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{BaseMap, BaseMapKind};
use crate::park::backdrop;

/// Of which park a backdrop is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which park; all that the asker may see if not given.
    pub(super) park: Option<String>,
}

/// `GET /api/v1/backdrop`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Backdrop {
    /// In the order of drawing.
    things: Vec<Thing>,
    /// The customer's base map; null where the installation names none.
    base: Option<Base>,
}

/// Where a browser finds the base map. No picture and no file of this server holds any of it.
#[derive(Serialize, ToSchema)]
#[schema(as = BackdropBase)]
struct Base {
    /// `tiles` or `image`.
    kind: &'static str,
    /// With `{z}`, `{x}` and `{y}` of tiles of 256 px, numbered from the north west.
    url: String,
    /// Whose it is; stands on the map.
    attribution: String,
    /// 审图号; stands on the map.
    approval: String,
    /// `EPSG:3857` (WGS 84) or `GCJ-02`.
    system: &'static str,
    zoom_min: u32,
    zoom_max: u32,
    /// Of an image: west, south, east, north in degrees of `system`.
    #[schema(value_type = Option<(f64, f64, f64, f64)>)]
    corners: Option<[f64; 4]>,
}

impl Base {
    fn of(base: &BaseMap) -> Self {
        let corners = match base.kind {
            BaseMapKind::Tiles => None,
            BaseMapKind::Image(corners) => Some(corners),
        };
        Self {
            kind: if corners.is_none() { "tiles" } else { "image" },
            url: base.url.clone(),
            attribution: base.attribution.clone(),
            approval: base.approval.clone(),
            system: base.system.as_str(),
            zoom_min: base.zoom.0,
            zoom_max: base.zoom.1,
            corners,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = BackdropThing)]
struct Thing {
    /// `green`, `water`, `road` or `limit`.
    kind: &'static str,
    name: Option<String>,
    /// Of a road; 0 of everything else.
    width_m: f64,
    /// Longitude and latitude: rings of a surface, or the one line of a road.
    #[schema(value_type = Vec<Vec<(f64, f64)>>)]
    lines: Vec<Vec<[f64; 2]>>,
}

impl Backdrop {
    pub(super) fn of<'a>(
        things: impl Iterator<Item = &'a backdrop::Thing>,
        base: Option<&BaseMap>,
    ) -> Self {
        Self {
            things: things.map(Thing::of).collect(),
            base: base.map(Base::of),
        }
    }
}

impl Thing {
    fn of(thing: &backdrop::Thing) -> Self {
        let lines = thing.lines.iter();
        Self {
            kind: thing.kind.as_str(),
            name: thing.name.as_ref().map(ToString::to_string),
            width_m: thing.width_m,
            lines: lines
                .map(|line| line.iter().map(|at| [at.x, at.y]).collect())
                .collect(),
        }
    }
}
