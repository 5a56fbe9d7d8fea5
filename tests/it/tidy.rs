//! The house rules as a test: floors, `//!`, names, lengths, serde only in outer shapes.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms by floor, lowest first (house.md). A room may use lower floors only.
const FLOORS: &[&[&str]] = &[
    &["units", "calendar", "text"],
    &["indicator"],
    &["park"],
    &["access", "reading"],
    &["intake", "ledger", "alarm"],
    &["rating", "heatmap", "plan", "demo"],
    &["vitals"],
    &["store"],
    &["ingest", "simulate"],
    &["jobs"],
    &["http"],
    &["config"],
    &["app"],
    &["command"],
];

/// The last floor that only calculates.
const TOP_PURE_FLOOR: usize = 5;

/// The lines of a file, of the house and of its tests.
const LINES_MAX: usize = 500;

const VAGUE: &[&str] = &["util", "helper", "common", "manager", "misc", "stuff"];

const OUTER_SHAPES: &[&str] = &["wire.rs", "record.rs", "file.rs"];

/// What a calculating room must not name.
const ACTS: &[&str] = &[
    "async fn",
    "tokio::",
    "std::net",
    "std::fs",
    "SystemTime::now",
    "Instant::now",
    "std::env",
];

/// Where Chinese may stand in a text of Rust, and why; everything else people read is in
/// `config/text`. A path that ends in `/` is a folder.
const CHINESE: &[(&str, &str)] = &[
    (
        "demo/",
        "what is made up is data: names, trades, statements",
    ),
    ("command/demo/", "log lines in both languages at once"),
    (
        "units/quantity.rs",
        "the symbol of a unit is part of its type",
    ),
    ("ledger/holder/land.rs", "units are kept with the figures"),
    ("ledger/holder/ratio.rs", "units are kept with the figures"),
    ("ledger/holder/stated.rs", "units are kept with the figures"),
    ("ledger/factor/file.rs", "an example in a refusal"),
    (
        "jobs/import/chinese.rs",
        "what departments write in headers is data",
    ),
    ("jobs/import/given.rs", "units of money as files write them"),
    ("jobs/import/slip.rs", "a unit in a question"),
    (
        "jobs/import/statements.rs",
        "a unit as the catalogue has it",
    ),
    ("rating/indicator.rs", "units are kept with the figures"),
    ("rating/part.rs", "units are kept with the figures"),
    ("jobs/assess/origin.rs", "a unit is kept with the figure"),
    (
        "http/sources/grade/mod.rs",
        "a unit is kept with the figure",
    ),
    (
        "http/document/examples.rs",
        "names in examples are data, as the demo's",
    ),
    (
        "http/pages/mod.rs",
        "the page that is shown where no pages were built",
    ),
];

fn is_chinese(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// The lines on which a text literal of Rust holds Chinese; comments may.
fn chinese_literals(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(c) = rest.chars().next() {
        let raw_hashes = rest.strip_prefix('r').and_then(|raw| {
            let hashes = raw.chars().take_while(|c| *c == '#').count();
            raw[hashes..].starts_with('"').then_some(hashes)
        });
        let literal = if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\''") {
            // A quotation mark as a character opens no text.
            rest = &rest[rest[1..].find('\'').unwrap() + 2..];
            continue;
        } else if let Some(hashes) = raw_hashes {
            let end = format!("\"{}", "#".repeat(hashes));
            let body = &rest[hashes + 2..];
            &rest[..hashes + 2 + body.find(&end).map_or(body.len(), |at| at + end.len())]
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c: char| {
                let is_end = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                is_end
            });
            &rest[..end.map_or(rest.len(), |at| at + 2)]
        } else {
            line += usize::from(c == '\n');
            rest = &rest[c.len_utf8()..];
            continue;
        };
        found.extend(literal.chars().any(is_chinese).then_some(line));
        line += literal.matches('\n').count();
        rest = &rest[literal.len()..];
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// The room a path below `src` belongs to; `None` for `lib.rs` and `main.rs`.
fn room_of(relative: &Path) -> Option<String> {
    let first = relative.components().next()?.as_os_str().to_str()?;
    match first.strip_suffix(".rs") {
        Some("lib" | "main") => None,
        Some(room) => Some(room.to_owned()),
        None => Some(first.to_owned()),
    }
}

/// Every fault of one file, each with its line.
fn faults(relative: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let name = relative.file_name().unwrap().to_str().unwrap();
    let mut fault = |line: usize, what: String| {
        faults.push(format!("{}:{line}: {what}", relative.display()));
    };
    if !text.starts_with("//!") {
        fault(1, "opens without `//!`".into());
    }
    if VAGUE.iter().any(|vague| name.contains(vague)) {
        fault(1, "a vague name says nothing".into());
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        fault(lines, format!("{lines} lines; {LINES_MAX} are the limit"));
    }
    let serde_allowed = OUTER_SHAPES.contains(&name);
    let room = room_of(relative);
    let floor = room.as_deref().map(|room| {
        floor_of(room).unwrap_or_else(|| panic!("`{room}` is on no floor ({})", relative.display()))
    });
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        let code = line.split("//").next().unwrap_or_default();
        if code.contains("use crate::{") {
            fault(
                line_number,
                "a grouped `use crate::{` hides the room".into(),
            );
        }
        if code.contains("super::super") {
            fault(line_number, "`super::super` escapes the floors".into());
        }
        if !serde_allowed && code.contains("derive(") && code.contains("erialize") {
            fault(
                line_number,
                "serde derives stand in wire.rs, record.rs, file.rs only".into(),
            );
        }
        if let (Some(room), Some(floor)) = (&room, floor) {
            for used in rooms_used(code) {
                let Some(used_floor) = floor_of(used) else {
                    continue;
                };
                if used != room && used_floor >= floor {
                    fault(line_number, format!("`{room}` must not use `{used}`"));
                }
            }
            if floor <= TOP_PURE_FLOOR && ACTS.iter().any(|act| code.contains(act)) {
                fault(line_number, format!("`{room}` only calculates; this acts"));
            }
        }
    }
    faults.extend(long_functions(relative, text));
    faults
}

