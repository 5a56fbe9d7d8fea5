//! Hostile and broken files (contract.md 7, "Files"): a table of what is handed over and the words
//! it is refused with. None of them takes the program down, none of them changes anything.

use std::io::Cursor;

use parkpulse::access::Principal;
use parkpulse::jobs::import::{Given, Kind, Limits, Progress, Report, UNSAID, import};
use parkpulse::park::outline::{CityBox, Crs};
use parkpulse::store::registry::Mode;
use zip::write::SimpleFileOptions;

use crate::import::{PARKS, Town, code};
use crate::import_hostile_rows::{figures, outlines};
use crate::import_words::not_in_chinese;
use crate::import_workbook::{archive, parts, sheet, workbook};

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) file: Vec<u8>,
    /// What is said; empty: it is taken.
    pub(crate) expected: &'static str,
    pub(crate) crs: Option<Crs>,
    pub(crate) limits: Limits,
}

pub(crate) fn case(
    name: &'static str,
    kind: Kind,
    file: impl Into<Vec<u8>>,
    expected: &'static str,
) -> Case {
    Case {
        name,
        kind,
        file: file.into(),
        expected,
        crs: Some(Crs::Wgs84),
        limits: Limits::default(),
    }
}

const HEAD: &[&str] = &["park", "name", "district"];

fn book(rows: &[&[&str]]) -> Vec<u8> {
    workbook(&[("表", "", &sheet(rows))])
}

/// A good workbook of parks with another entry in it.
fn with_entry(name: &str, bytes: &[u8]) -> Vec<u8> {
    let parts = parts(&[("表", "", &sheet(&[HEAD, &["P9", "九号园", "x"]]))]);
    let mut entries: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    entries.retain(|entry| entry.0 != name);
    entries.push((name, bytes));
    archive(&entries)
}

fn with_link() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer
        .add_symlink("xl/workbook.xml", "/etc/passwd", options)
        .unwrap();
    writer.finish().unwrap().into_inner()
}

fn many_entries() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..10_001 {
        writer
            .start_file(format!("{number}.xml"), SimpleFileOptions::default())
            .unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A bomb whose heads say that it is small.
fn lying_bomb() -> Vec<u8> {
    let size = 3_u32 << 20;
    let mut bytes = with_entry("xl/media/x.xml", &vec![b' '; 3 << 20]);
    let told = size.to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..*at + 4] == told)
        .collect();
    for at in places {
        bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    bytes
}

fn archives() -> Vec<Case> {
    let parks = |name, file: Vec<u8>, expected| case(name, Kind::Parks, file, expected);
    let good = book(&[HEAD, &["P9", "九号园", "x"]]);
    let small = Limits {
        unpacked_bytes: 4_000,
        ..Limits::default()
    };
    vec![
        parks(
            "cut off",
            good[..good.len() / 2].to_vec(),
            "the workbook is cut off or broken",
        ),
        parks(
            "ratio",
            with_entry("xl/media/x.xml", &vec![b' '; 3 << 20]),
            "xl/media/x.xml unpacks to more than 100 times its size: the file is a bomb",
        ),
        parks("lying heads", lying_bomb(), "the workbook is broken at"),
        Case {
            limits: small,
            ..parks(
                "unpacked",
                with_entry("xl/a.bin", &[7; 5_000]),
                "unpacked the workbook has more than 4000 bytes (too_large)",
            )
        },
        parks(
            "entries",
            many_entries(),
            "the workbook holds 10001 files, at most 10000 may be (too_many)",
        ),
        parks(
            "nested",
            with_entry("xl/embeddings/a.xlsx", &good),
            "the workbook holds another archive (xl/embeddings/a.xlsx)",
        ),
        parks(
            "link",
            with_link(),
            "the workbook holds a link (xl/workbook.xml)",
        ),
        parks(
            "way out",
            with_entry("../../evil.xml", b"<x/>"),
            "the workbook holds a path that leads out of it",
        ),
    ]
}

