//! A workbook as spreadsheets read it (OOXML, ECMA-376): sheets of texts and numbers, no formula, no
//! style; the header of the first stays in sight while one scrolls. Texts are texts, whatever they begin with. Knows no trade.

use std::fmt::Write;

use super::archive;

/// The media type.
pub(in crate::http) const MEDIA_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) enum Cell {
    /// A text.
    Text(String),
    /// A decimal; its digits stand as they are.
    Number(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// The number that `text` writes; nothing of an empty one.
    pub(in crate::http) fn number(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Number)
    }
}

/// A named table.
#[derive(Clone, Debug)]
pub(in crate::http) struct Sheet {
    /// Its name: at most 31 letters.
    pub(in crate::http) name: &'static str,
    /// The rows.
    pub(in crate::http) rows: Vec<Vec<Cell>>,
}

/// The bytes of a workbook of these sheets; `None` above 4 GiB.
pub(in crate::http) fn workbook(sheets: &[Sheet]) -> Option<Vec<u8>> {
    let mut files = vec![
        (
            "[Content_Types].xml".to_owned(),
            content_types(sheets.len()),
        ),
        (
            "_rels/.rels".to_owned(),
            relations(&[("officeDocument", "xl/workbook.xml".to_owned())]),
        ),
        ("xl/workbook.xml".to_owned(), book(sheets)),
    ];
    let targets: Vec<(&str, String)> = (1..=sheets.len())
        .map(|number| ("worksheet", format!("worksheets/sheet{number}.xml")))
        .collect();
    files.push(("xl/_rels/workbook.xml.rels".to_owned(), relations(&targets)));
    for (place, sheet) in sheets.iter().enumerate() {
        let path = format!("xl/worksheets/sheet{}.xml", place + 1);
        files.push((path, worksheet(sheet, place == 0)));
    }
    archive::stored(&files)
}

fn content_types(sheets: usize) -> String {
    let kind = "application/vnd.openxmlformats";
    let mut text = format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"{kind}-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}-officedocument.spreadsheetml.sheet.main+xml\"/>"
    );
    for number in 1..=sheets {
        // Writing to a string cannot fail.
        let _written = write!(
            text,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{kind}-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
    }
    text.push_str("</Types>");
    text
}

fn relations(targets: &[(&str, String)]) -> String {
    let mut text = format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (place, (kind, target)) in targets.iter().enumerate() {
        let number = place + 1;
        let _written = write!(
            text,
            "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>"
        );
    }
    text.push_str("</Relationships>");
    text
}

fn book(sheets: &[Sheet]) -> String {
    let mut text = format!(
        "{DECLARATION}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><bookViews><workbookView/></bookViews><sheets>"
    );
    for (place, sheet) in sheets.iter().enumerate() {
        let number = place + 1;
        let name = escaped(sheet.name);
        let _written = write!(
            text,
            "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"
        );
    }
    text.push_str("</sheets></workbook>");
    text
}

/// The first row stays where it is.
const FROZEN: &str = "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>";

fn worksheet(sheet: &Sheet, is_frozen: bool) -> String {
    let view = if is_frozen { FROZEN } else { "" };
    let mut text = format!("{DECLARATION}<worksheet xmlns=\"{MAIN}\">{view}<sheetData>");
    for (place, row) in sheet.rows.iter().enumerate() {
        let _written = write!(text, "<row r=\"{}\">", place + 1);
        for cell in row {
            let _written = match cell {
                Cell::Text(said) => write!(
                    text,
                    "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escaped(said)
                ),
                Cell::Number(digits) => write!(text, "<c><v>{}</v></c>", escaped(digits)),
                Cell::Empty => write!(text, "<c/>"),
            };
        }
        text.push_str("</row>");
    }
    text.push_str("</sheetData></worksheet>");
    text
}

/// A text inside XML; what XML 1.0 has no place for is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => safe.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => safe.push(other),
        }
    }
    safe
}
