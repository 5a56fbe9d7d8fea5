//! Workbooks and GBK: the same rows whatever a file is written as, numbers as they stand in the
//! cell, and a word for everything that was not plain.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use parkpulse::jobs::import::{Form, Given, Kind, Limits, Picks, Progress, Report, import};
use parkpulse::park::outline::CityBox;
use parkpulse::store::registry::Mode;
use parkpulse::text::Language;
use zip::write::SimpleFileOptions;

use crate::import::{Town, code};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// An archive of these entries, packed.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The parts of a workbook of these sheets, each by its name, what is said of it, and its inside.
pub(crate) fn parts(sheets: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    let (mut list, mut targets, mut all) = (String::new(), String::new(), Vec::new());
    for (place, (name, said, inside)) in sheets.iter().enumerate() {
        let number = place + 1;
        write!(
            list,
            "<sheet name=\"{name}\" sheetId=\"{number}\" {said} r:id=\"rId{number}\"/>"
        )
        .unwrap();
        write!(targets, "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>").unwrap();
        let sheet = format!("<worksheet xmlns=\"{MAIN}\">{inside}</worksheet>");
        all.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
    }
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relations =
        |inside: &str| format!("<Relationships xmlns=\"{package}\">{inside}</Relationships>");
    let root = format!(
        "<Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/>"
    );
    let styles = "<numFmts count=\"1\"><numFmt numFmtId=\"170\" formatCode=\"yyyy-mm-dd\"/></numFmts>\
                  <cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs>";
    write!(
        targets,
        "<Relationship Id=\"rId99\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/>"
    )
    .unwrap();
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{list}</sheets></workbook>"
    );
    let fixed = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", relations(&root)),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations(&targets)),
        (
            "xl/styles.xml",
            format!("<styleSheet xmlns=\"{MAIN}\">{styles}</styleSheet>"),
        ),
    ];
    all.extend(fixed.map(|(name, text)| (name.to_owned(), text)));
    all
}

/// A workbook of these sheets.
pub(crate) fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let parts = parts(sheets);
    let entries: Vec<_> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    archive(&entries)
}

/// The inside of a sheet; a cell is a text, or XML if it begins with `<`.
pub(crate) fn sheet(rows: &[&[&str]]) -> String {
    let mut text = "<sheetData>".to_owned();
    for (place, row) in rows.iter().enumerate() {
        write!(text, "<row r=\"{}\">", place + 1).unwrap();
        for cell in *row {
            if cell.starts_with('<') {
                text += cell;
            } else {
                write!(text, "<c t=\"inlineStr\"><is><t>{cell}</t></is></c>").unwrap();
            }
        }
        text += "</row>";
    }
    text + "</sheetData>"
}

pub(crate) async fn imports_as(town: &Town, kind: Kind, bytes: &[u8], picks: &Picks) -> Report {
    let given = Given {
        catalogue: &town.catalogue,
        crs: None,
        city: CityBox::KUNSHAN,
        limits: Limits::default(),
        name: None,
        picks,
        progress: Progress::NONE,
    };
    let who = parkpulse::access::Principal::local();
    import(&town.registry, &who, kind, bytes, &given, Mode::Apply)
        .await
        .unwrap()
}

/// What counts of these periods: value and source.
async fn stated(town: &Town, periods: &[&str]) -> Vec<(String, String)> {
    let periods: Vec<_> = periods.iter().map(|one| one.parse().unwrap()).collect();
    let who = parkpulse::access::Principal::local();
    let found = town.registry.stated_for(&who, &periods).await.unwrap();
    let shown = found
        .iter()
        .map(|one| (one.value.to_string(), one.source.as_str().to_owned()));
    shown.collect()
}

const HEAD: &[&str] = &[
    "enterprise",
    "period",
    "indicator",
    "value",
    "unit",
    "source",
];

#[tokio::test]
async fn a_workbook_is_read_as_its_cells_show_it() {
    let town = Town::settled().await;
    let one = code(1);
    let row = |indicator: &'static str, value: &'static str| -> Vec<String> {
        let year = "<c><v>2025</v></c>";
        [one.as_str(), year, indicator, value, "万元", "税务"]
            .map(str::to_owned)
            .to_vec()
    };
    let rows = [
        row("output_value", "<c><v>0.1</v></c>"),
        row("revenue", "<c><f>0.1+0.2</f><v>0.30000000000000004</v></c>"),
        row("value_added", "<c><v>1234567.8899999999</v></c>"),
        row("investment", "<c><v>12345678901</v></c>"),
    ];
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let mut all = vec![HEAD];
    all.extend(rows.iter().map(Vec::as_slice));
    let inside = sheet(&all) + "<mergeCells count=\"1\"><mergeCell ref=\"F2:F3\"/></mergeCells>";
    let file = workbook(&[
        ("隐藏", "state=\"hidden\"", &sheet(&[&["x"]])),
        ("税务", "", &inside),
    ]);
    let report = town.imports(Kind::Statements, &file, Mode::DryRun).await;
    let what = report.faults.told().first().map(ToString::to_string);
    assert_eq!(
        what.as_deref()
            .map(|text| text.starts_with("D5: row 5, column value")),
        Some(true),
        "{what:?}"
    );
    // 12345678901 is beyond what is possible; the others are good.
    all.pop();
    let inside = sheet(&all) + "<mergeCells count=\"1\"><mergeCell ref=\"F2:F3\"/></mergeCells>";
    let file = workbook(&[
        ("隐藏", "state=\"hidden\"", &sheet(&[&["x"]])),
        ("税务", "", &inside),
    ]);
    let report = town.imports(Kind::Statements, &file, Mode::Apply).await;
    assert!(report.is_taken(), "{:?}", report.faults);
    assert_eq!((report.form, report.added), (Some(Form::Xlsx), 3));
    let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
    let expected = [
        "the workbook has 2 sheets; only `税务` was read",
        "1 cells hold formulas, the first is D3",
        "cells are merged",
    ];
    for (note, expected) in notes.iter().zip(expected) {
        assert!(note.contains(expected), "{notes:?}");
    }
    assert_eq!(notes.len(), 3, "{notes:?}");
    let stated = stated(&town, &["2025"]).await;
    let mut values: Vec<String> = stated.into_iter().map(|one| one.0).collect();
    values.sort();
    assert_eq!(values, ["0.1", "0.3", "1234567.89"]);
}