/// What a workbook never needs.
fn insides() -> Vec<Case> {
    let parks = |name, file: Vec<u8>, expected| case(name, Kind::Parks, file, expected);
    let dtd = "<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet/>";
    let lying = "<sst count=\"1\" uniqueCount=\"99999999999999999\"><si><t>x</t></si></sst>";
    let spaced = format!("<sst uniqueCount={}\"9\"/>", " ".repeat(200));
    let utf16: Vec<u8> = "<worksheet/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    vec![
        parks(
            "types",
            with_entry("xl/worksheets/sheet1.xml", dtd.as_bytes()),
            "xl/worksheets/sheet1.xml of the workbook declares types or entities",
        ),
        parks(
            "entity",
            with_entry("xl/sharedStrings.xml", b"<!entity x><sst/>"),
            "declares types or entities",
        ),
        parks(
            "texts",
            with_entry("xl/sharedStrings.xml", lying.as_bytes()),
            "says that it holds more texts than can be",
        ),
        parks(
            "texts, hidden",
            with_entry("xl/sharedStrings.xml", spaced.as_bytes()),
            "says that it holds more texts than can be",
        ),
        parks(
            "UTF-16 inside",
            with_entry("xl/worksheets/sheet1.xml", &utf16),
            "xl/worksheets/sheet1.xml of the workbook is not UTF-8 (bad_encoding)",
        ),
        parks(
            "encoding inside",
            with_entry(
                "xl/workbook.xml",
                b"<?xml version=\"1.0\" encoding=\"UTF-7\"?><x/>",
            ),
            "xl/workbook.xml of the workbook is not UTF-8",
        ),
        parks(
            "no workbook",
            archive(&[("a.txt", b"x")]),
            "the workbook cannot be read",
        ),
        parks(
            "no sheet",
            with_entry("xl/worksheets/sheet1.xml", b"<chartsheet/>"),
            "the workbook cannot be read",
        ),
    ]
}

fn sheets() -> Vec<Case> {
    let parks = |name, file: Vec<u8>, expected| case(name, Kind::Parks, file, expected);
    let rows = |cells: &[&str]| book(&[HEAD, cells]);
    let far = "<c r=\"XFD2\"><v>1</v></c>";
    let beyond = "<c r=\"A99999999999\"><v>1</v></c>";
    let shared = "<c t=\"s\"><v>4</v></c>";
    let back = workbook(&[(
        "表",
        "",
        "<sheetData><row r=\"3\"><c><v>1</v></c></row><row r=\"2\"><c><v>1</v></c></row></sheetData>",
    )]);
    let marked = "<c t=\"e\"><v>#REF!</v></c>";
    let serial = book(&[
        &["enterprise", "parcel", "kind", "m2", "valid_from"],
        &[code(1).as_str(), "L-1", "owned", "1", "<c><v>45658</v></c>"],
    ]);
    let fraction = "<c><v>1E-7</v></c>";
    vec![
        parks(
            "far right",
            rows(&[far]),
            "the sheet is wider than 500 columns (too_many)",
        ),
        parks("far below", rows(&[beyond]), "(bad_encoding)"),
        parks(
            "text that is not there",
            rows(&[shared]),
            "the workbook cannot be read",
        ),
        parks(
            "rows turned",
            back,
            "the rows of the sheet are not in order",
        ),
        parks(
            "mark of an error",
            rows(&["P9", marked, "x"]),
            "B2: row 2, column name: `#REF!` is the mark of an error in a formula",
        ),
        parks(
            "more cells than headers",
            rows(&["P9", "n", "x", "y"]),
            "row 2, the row has 4 cells, the header has 3",
        ),
        parks("empty sheet", book(&[]), "the file is empty"),
        parks("number for an id", rows(&[fraction, "n", "x"]), ""),
        case(
            "a date as a number",
            Kind::Land,
            serial,
            "E2: row 2, column valid_from: `45658` is neither a date as 2026-01-31 nor a time as 2026-01-31T08:15:00+08:00; a spreadsheet keeps 2025-01-01 so",
        ),
        case(
            "cut XML",
            Kind::Parks,
            workbook(&[("表", "", "<sheetData><row><c><v>1")]),
            "the workbook cannot be read",
        ),
    ]
}

fn texts() -> Vec<Case> {
    let parks = |name, text: &str, expected| case(name, Kind::Parks, text, expected);
    let bytes = |name, file: &[u8], expected| case(name, Kind::Parks, file, expected);
    let head = "park,name,district\n";
    vec![
        bytes(
            "old workbook",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old workbook (.xls) or one with a password, whatever its name says",
        ),
        bytes("a PDF", b"%PDF-1.7\n", "the file is a PDF"),
        bytes("a picture", b"\x89PNG\r\n", "the file is a picture"),
        bytes("packed", b"\x1f\x8b\x08\x00", "the file is packed (gzip)"),
        parks(
            "empty",
            "",
            "the file is empty (its first row is park,name,district,kind)",
        ),
        parks("header alone", head, ""),
        parks(
            "header twice",
            "park,name,name,district\n",
            "C1: row 1, column name: the column stands twice in the header",
        ),
        parks(
            "unknown column",
            "park,name,district,colour\n",
            "D1: row 1, column colour: there is no column `colour` in parks",
        ),
        parks(
            "missing column",
            "park,name\n",
            "row 1, column district: the column is missing in the header",
        ),
        parks("BOM", &format!("\u{feff}{PARKS}"), ""),
        bytes(
            "UTF-16",
            b"\xff\xfep\0a\0",
            "the file is UTF-16 (bad_encoding)",
        ),
    ]
}

