//! `city.zones`: groups of parks that are no one territory (一区多园), by name.

use std::collections::BTreeMap;

use crate::park::{Name, ParkId};

use super::reader::Reader;

/// The key.
const KEY: &str = "city.zones";

/// Zones by name, each with its parks.
pub(super) fn read(reader: &Reader<'_>) -> BTreeMap<String, Vec<String>> {
    let mut zones = BTreeMap::new();
    for text in reader.texts(KEY) {
        let Some((name, parks)) = zone(&text) else {
            let what =
                format!("`{text}` must be a name, `=`, and ids of parks with blanks between");
            reader.fault(KEY, what);
            continue;
        };
        if zones.insert(name.clone(), parks).is_some() {
            reader.fault(KEY, format!("zone `{name}` stands twice: keep one"));
        }
    }
    zones
}

fn zone(text: &str) -> Option<(String, Vec<String>)> {
    let (name, parks) = text.split_once('=')?;
    let name: Name = name.parse().ok()?;
    let park = |id: &str| Some(id.parse::<ParkId>().ok()?.to_string());
    let parks: Option<Vec<String>> = parks.split_whitespace().map(park).collect();
    let parks = parks.filter(|parks| !parks.is_empty())?;
    Some((name.to_string(), parks))
}