/// The rooms named in `crate::room` paths of a line.
fn rooms_used(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("crate::").map(|(at, path)| {
        let rest = &code[at + path.len()..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    })
}

/// Functions of more than 70 lines, told by the indentation that rustfmt keeps.
fn long_functions(relative: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let rest = line.trim_start();
        let begins = [
            "fn ",
            "pub fn ",
            "async fn ",
            "pub async fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
            "const fn ",
            "pub const fn ",
            "pub(crate) async fn ",
            "pub(super) async fn ",
        ];
        if begins.iter().any(|begin| rest.starts_with(begin)) && open.is_none() {
            if !rest.ends_with(';') && !rest.ends_with('}') {
                open = Some((index, indent));
            }
        } else if let Some((start, at)) = &open
            && line == format!("{at}}}")
        {
            if index - start + 1 > 70 {
                faults.push(format!(
                    "{}:{}: a function of {} lines; 70 are the limit",
                    relative.display(),
                    start + 1,
                    index - start + 1
                ));
            }
            open = None;
        }
    }
    faults
}

#[test]
fn the_house_stands_on_its_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&root.join("src"), &mut found);
    assert!(found.len() > 5, "the sources were not found");
    let faults: Vec<String> = found
        .iter()
        .flat_map(|path| {
            let relative = path.strip_prefix(root.join("src")).unwrap();
            faults(relative, &fs::read_to_string(path).unwrap())
        })
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn tests_are_short_files_too() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"),
        &mut files,
    );
    assert!(files.len() > 100, "{}", files.len());
    files.retain(|path| fs::read_to_string(path).unwrap().lines().count() > LINES_MAX);
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn planted_faults_are_found() {
    let long = format!("//! x\nfn long() {{\n{}}}\n", "    x();\n".repeat(72));
    let planted: &[(&str, &str, &str)] = &[
        (
            "park/mod.rs",
            "//! x\nuse crate::rating;\n",
            "`park` must not use `rating`",
        ),
        (
            "park/mod.rs",
            "//! x\nuse crate::{units::Mu};\n",
            "hides the room",
        ),
        ("park/mod.rs", "use crate::units;\n", "opens without"),
        ("park/rating_utils.rs", "//! x\n", "vague"),
        (
            "ledger/mod.rs",
            "//! x\nfn f() { SystemTime::now(); }\n",
            "only calculates",
        ),
        (
            "ledger/mod.rs",
            "//! x\n#[derive(Debug, Serialize)]\n",
            "serde",
        ),
        ("ledger/mod.rs", &long, "a function of 74 lines"),
        (
            "ledger/mod.rs",
            "//! x\nuse crate::alarm::Alarm;\n",
            "`ledger` must not use `alarm`",
        ),
    ];
    for (path, text, expected) in planted {
        let found = faults(Path::new(path), text).join("\n");
        assert!(
            found.contains(expected),
            "{path}: expected `{expected}`, found `{found}`"
        );
    }
}

#[test]
fn what_people_read_is_in_the_files_of_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    let mut used = vec![false; CHINESE.len()];
    let mut faults = Vec::new();
    for path in &found {
        let relative = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let lines = chinese_literals(&fs::read_to_string(path).unwrap());
        if lines.is_empty() {
            continue;
        }
        let holds = |allowed: &str| {
            relative == allowed || allowed.ends_with('/') && relative.starts_with(allowed)
        };
        match CHINESE.iter().position(|(allowed, _)| holds(allowed)) {
            Some(place) => used[place] = true,
            None => faults.extend(lines.iter().map(|line| {
                format!("{relative}:{line}: Chinese for people belongs to config/text")
            })),
        }
    }
    let stale = CHINESE.iter().zip(used).filter(|(_, used)| !used);
    faults.extend(stale.map(|((place, _), _)| format!("{place}: has no Chinese any more")));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn a_chinese_text_is_told_from_a_comment() {
    let rows: &[(&str, &[usize])] = &[
        ("// 亩\n/// 亩\nlet a = 1; // \"亩\"\n", &[]),
        ("let a = \"亩\";", &[1]),
        ("\n\nlet a = \"\\\"亩\";", &[3]),
        ("let a = \"two\n亩\";\nlet b = \"亩\";", &[1, 3]),
        ("let a = r#\"\"亩\"#;", &[1]),
        ("let a = '\"'; // 亩\nlet b = \"//\"; let c = \"亩\";", &[2]),
        ("let url = \"http://亩\";", &[1]),
    ];
    for (text, lines) in rows {
        assert_eq!(chinese_literals(text), *lines, "{text}");
    }
}
