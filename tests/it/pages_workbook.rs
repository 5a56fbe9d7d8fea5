//! The table of the map as a workbook: the archive is whole, its rows are those of the screen under the
//! same filter, and a second sheet says of what it is.

use std::collections::BTreeMap;

use parkpulse::calendar::Moment;
use serde_json::Value;

use crate::pages_park::{ShownPark, now};

/// The files of an archive of stored files, read by its local headers; panics where it is not whole.
fn files(bytes: &[u8]) -> BTreeMap<String, String> {
    let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut files = BTreeMap::new();
    let mut at = 0;
    while long(at) == 0x0403_4b50 {
        assert_eq!(short(at + 8), 0, "stored");
        let size = usize::try_from(long(at + 22)).unwrap();
        let begin = at + 30 + short(at + 26) + short(at + 28);
        let name = String::from_utf8(bytes[at + 30..at + 30 + short(at + 26)].to_vec()).unwrap();
        let text = &bytes[begin..begin + size];
        assert_eq!(crc32fast::hash(text), long(at + 14), "{name}");
        files.insert(name, String::from_utf8(text.to_vec()).unwrap());
        at = begin + size;
    }
    let end = bytes.len() - 22;
    assert_eq!(long(end), 0x0605_4b50, "the end of the directory");
    assert_eq!(
        usize::try_from(long(end + 16)).unwrap(),
        at,
        "where it begins"
    );
    assert_eq!(short(end + 10), files.len());
    files
}

/// The cells of a sheet as texts.
fn rows(sheet: &str) -> Vec<Vec<String>> {
    let cell = |text: &str| {
        let within = text
            .split_once("preserve\">")
            .or_else(|| text.split_once("<v>"));
        let within = within.map_or("", |(_, rest)| rest.split('<').next().unwrap());
        within
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
    };
    let row = |text: &str| {
        let cells = text.split("<c").skip(1);
        cells.map(cell).collect::<Vec<_>>()
    };
    sheet.split("<row ").skip(1).map(row).collect()
}

fn csv(park: &ShownPark, query: &str) -> Vec<BTreeMap<String, String>> {
    let csv = park.server.get(&format!("/api/v1/map.csv{query}"));
    let text = csv
        .text()
        .strip_prefix('\u{feff}')
        .expect("a BOM")
        .to_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize().map(Result::unwrap);
    // Below the table stands of what it is.
    rows.filter(|row: &BTreeMap<String, String>| !row["parcel"].is_empty())
        .collect()
}

fn passes(cell: &Value, class: Option<u64>, industry: Option<&str>, scale: Option<&str>) -> bool {
    let mut here = cell["enterprises"].as_array().unwrap().iter();
    class.is_none_or(|class| cell["class"] == class)
        && (industry.is_none() && scale.is_none()
            || here.any(|one| {
                industry.is_none_or(|wanted| one["industry"] == wanted)
                    && scale.is_none_or(|wanted| one["scale"] == wanted)
            }))
}

pub(crate) fn a_workbook_holds_the_rows_of_the_screen(park: &ShownPark) {
    let map = park.json("/api/v1/map");
    let cells = map["cells"].as_array().unwrap();
    let own = cells.iter().find(|cell| cell["class"] == 3).unwrap();
    let industry = own["enterprises"][0]["industry"].as_str().unwrap();
    let filters = [
        (String::new(), None, None, None),
        ("class:3".to_owned(), Some(3), None, None),
        (
            format!("class:3,ind:{industry}"),
            Some(3),
            Some(industry),
            None,
        ),
        ("size:big".to_owned(), None, None, Some("above")),
    ];
    for (f, class, industry, scale) in filters {
        let query = format!("?f={f}");
        let wanted: Vec<&str> = cells
            .iter()
            .filter(|cell| passes(cell, class, industry, scale))
            .map(|cell| cell["parcel"].as_str().unwrap())
            .collect();
        assert!(!wanted.is_empty(), "{f}");
        let answer = park.server.get(&format!("/api/v1/map.xlsx{query}"));
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!(answer.header("content-type"), Some(kind));
        let files = files(&answer.body);
        let table = rows(&files["xl/worksheets/sheet1.xml"]);
        let csv = csv(park, &query);
        assert_eq!(table[0][..4], ["序", "地块", "企业", "等级"], "{f}");
        assert_eq!(table.len(), wanted.len() + 1, "{f}");
        assert_eq!(csv.len(), wanted.len(), "{f}");
        for ((row, line), parcel) in table[1..].iter().zip(&csv).zip(wanted) {
            assert_eq!(row[1], parcel);
            for (place, column) in [
                (0, "rank"),
                (1, "parcel"),
                (2, "enterprises"),
                (4, "value"),
                (5, "class"),
                (7, "change_percent"),
                (8, "completeness_percent"),
            ] {
                assert_eq!(row[place], line[column], "{f} {parcel} {column}");
            }
        }
        let about = rows(&files["xl/worksheets/sheet2.xml"]).concat().join("\n");
        for words in [
            format!("期间：{}", map["period"].as_str().unwrap()),
            format!("本表 {} 宗", csv.len()),
            format!("共 {} 宗", cells.len()),
            "核对码：".to_owned(),
            "单位：kWh/亩".to_owned(),
            "导出：".to_owned(),
        ] {
            assert!(about.contains(&words), "{words}: {about}");
        }
        // Same question, same bytes but the time of asking.
        assert!(files["[Content_Types].xml"].contains("/xl/worksheets/sheet2.xml"));
    }
    for wrong in ["class:x", "size:huge", "colour:red", "x"] {
        let answer = park.server.get(&format!("/api/v1/map.xlsx?f={wrong}"));
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

/// Period, unit, method, breaks, counts, revision, digest, coordinates, who and when (screens.md 6).
pub(crate) fn what_is_taken_away_says_of_what_it_is(
    park: &ShownPark,
    map: &Value,
    foot: &[BTreeMap<String, String>],
) {
    let lines: Vec<&str> = foot.iter().map(|row| row["rank"].as_str()).collect();
    let geojson = park.json("/api/v1/map.geojson?m=j4&r=viridis");
    let digest = geojson["digest"].as_str().unwrap();
    let text = |key: &str| map[key].as_str().unwrap();
    let breaks: Vec<&str> = map["breaks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| at.as_str().unwrap())
        .collect();
    for part in [
        text("period"),
        text("unit"),
        "j4",
        breaks[0],
        text("as_of"),
        digest,
        "CGCS2000",
    ] {
        assert!(
            lines
                .iter()
                .any(|line| line.replace(',', "").contains(part)),
            "{part}: {lines:?}"
        );
    }
    let total = &map["total"];
    let firms = format!(
        "{} 户中 {} 户",
        total["enterprises_all"], total["enterprises"]
    );
    assert!(lines.iter().any(|line| line.contains(&firms)), "{lines:?}");
    assert!(lines.last().unwrap().contains("导出"), "{lines:?}");
    assert!(
        lines[1..].iter().all(|line| line.starts_with("# ")),
        "{lines:?}"
    );
    assert_eq!(geojson["revision"], map["revision"]);
    assert!(geojson["exported_by"].is_string());
    let at: Moment = geojson["exported_at"].as_str().unwrap().parse().unwrap();
    assert!(at.ms_since(now()).abs() < 600_000, "{at}");
}
