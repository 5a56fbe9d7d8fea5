//! What is wrong with an outline, and what to do, as sentences of the words.

use crate::park::outline::{Measure, Ring, What};
use crate::text::{Said, said};

use super::fault::{Advice, belongs};
use super::kind::Kind;

/// What is wrong with an outline of a file.
pub(super) fn wrong(what: &What) -> Said {
    match what {
        What::NotGeoJson { detail } => said!("import_fault.not_geojson", detail = detail),
        What::TooMuch { what, limit } => too_much(*what, *limit),
        What::Missing { property } => said!("import_fault.property_missing", property = property),
        What::BadProperty { property, detail } => said!(
            "import_fault.property_bad",
            property = property,
            detail = detail
        ),
        What::NotAPolygon { found } => said!("import_fault.no_polygon", found = found),
        What::UnclosedRing { ring } => said!("import_fault.ring_open").with("ring", of_ring(*ring)),
        What::TooFewPoints { ring } => {
            said!("import_fault.ring_short").with("ring", of_ring(*ring))
        }
        What::OutOfRange { pair, crs } => {
            said!("import_fault.no_coordinate", pair = pair, crs = crs)
        }
        What::SwappedAxes { pair } => said!("import_fault.axes_swapped", pair = pair),
        What::OutsideCity { pair } => said!("import_fault.outside_city", pair = pair),
        What::SelfCrossing { detail } => said!("import_fault.crossing", detail = detail),
        What::NoArea => said!("import_fault.no_area"),
        What::NotCut => said!("import_fault.not_cut"),
        What::Crumb => said!("import_fault.crumb"),
        What::Apart => said!("import_fault.apart"),
        What::Twice { other } => said!("import_fault.same_parcel", other = other + 1),
        What::Overlap {
            other,
            feature,
            shared,
        } => said!(
            "import_fault.lies_over",
            other = other,
            feature = feature + 1,
            shared = shared
        ),
        What::AreaOff { outline, declared } => said!(
            "import_fault.area_off",
            outline = format_args!("{outline:.2}"),
            declared = format_args!("{declared:.2}")
        ),
    }
}

/// What to do about it.
pub(super) fn advice(what: &What) -> Advice {
    Advice::Do(match what {
        What::NotGeoJson { .. } => said!("import_advice.outline_not_geojson"),
        What::TooMuch { .. } => said!("import_advice.outline_bytes_many"),
        What::Missing { .. } => said!("import_advice.outline_property_missing"),
        What::BadProperty { property, .. } => return belongs(Kind::Parcels, property),
        What::NotAPolygon { .. } => return Advice::None,
        What::UnclosedRing { .. } => said!("import_advice.outline_ring_open"),
        What::TooFewPoints { .. } | What::NoArea => said!("import_advice.outline_ring_short"),
        What::OutOfRange { .. } | What::OutsideCity { .. } => {
            said!("import_advice.outline_no_coordinate")
        }
        What::SwappedAxes { .. } => said!("import_advice.outline_axes_swapped"),
        What::SelfCrossing { .. } => said!("import_advice.outline_crossing"),
        What::NotCut => said!("import_advice.outline_not_cut"),
        What::Crumb => said!("import_advice.outline_crumb"),
        What::Apart => said!("import_advice.outline_apart"),
        What::Twice { .. } => said!("import_advice.outline_same_parcel"),
        What::Overlap { .. } => said!("import_advice.outline_lies_over"),
        What::AreaOff { .. } => said!("import_advice.outline_area_off"),
    })
}

fn too_much(what: Measure, limit: usize) -> Said {
    match what {
        Measure::FileBytes => said!("import_fault.bytes_many", limit = limit),
        Measure::Features => said!("import_fault.features_many", limit = limit),
        Measure::OutlinePoints => said!("import_fault.points_many", limit = limit),
        Measure::LinePoints => said!("import_fault.line_points_many", limit = limit),
    }
}

/// A ring as it is named to people: parts and holes count from 1.
fn of_ring(Ring { part, ring }: Ring) -> Said {
    let place = part + 1;
    match (part, ring) {
        (0, 0) => said!("import_fault.ring_outer"),
        (0, hole) => said!("import_fault.ring_hole", hole = hole),
        (_, 0) => said!("import_fault.ring_outer_of", part = place),
        (_, hole) => said!("import_fault.ring_hole_of", hole = hole, part = place),
    }
}
