//! What is taken away is what is seen: with a filter files hold the parcels that the screen colours,
//! and pictures fade the others, outline the selected one, and have the classes of the screen.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::pages_rights::text;
use crate::stage::{Server, Stage, parkpulse, until};

/// How the page and the pictures paint a parcel that is not looked at.
const FADED: &str = "#eceff2";
/// The line around the selected one.
const SELECTED: &str = "#0b2f6b";

#[test]
fn every_export_holds_just_what_the_screen_shows() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", "2", "--no-simulator"]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let choices = server.get("/api/v1/session").json();
    let park = text(&choices["parks"][0]["park"]);
    let sight = format!("park={park}&k=kwh_per_mu&m=q4");
    // Years are rated and months closed while the demo serves already.
    let map = until(Duration::from_mins(1), "the rated year", || {
        let map = server.get(&format!("/api/v1/map?{sight}")).json();
        (map["rated"].is_string() && map["settling"].is_null()).then_some(map)
    });
    let cells = map["cells"].as_array().unwrap();
    let industry = cells
        .iter()
        .find_map(|cell| cell["enterprises"][0]["industry"].as_str());
    let industry = format!("ind:{}", industry.unwrap());
    let letter = cells.iter().find_map(|cell| cell["grade"].as_str());
    let letter = format!("grade:{}", letter.unwrap_or("A"));
    let both = format!("class:4,{industry}");
    let filters = [
        "",
        "class:1",
        "class:4",
        &letter,
        "state:not_counted",
        "size:big",
        "size:small",
        &industry,
        &both,
    ];
    let mut tags = Vec::new();
    for f in filters {
        tags.push(files_hold(&server, &sight, &map, f));
    }
    tags.sort();
    tags.dedup();
    assert_eq!(
        tags.len(),
        filters.len(),
        "one picture was given for another"
    );
    server.stop();
}

/// Files and pictures with the filter `f` hold and colour what the screen does; the picture's tag.
fn files_hold(server: &Server, sight: &str, map: &Value, f: &str) -> String {
    let cells = map["cells"].as_array().unwrap();
    let first = text(&cells[0]["parcel"]);
    let seen: Vec<String> = cells
        .iter()
        .filter(|cell| passes(cell, f))
        .map(|cell| text(&cell["parcel"]))
        .collect();
    let may_be_none = f.contains(',') || f.starts_with("grade:");
    assert!(!seen.is_empty() || may_be_none, "{f}");
    let get = |kind: &str, more: &str| {
        let answer = server.get(&format!("/api/v1/map.{kind}?{sight}&f={f}{more}"));
        assert_eq!(answer.status, 200, "{kind} {f}: {}", answer.text());
        answer
    };
    let file = get("geojson", "").json();
    let features = file["features"].as_array().unwrap().iter();
    let held: Vec<String> = features
        .map(|one| text(&one["properties"]["parcel"]))
        .collect();
    assert_eq!(held, seen, "geojson {f}");
    let filter = if f.is_empty() { Value::Null } else { json!(f) };
    assert_eq!(file["filter"], filter);
    let (own, screen) = (breaks(&file), breaks(map));
    assert!(
        screen.iter().all(|at| own.contains(at)),
        "{own:?} {screen:?}"
    );
    let table = get("csv", "");
    let rows = seen
        .iter()
        .filter(|parcel| table.text().contains(&format!(",{parcel},")))
        .count();
    assert_eq!(rows, seen.len(), "csv {f}: {}", table.text());
    let picture = get("svg", "");
    let faded = picture.text().matches(FADED).count();
    assert_eq!(faded, cells.len() - seen.len(), "svg {f}");
    assert!(!picture.text().contains(SELECTED));
    assert!(
        get("svg", &format!("&s={first}")).text().contains(SELECTED),
        "{f}"
    );
    let png = get("png", "");
    assert!(get("pdf", "").body.starts_with(b"%PDF"));
    png.header("etag").unwrap().to_owned()
}

/// The filter as the page applies it (`scene.ts`).
fn passes(cell: &Value, f: &str) -> bool {
    f.split(',').filter(|part| !part.is_empty()).all(|part| {
        let (key, wanted) = part.split_once(':').unwrap();
        let firms = cell["enterprises"].as_array().unwrap();
        match key {
            "class" => {
                cell["class"]
                    .as_u64()
                    .map(|class| class.to_string())
                    .as_deref()
                    == Some(wanted)
            }
            "grade" => cell["grade"] == wanted,
            "state" => cell["state"] == wanted,
            "ind" => firms.iter().any(|firm| firm["industry"] == wanted),
            _ => firms
                .iter()
                .any(|firm| (firm["scale"] == "above") == (wanted == "big")),
        }
    })
}

fn breaks(of: &Value) -> Vec<Decimal> {
    let all = of["breaks"].as_array().unwrap().iter();
    let written = all.map(|at| at.as_str().map_or_else(|| at.to_string(), str::to_owned));
    written.map(|at| at.parse().unwrap()).collect()
}
