//! The pages: what the server serves of them, and their words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::stage::Stage;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Whether `make pages` has been run; `make test` runs it first.
fn built() -> bool {
    let built = Path::new(ROOT)
        .join("dashboards/web/dist/index.html")
        .exists();
    assert!(
        built || std::env::var_os("CI").is_none(),
        "CI tests built pages: make pages"
    );
    built
}

/// `table.key` and its sentence.
fn words(text: &str) -> BTreeMap<String, String> {
    let tables: toml::Table = text.parse().unwrap();
    let mut words = BTreeMap::new();
    for (table, keys) in &tables {
        for (key, sentence) in keys.as_table().unwrap() {
            words.insert(
                format!("{table}.{key}"),
                sentence.as_str().unwrap().to_owned(),
            );
        }
    }
    words
}

/// The `{names}` of a sentence.
fn holes(sentence: &str) -> BTreeSet<&str> {
    let parts = sentence.split('{').skip(1);
    parts.filter_map(|part| part.split('}').next()).collect()
}

/// What is not alike in two languages.
fn unlike(chinese: &BTreeMap<String, String>, english: &BTreeMap<String, String>) -> Vec<String> {
    let keys = chinese
        .keys()
        .chain(english.keys())
        .collect::<BTreeSet<_>>();
    let differs = |key: &&&String| match (chinese.get(**key), english.get(**key)) {
        (Some(one), Some(other)) => holes(one) != holes(other),
        _ => true,
    };
    keys.iter()
        .filter(differs)
        .map(ToString::to_string)
        .collect()
}

fn language(name: &str) -> BTreeMap<String, String> {
    let path = Path::new(ROOT).join("config/text").join(name);
    words(&fs::read_to_string(path).unwrap())
}

#[test]
fn both_languages_have_the_same_keys_and_fill_the_same_names() {
    let chinese = language("zh-CN.toml");
    assert!(chinese.len() > 100, "the words were not found");
    assert_eq!(unlike(&chinese, &language("en.toml")), Vec::<String>::new());
}

#[test]
fn a_missing_key_and_another_name_are_found() {
    let chinese = words("[a]\nb = '{x} 宗'\nc = '好'\n");
    let english = words("[a]\nb = '{y} parcels'\n");
    assert_eq!(unlike(&chinese, &english), ["a.b", "a.c"]);
}

/// Sentences of a language that are names and need no Chinese.
const NAMES: [&str; 3] = [
    "frame.language",
    "gateways.form_posix",
    "gateways.form_windows",
];
/// What screens.md 12 says otherwise: no blame, no empty failure, one word for one thing.
const SHUNNED: [&str; 9] = [
    "非法",
    "！",
    "请联系管理员",
    "数据异常",
    "告警",
    "警报",
    "智能电表",
    "执行失败",
    "综合能源消费量",
];

#[test]
fn chinese_is_chinese_and_keeps_to_its_glossary() {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut checked = 0;
    for (key, sentence) in language("zh-CN.toml") {
        let mut said = sentence.clone();
        for hole in holes(&sentence) {
            said = said.replace(&format!("{{{hole}}}"), "");
        }
        let word = |part: &str| part.len() > 3 && part.chars().all(|one| one.is_ascii_alphabetic());
        let mut parts = said.split(|one: char| !one.is_ascii_alphanumeric());
        let is_english = parts.any(word) && !said.chars().any(is_han);
        let is_name = NAMES.contains(&key.as_str());
        assert!(!is_english || is_name, "{key} is not Chinese: {sentence}");
        for shunned in SHUNNED {
            assert!(!sentence.contains(shunned), "{key}: {sentence}");
        }
        checked += 1;
    }
    assert!(checked > 500, "the words were not found");
}

#[test]
fn every_word_the_pages_say_is_written_down() {
    let known = language("zh-CN.toml");
    let mut said = BTreeSet::new();
    let mut folders = vec![Path::new(ROOT).join("dashboards/web/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            let calls = text.split("say('").skip(1);
            said.extend(
                calls
                    .filter_map(|call| call.split('\'').next())
                    .map(str::to_owned),
            );
        }
    }
    assert!(said.len() > 50, "the calls were not found");
    let unknown: Vec<_> = said
        .iter()
        .filter(|key| !known.contains_key(*key))
        .collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn an_unknown_address_is_a_page_to_people_and_a_problem_to_programs() {
    let stage = Stage::new();
    let server = stage.serve();
    for path in ["/nowhere", "/my/ledger/2026-13/x"] {
        let page = server.send("GET", path, &["Accept: text/html,*/*;q=0.8"], b"");
        assert_eq!(page.status, 404);
        if built() {
            assert!(page.text().contains("<div id=\"app\">"), "{path}");
        }
        let problem = server.send("GET", path, &["Accept: application/json"], b"");
        assert_eq!(problem.json()["code"], "not_found");
    }
    let api = server.send("GET", "/api/v1/nowhere", &["Accept: text/html"], b"");
    assert_eq!(api.json()["code"], "not_found");
}

#[test]
fn every_page_forbids_what_is_not_ours() {
    let stage = Stage::new();
    let server = stage.serve();
    for path in ["/", "/map"] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[test]
fn a_file_that_is_known_is_not_sent_again() {
    let stage = Stage::new();
    let server = stage.serve();
    let first = server.get("/mark.svg");
    if !built() {
        assert_eq!(first.status, 404);
        return;
    }
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), Some("image/svg+xml"));
    let known = format!("If-None-Match: {}", first.header("etag").unwrap());
    let again = server.send("GET", "/mark.svg", &[&known], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    for foreign in [
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/index.html",
        "/font/none.ttf",
    ] {
        assert_eq!(server.get(foreign).status, 404, "{foreign}");
    }
}
