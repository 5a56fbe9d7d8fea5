//! A column as GeoJSON for other programs: outlines in degrees with value, class, colour and
//! quality. What may not be shown in a picture is not in here either.

use geo::{LineString, Polygon};
use serde_json::{Map, Value, json};

use crate::calendar::Moment;
use crate::heatmap::cell::{Area, Cell, Column};
use crate::heatmap::classes::Class;
use crate::heatmap::digest::Digest;
use crate::heatmap::shading::{Mark, Shading};
use crate::heatmap::wire::exact;
use crate::park::Name;

/// Which revision a file holds, and who took it away when.
#[derive(Clone, Debug)]
pub struct TakenAway {
    /// The revision of the closing or rating; none of what is not closed.
    pub revision: Option<u32>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The filter as it was written, and whether each parcel passes it; only those are in the file.
    pub filter: Option<(String, Vec<bool>)>,
}

/// The column as the text of a `FeatureCollection` (RFC 7946); beside the features the title,
/// unit, period, as-of time, source, method, breaks, counts and digest; where it is `taken` away, the
/// revision, who and when.
#[must_use]
pub fn geojson(column: &Column<'_>, shading: &Shading, taken: Option<&TakenAway>) -> String {
    let text = |name: &Option<Name>| json!(name.as_ref().map(Name::as_str));
    let breaks: Vec<String> = shading.breaks().iter().map(|at| exact(*at)).collect();
    let features: Vec<Value> = column
        .areas
        .iter()
        .zip(&shading.marks)
        .enumerate()
        .filter(|(place, _)| passes(taken, *place))
        .map(|(_, (area, mark))| feature(area, *mark, shading))
        .collect();
    let mut collection = json!({
        "type": "FeatureCollection",
        "title": column.title.as_str(),
        "unit": text(&column.unit),
        "period": text(&column.period),
        "as_of": column.as_of.map(|at| at.to_string()),
        "source": text(&column.source),
        "method": shading.method,
        "breaks": breaks,
        "n": shading.counts.valued,
        "no_data": shading.counts.no_data,
        "coordinates": "CGCS2000",
        "digest": Digest::of(column, shading).to_string(),
        "features": features,
    });
    if let (Some(taken), Some(keys)) = (taken, collection.as_object_mut()) {
        let filter = taken.filter.as_ref().map(|(written, _)| written);
        keys.insert("filter".to_owned(), json!(filter));
        keys.insert("revision".to_owned(), json!(taken.revision));
        keys.insert("exported_by".to_owned(), json!(taken.by));
        keys.insert("exported_at".to_owned(), json!(taken.at.to_string()));
    }
    format!("{collection}\n")
}

fn passes(taken: Option<&TakenAway>, place: usize) -> bool {
    let filter = taken.and_then(|taken| taken.filter.as_ref());
    filter.is_none_or(|(_, passes)| passes.get(place) != Some(&false))
}

fn feature(area: &Area<'_>, mark: Mark, shading: &Shading) -> Value {
    let mut properties = Map::new();
    let mut put = |key: &str, value: Value| {
        properties.insert(key.to_owned(), value);
    };
    put("parcel", json!(area.parcel.as_str()));
    put(
        "value",
        match area.cell {
            Cell::Value(value) => json!(exact(value)),
            Cell::Grade(grade) => json!(grade.letter()),
            Cell::Category(category) => json!(category.code()),
            _ => Value::Null,
        },
    );
    put(
        "class",
        match mark {
            Mark::Class(Class::Negative) => json!(0),
            Mark::Class(Class::Number(class)) => json!(class + 1),
            _ => Value::Null,
        },
    );
    let colour = shading.entry(mark).map(|entry| entry.ground.to_string());
    put("colour", json!(colour));
    let quality = match area.cell {
        _ if area.has_gaps => "gaps",
        Cell::Band(_) => "band",
        _ => mark.quality(),
    };
    put("quality", json!(quality));
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": area.outline.polygons().iter().map(rings).collect::<Vec<_>>(),
        },
    })
}

fn rings(polygon: &Polygon<f64>) -> Vec<Vec<[f64; 2]>> {
    let ring = |line: &LineString<f64>| line.coords().map(|coord| [coord.x, coord.y]).collect();
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(ring)
        .collect()
}
