//! `[base_map]`: the customer's base map, checked before a browser is sent there.

use crate::http::{BaseMap, BaseMapKind, BaseMapSystem};

use super::reader::Reader;

/// A zoom beyond it is finer than a finger's breadth.
const ZOOM_MOST: u32 = 22;

/// What the template of a tile must hold, and what each becomes.
const XYZ: [(&str, &str); 3] = [("{z}", "{z}"), ("{x}", "{x}"), ("{y}", "{y}")];
const WMTS: [(&str, &str); 3] = [
    ("{TileMatrix}", "{z}"),
    ("{TileCol}", "{x}"),
    ("{TileRow}", "{y}"),
];

/// The base map; `None` where none is named.
pub(super) fn read(reader: &Reader<'_>) -> Option<BaseMap> {
    let text = |key: &str| reader.text(key).trim().to_owned();
    let kind = text("base_map.kind");
    let url = text("base_map.url");
    let attribution = text("base_map.attribution");
    let approval = text("base_map.approval");
    let system = system(reader);
    let zoom = zoom(reader);
    let corners = reader.parsed("base_map.corners");
    if kind.is_empty() {
        if !url.is_empty() {
            let what = "names a map, and base_map.kind is empty: it is off; say \"xyz\", \"wmts\" \
                        or \"image\"";
            reader.fault("base_map.url", what);
        }
        return None;
    }
    let (kind, url) = match kind.as_str() {
        "xyz" => (BaseMapKind::Tiles, template(reader, &url, XYZ)),
        "wmts" => (BaseMapKind::Tiles, template(reader, &url, WMTS)),
        "image" => (BaseMapKind::Image(edges(reader, &corners)), url),
        _ => {
            let what = "must be \"xyz\", \"wmts\", \"image\", or empty for none";
            reader.fault("base_map.kind", what);
            return None;
        }
    };
    check_address(reader, &url);
    for (key, text, what) in [
        (
            "base_map.attribution",
            &attribution,
            "must say whose map it is: it stands on the map",
        ),
        (
            "base_map.approval",
            &approval,
            "must hold the approval number of the map: one without may not be shown in \
             public",
        ),
    ] {
        if text.is_empty() {
            reader.fault(key, what);
        }
    }
    Some(BaseMap {
        kind,
        url,
        attribution,
        approval,
        system,
        zoom,
    })
}

/// The address with the names of tiles that the pages use.
fn template(reader: &Reader<'_>, url: &str, names: [(&str, &str); 3]) -> String {
    let missing = names.iter().filter(|(name, _)| !url.contains(name));
    let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let what = format!(
            "does not say where {} of a tile goes in it",
            missing.join(", ")
        );
        reader.fault("base_map.url", what);
    }
    let filled = |url: String, (name, own): &(&str, &str)| url.replace(name, own);
    names.iter().fold(url.to_owned(), filled)
}

/// An address that the policy of the pages can name, and that nobody listens to on the way.
fn check_address(reader: &Reader<'_>, url: &str) {
    const KEY: &str = "base_map.url";
    let is_here = ["http://127.0.0.1:", "http://localhost:"]
        .iter()
        .any(|start| url.starts_with(start));
    if !url.starts_with("https://") && !is_here {
        let what = "must be https://…, or http://127.0.0.1:… for a trial: browsers load nothing \
                    readable into a page that is sealed";
        reader.fault(KEY, what);
        return;
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter);
    if host.is_empty() || !host.chars().all(is_plain) {
        let what = "must name one host, without a user and without a part to be filled in: the \
                    pages may load pictures from that host and no other";
        reader.fault(KEY, what);
    }
    if url.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        reader.fault(KEY, "must not hold spaces");
    }
}

fn system(reader: &Reader<'_>) -> BaseMapSystem {
    const KEY: &str = "base_map.system";
    match reader.text(KEY) {
        "EPSG:3857" => BaseMapSystem::WebMercator,
        "GCJ-02" => BaseMapSystem::Gcj02,
        _ => {
            let what = "must be \"EPSG:3857\" (as OpenStreetMap) or \"GCJ-02\"";
            reader.fault(KEY, what);
            BaseMapSystem::WebMercator
        }
    }
}

fn zoom(reader: &Reader<'_>) -> (u32, u32) {
    let (least, most) = (
        reader.count("base_map.zoom_min"),
        reader.count("base_map.zoom_max"),
    );
    if most > ZOOM_MOST {
        reader.fault("base_map.zoom_max", format!("must be at most {ZOOM_MOST}"));
    }
    if least > most {
        reader.fault("base_map.zoom_min", "must not be above base_map.zoom_max");
    }
    (least, most)
}

/// West, south, east, north.
fn edges(reader: &Reader<'_>, corners: &[f64]) -> [f64; 4] {
    if let [west, south, east, north] = *corners {
        let fits = |low: f64, high: f64, most: f64| -most <= low && low < high && high <= most;
        if fits(west, east, 180.0) && fits(south, north, 85.0) {
            return [west, south, east, north];
        }
    }
    let what =
        "must be four numbers in degrees, the edges of the picture: west, south, east, north";
    reader.fault("base_map.corners", what);
    [0.0, 0.0, 1.0, 1.0]
}