#[tokio::test]
async fn dates_sheets_columns_and_units_are_what_they_are_said_to_be() {
    let town = Town::settled().await;
    // 43586 is 2019-05-01.
    let date = "<c s=\"1\"><v>43586</v></c>";
    let head = [
        "统一社会信用代码",
        "企业名称",
        "园区",
        "行业代码",
        "规模",
        "成立日期",
        "备注",
    ];
    let three = code(3);
    let row = [three.as_str(), "丙厂", "P1", "C39", "below", date, "新来的"];
    let file = workbook(&[
        ("一", "", &sheet(&[&["x"]])),
        ("二", "", &sheet(&[&head, &row])),
    ]);
    let mut picks = Picks {
        sheet: Some("二".to_owned()),
        ..Picks::default()
    };
    let refused = imports_as(&town, Kind::Enterprises, &file, &picks).await;
    let what = refused.faults.told()[0].to_string();
    assert!(
        what.starts_with("G1: row 1, column 备注: there is no column `备注`"),
        "{what}"
    );
    assert_eq!(refused.header[5].column, Some("established"));
    assert_eq!(refused.header[6].column, None);
    picks.columns.insert("备注".to_owned(), String::new());
    let taken = imports_as(&town, Kind::Enterprises, &file, &picks).await;
    assert!(taken.is_taken() && taken.added == 1, "{:?}", taken.faults);
    picks.sheet = Some("三".to_owned());
    let refused = imports_as(&town, Kind::Enterprises, &file, &picks).await;
    assert!(
        refused.faults.told()[0]
            .to_string()
            .contains("no sheet `三`")
    );

    let text = format!(
        "统一社会信用代码,期间,指标,数值（元）,来源\n{three},2025,output_value,12345600,税务\n"
    );
    let taken = imports_as(&town, Kind::Statements, text.as_bytes(), &Picks::default()).await;
    assert!(taken.is_taken(), "{:?}", taken.faults);
    let bytes = encoding_rs::GBK
        .encode(
            &text
                .replace("2025", "2025-H1")
                .replace("元", "亿元")
                .replace("12345600", "0.5"),
        )
        .0
        .into_owned();
    let taken = imports_as(&town, Kind::Statements, &bytes, &Picks::default()).await;
    assert!(taken.is_taken(), "{:?}", taken.faults);
    assert_eq!(taken.form, Some(Form::CsvGbk));
    assert!(taken.notes[0].what(Language::Chinese).contains("GBK"));
    let values = stated(&town, &["2025", "2025-H1"]).await;
    assert_eq!(
        values,
        [
            ("1234.56".to_owned(), "税务".to_owned()),
            ("5000".to_owned(), "税务".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_factor_of_ten_thousand_is_asked_and_never_guessed() {
    let town = Town::settled().await;
    let file = |year: &str, value: &str| {
        let one = code(1);
        format!(
            "enterprise,period,indicator,value,unit,source\n{one},{year},output_value,{value},万元,统计\n"
        )
    };
    town.takes(Kind::Statements, &file("2024", "1000")).await;
    let asked = imports_as(
        &town,
        Kind::Statements,
        file("2025", "9987000").as_bytes(),
        &Picks::default(),
    )
    .await;
    let slip = asked.slip.as_ref().unwrap();
    assert_eq!(
        (slip.ratio.to_string().as_str(), slip.likely.as_str()),
        ("9987", "元")
    );
    assert!(!asked.is_taken() && asked.added == 0);
    let answer = |unit: &str| Picks {
        unit: Some(unit.parse().unwrap()),
        ..Picks::default()
    };
    let yuan = answer("元");
    let taken = imports_as(
        &town,
        Kind::Statements,
        file("2025", "9987000").as_bytes(),
        &yuan,
    )
    .await;
    assert!(
        taken.is_taken() && taken.slip.is_none(),
        "{:?}",
        taken.faults
    );
    let as_it_is = answer("万元");
    let file = file("2025", "9987000");
    let corrected = imports_as(&town, Kind::Statements, file.as_bytes(), &as_it_is).await;
    assert_eq!((corrected.added, corrected.changed), (0, 1));
}