/// Texts whose bytes or cells are not what they seem.
fn cells() -> Vec<Case> {
    let parks = |name, text: &str, expected| case(name, Kind::Parks, text, expected);
    let bytes = |name, file: &[u8], expected| case(name, Kind::Parks, file, expected);
    let head = "park,name,district\n";
    let long = format!("{head}P9,{},y\n", "长".repeat(3_500_000));
    let many = format!("{head}{}", "P,x,y\n".repeat(300_000));
    vec![
        bytes(
            "GBK broken",
            b"park,name,district\nP9,\xb5\xda\xd2,x\n",
            "line 2 is neither UTF-8 nor GBK (bad_encoding)",
        ),
        bytes(
            "surrogate",
            b"park,name,district\nP9,\xe4\xb8\x80\xe4\xba\x8c\xed\xa0\x80,x\n",
            "line 2 is not UTF-8, though the others are (bad_encoding)",
        ),
        bytes(
            "overlong",
            b"park,name,district\nP9,\xe4\xb8\x80\xe4\xba\x8c\xc0\xaf,x\n",
            "line 2 is not UTF-8, though the others are",
        ),
        parks(
            "NUL",
            "park,name,district\nP9,\0,x\n",
            "line 2 holds a NUL character (bad_encoding)",
        ),
        parks(
            "formulas as names",
            "park,name,district\nP9,=1+1,+1\nP10,@x,-1\n",
            "",
        ),
        parks(
            "10 MB cell",
            &long,
            "row 2, a cell is longer than 4000 bytes (too_large)",
        ),
        parks(
            "open quote",
            &format!("{head}P9,\"{}", "x,y\n".repeat(2_000)),
            "perhaps a quote is not closed",
        ),
        parks(
            "300,000 rows",
            &many,
            "the file has more than 200000 rows (too_many)",
        ),
        parks(
            "direction turned",
            "park,name,district\nP9,a\u{202e}b,y\n",
            "B2: row 2, column name: the name holds the invisible character U+202E",
        ),
        parks(
            "a row across lines",
            "park,name,district\nP9,\"a\nb\",y\nP!,x,y\n",
            "A3: row 4, column park: `P!` is not an id",
        ),
        parks(
            "twice",
            "park,name,district\nP8,x,y\nP8,z,y\n",
            "A3: row 3, column park: stands twice; keep one of the two rows (the other is row 2)",
        ),
    ]
}

async fn hand_over(town: &Town, case: &Case) -> Report {
    let given = Given {
        catalogue: &town.catalogue,
        crs: case.crs,
        city: CityBox::KUNSHAN,
        limits: case.limits,
        name: None,
        picks: &UNSAID,
        progress: Progress::NONE,
    };
    let who = Principal::local();
    import(
        &town.registry,
        &who,
        case.kind,
        &case.file,
        &given,
        Mode::DryRun,
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn each_is_refused_in_its_words_or_taken_as_it_is() {
    let town = Town::settled().await;
    let all = [
        archives(),
        insides(),
        cells(),
        sheets(),
        texts(),
        figures(),
        outlines(),
    ];
    let cases: Vec<Case> = all.into_iter().flatten().collect();
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let report = hand_over(&town, case).await;
        let told: Vec<String> = report
            .faults
            .told()
            .iter()
            .map(ToString::to_string)
            .collect();
        wrong.extend(not_in_chinese(&report));
        let is_right = if case.expected.is_empty() {
            told.is_empty()
        } else {
            told.iter().any(|one| one.contains(case.expected))
        };
        if !is_right {
            let first: Vec<_> = told.iter().take(3).collect();
            wrong.push(format!(
                "{}: expected {:?}, told {first:?}",
                case.name, case.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(town.takes(Kind::Parks, PARKS).await, [0, 0, 0, 2]);
}
