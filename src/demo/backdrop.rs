//! What is drawn under the parcels of the made-up city, as the file that `map.backdrop` names.

use std::fmt::Write;

use geo::{Coord, LineString};

use super::City;
use super::city::{key, park_dice};
use super::files::metres_per_degree;
use super::ground::{self, Course};
use super::words::ParkWords;

impl City {
    /// Limits, green, water and roads of the parks: GeoJSON in EPSG:4326.
    #[must_use]
    pub fn backdrop(&self) -> String {
        let parks = self.parks.iter().enumerate();
        let features: Vec<String> = parks
            .flat_map(|(place, park)| {
                features(park, &ground::around(park_dice(self.dice, key(place))))
            })
            .collect();
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n",
            features.join(",\n")
        )
    }
}

fn features(park: &ParkWords, around: &ground::Around) -> Vec<String> {
    let surface = |kind: &str, name: Option<&str>, ring: &LineString<f64>| {
        let called = name.map_or_else(String::new, |name| format!(",\"name\":\"{name}\""));
        let corners = corners(park, &ring.0);
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"park\":\"{}\",\"kind\":\"{kind}\"{called}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{corners}]]}}}}",
            park.id
        )
    };
    let mut features = vec![surface("limit", None, around.limit.exterior())];
    let green = around.green.iter();
    features.extend(green.map(|band| surface("green", None, band.exterior())));
    let names = [park.waters[0], park.waters[1]];
    let water = around.water.iter().zip(names);
    features.extend(water.map(|(band, name)| surface("water", Some(name), band.exterior())));
    features.extend(around.roads.iter().map(|road| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"park\":\"{}\",\"kind\":\"road\",\"name\":\"{}\",\"width_m\":{}}},\"geometry\":{{\"type\":\"LineString\",\"coordinates\":[{}]}}}}",
            park.id,
            name(park, road.course),
            road.width_m,
            corners(park, &road.line)
        )
    }));
    features
}

/// Avenues have names, the other roads are counted.
fn name(park: &ParkWords, course: Course) -> String {
    const COUNTED: [&str; 8] = ["一", "二", "三", "四", "五", "六", "七", "八"];
    let counted = |number: u32| {
        let place = usize::try_from(number).unwrap_or_default();
        COUNTED.get(place).copied().unwrap_or("九")
    };
    match course {
        Course::Across(0) => "南环路".to_owned(),
        Course::Across(3) => format!("{}大道", park.stem),
        Course::Across(row) => format!("纬{}路", counted(row)),
        Course::Along(column) => format!("经{}路", counted(column)),
        Course::Askew => "创新路".to_owned(),
    }
}

/// Degrees to a decimetre: it is only drawn.
fn corners(park: &ParkWords, line: &[Coord<f64>]) -> String {
    let metres = metres_per_degree(park.middle_deg.1);
    let mut text = String::new();
    for Coord { x, y } in line {
        let comma = if text.is_empty() { "" } else { "," };
        let longitude = park.middle_deg.0 + x / metres.x;
        let latitude = park.middle_deg.1 + y / metres.y;
        // Writing to a string cannot fail.
        let _written = write!(text, "{comma}[{longitude:.6},{latitude:.6}]");
    }
    text
}
