//! A backdrop as JSON.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    pub(super) fn of<'a>(things: impl Iterator<Item = &'a backdrop::Thing>) -> Self {
        Self {
            things: things.map(Thing::of).collect(),
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
