//! The API document that the pages are made from: the file in `dashboards/web` is what the server
//! answers, and the pages ask through types that are generated from it, and in no other way.
//!
//! After a change of an operation or of what it answers, write the file anew:
//! `API_DOCUMENT=write cargo test --features failpoints --test it tidy_api`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::stage::Stage;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// JSON as the file holds it: one space deep, so that two changes seldom meet in a line.
fn written(document: &Value) -> String {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut text, formatter);
    serde::Serialize::serialize(document, &mut writer).unwrap();
    let text = String::from_utf8(text).unwrap();
    format!("{text}\n")
}

/// The first line that differs, with what stands above it.
fn first_difference(kept: &str, answered: &str) -> String {
    let pairs = kept.lines().zip(answered.lines()).enumerate();
    let mut differing = pairs.filter(|(_, (kept, answered))| kept != answered);
    match differing.next() {
        Some((line, (kept, answered))) => format!("line {}: {kept} | {answered}", line + 1),
        None => "one is longer".to_owned(),
    }
}

#[test]
fn the_pages_are_made_from_the_document_that_the_server_answers() {
    let path = Path::new(ROOT).join("dashboards/web/openapi.json");
    let stage = Stage::new();
    let server = stage.serve();
    let answered = written(&server.get("/api/openapi.json").json());
    server.stop();
    if std::env::var("API_DOCUMENT").as_deref() == Ok("write") {
        fs::write(&path, &answered).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    assert!(
        kept == answered,
        "{} is stale ({}): run `API_DOCUMENT=write cargo test --features failpoints --test it \
         tidy_api`, then `npm run build` says which pages it concerns",
        path.display(),
        first_difference(&kept, &answered)
    );
}

#[test]
fn no_two_shapes_have_one_name_in_the_document() {
    let mut names = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for file in files(&Path::new(ROOT).join("src/http"), ".rs") {
        let text = fs::read_to_string(file).unwrap();
        for part in text.split("#[schema(as = ").skip(1) {
            let name = part.split(')').next().unwrap().to_owned();
            if !names.insert(name.clone()) {
                twice.insert(name);
            }
        }
    }
    assert!(names.len() > 40, "the shapes were not found");
    assert_eq!(twice, BTreeSet::new());
}

/// Where the pages may speak to the server by hand, and why: the one client, and the line of events,
/// which is no question and answer.
const BY_HAND: [&str; 2] = ["api/client.ts", "api/line.ts"];

#[test]
fn the_pages_ask_through_the_generated_types_alone() {
    let folder = Path::new(ROOT).join("dashboards/web/src");
    let mut checked = 0;
    for ending in [".ts", ".vue"] {
        for file in files(&folder, ending) {
            let name = file.strip_prefix(&folder).unwrap().to_str().unwrap();
            let text = fs::read_to_string(&file).unwrap();
            if BY_HAND.contains(&name) {
                continue;
            }
            checked += 1;
            assert!(!text.contains("fetch("), "{name} asks by hand");
            let untyped = text.contains("read<") || text.contains("read as ask");
            assert!(!untyped, "{name} says by hand what the server answers");
        }
    }
    assert!(checked > 80, "the pages were not found");
    let ask = fs::read_to_string(folder.join("api/ask.ts")).unwrap();
    assert!(ask.contains("from '../../generated/api'"));
}
