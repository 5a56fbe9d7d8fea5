//! Names as people write them come out of a table unharmed, and no spreadsheet calculates them
//! (contract.md 7, "Names").

use std::fmt::Write;

use crate::import::code;
use crate::stage::Stage;

/// Names that a spreadsheet would take for a formula, and one with every character that CSV and XML
/// write otherwise.
const NAMES: [&str; 5] = ["=1+1", "+1", "-1", "@x", "a,\"b\"<i>&'𠮷"];

/// A parcel for each enterprise, and the enterprise on it.
fn settle(stage: &Stage) {
    let mut enterprises =
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n".to_owned();
    let mut land =
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n".to_owned();
    let mut features = Vec::new();
    for (number, name) in (1_u32..).zip(NAMES) {
        let (who, quoted) = (code(number), name.replace('"', "\"\""));
        writeln!(enterprises, "{who},\"{quoted}\",p1,,C39,above,2015-01-01,,").unwrap();
        writeln!(land, "{who},L-{number},owned,30000,,,,2015-01-01,").unwrap();
        let west = 120.90 + 0.01 * f64::from(number);
        let (east, south, north) = (west + 0.002, 31.38, 31.3815);
        let ring = format!(
            "[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
        );
        features.push(format!(
            r#"{{"type":"Feature","properties":{{"parcel":"L-{number}","park":"p1"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        ));
    }
    let features = features.join(",");
    let parcels = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let file = stage.path("parcels.geojson");
    std::fs::write(&file, parcels).unwrap();
    let file = file.to_str().unwrap();
    stage.import(
        "parks",
        "parks.csv",
        "park,name,district,kind\np1,=2+2,高新区,\n",
    );
    stage.import("enterprises", "enterprises.csv", &enterprises);
    stage.ok(&["import", "parcels", file, "--crs", "EPSG:4490"]);
    stage.import("land", "land.csv", &land);
}

#[test]
fn no_name_is_calculated_by_a_spreadsheet() {
    let stage = Stage::new();
    settle(&stage);
    let server = stage.serve();
    let table = server.get("/api/v1/map.csv");
    assert_eq!(table.status, 200, "{}", table.text());
    let text = table.text().trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let workbook = server.get("/api/v1/map.xlsx");
    assert_eq!(workbook.status, 200, "{}", workbook.text());
    let workbook = String::from_utf8_lossy(&workbook.body).into_owned();
    // Nothing in it is a formula: what is calculated stands in <f>.
    assert!(!workbook.contains("<f>"));
    for (number, name) in (1..).zip(NAMES) {
        let parcel = format!("L-{number}");
        let row = rows
            .iter()
            .find(|row| row.iter().any(|cell| cell == parcel));
        let row = row.unwrap_or_else(|| panic!("no {parcel}: {text}"));
        let harmless = if number < 5 {
            format!("'{name}")
        } else {
            name.to_owned()
        };
        assert!(row.iter().any(|cell| cell == harmless), "{name}: {row:?}");
        let escaped = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let cells = [escaped.clone(), escaped.replace('"', "&quot;")];
        let is_there = cells.iter().any(|cell| {
            let cell = format!("preserve\">{cell}</t>");
            workbook.contains(&cell) || workbook.contains(&cell.replace('\'', "&#39;"))
        });
        assert!(is_there, "{name}: {workbook}");
    }
    for row in &rows {
        let is_formula = |cell: &str| {
            let is_number = cell.parse::<f64>().is_ok();
            cell.starts_with(['=', '+', '-', '@']) && !is_number
        };
        assert!(!row.iter().any(is_formula), "{row:?}");
    }
    server.stop();
}
