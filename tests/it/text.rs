//! The words for people: the same in every language, and there for every code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use parkpulse::heatmap::PARCELS_MIN;
use parkpulse::http::Trouble;
use parkpulse::reading::Code;
use parkpulse::text::{Language, filled, find_sentence, sentences};

/// Every key with the names that its sentence has filled in.
fn holes(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let names = |sentence: &'static str| {
        let after = sentence.split('{').skip(1);
        after.map(|text| text.split_once('}').unwrap().0).collect()
    };
    let all = sentences(language).iter();
    all.map(|(key, sentence)| (*key, names(sentence))).collect()
}

#[test]
fn every_language_says_the_same_with_the_same_names() {
    let chinese = holes(Language::Chinese);
    assert!(chinese.len() > 200, "{}", chinese.len());
    assert_eq!(chinese, holes(Language::English));
    for language in Language::ALL {
        for (key, sentence) in sentences(language) {
            assert!(!sentence.trim().is_empty(), "{} {key}", language.tag());
        }
    }
}

/// Where sentences are asked for: our own Rust, and the pages.
const ASKING: [(&str, &[&str]); 2] = [("src", &["rs"]), ("dashboards/web/src", &["ts", "vue"])];

/// The text of every file that asks for sentences.
fn asking() -> String {
    let mut open: Vec<(PathBuf, &[&str])> = ASKING
        .iter()
        .map(|(folder, kinds)| (Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), *kinds))
        .collect();
    let mut all = String::new();
    while let Some((folder, kinds)) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push((path, kinds));
            } else if path
                .extension()
                .is_some_and(|kind| kinds.iter().any(|one| kind == *one))
            {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    all
}

/// The texts in quotes of any kind that look like `table.key`, and the beginnings of those that are
/// filled in when they are asked for (`kind.${code}`, `aside.{code}_how`).
fn asked_for(text: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let (mut whole, mut begun) = (BTreeSet::new(), BTreeSet::new());
    for quoted in text.split(['"', '\'', '`']) {
        let end =
            quoted.find(|letter: char| !(letter.is_ascii_alphanumeric() || "._".contains(letter)));
        let (key, rest) = quoted.split_at(end.unwrap_or(quoted.len()));
        if key.split('.').count() != 2 {
            continue;
        }
        match rest.chars().next() {
            None => whole.insert(key),
            Some('$' | '{') => begun.insert(key),
            Some(_) => false,
        };
    }
    (whole, begun)
}

#[test]
fn every_sentence_is_said_by_somebody_and_every_one_that_is_said_is_there() {
    let text = asking();
    let (whole, begun) = asked_for(&text);
    let known: BTreeSet<&str> = holes(Language::Chinese).into_keys().collect();
    let said = |key: &&str| whole.contains(key) || begun.iter().any(|start| key.starts_with(start));
    let unsaid: Vec<&&str> = known.iter().filter(|key| !said(key)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
    let asks = [
        "say('",
        "has('",
        "sentence(language, \"",
        "find_sentence(language, \"",
    ];
    for ask in asks {
        for after in text.split(ask).skip(1) {
            let key = after.split(['"', '\'']).next().unwrap();
            let is_whole = key.split('.').count() == 2;
            assert!(
                !is_whole || known.contains(key),
                "{ask}{key}: no such sentence"
            );
        }
    }
}

#[test]
fn every_code_has_a_title_and_says_what_to_do_in_every_language() {
    let troubles = [
        Trouble::NotFound,
        Trouble::MethodNotAllowed,
        Trouble::BadRequest,
        Trouble::ForeignHost,
        Trouble::Unauthorized,
        Trouble::SignInRefused,
        Trouble::TooManyAttempts,
        Trouble::TooManyRequests,
        Trouble::FactorNeeded,
        Trouble::PurposeNeeded,
        Trouble::WeakPassword,
        Trouble::ForeignOrigin,
        Trouble::TlsRequired,
        Trouble::ReadOnly,
        Trouble::Conflict,
        Trouble::TooSlow,
        Trouble::UnsupportedMedia,
        Trouble::Unavailable,
        Trouble::Internal,
    ];
    let refused = Code::ALL.iter().map(|code| Trouble::Refused(*code));
    let codes: BTreeSet<&str> = troubles
        .into_iter()
        .chain(refused)
        .map(Trouble::code)
        .collect();
    for language in Language::ALL {
        for code in &codes {
            for table in ["problem", "advice"] {
                let said = find_sentence(language, &format!("{table}.{code}"));
                assert!(said.is_some(), "{} {table}.{code}", language.tag());
            }
        }
        let advised: BTreeSet<&str> = sentences(language)
            .iter()
            .filter_map(|(key, _)| key.strip_prefix("advice."))
            .collect();
        assert_eq!(advised, codes, "{}: advice nobody gets", language.tag());
    }
    // Chinese first: no sentence was left in English.
    for (key, sentence) in sentences(Language::Chinese) {
        let spoken = key.starts_with("problem.") || key.starts_with("advice.");
        let chinese = sentence
            .chars()
            .any(|letter| ('一'..='鿿').contains(&letter));
        assert!(!spoken || chinese, "{key}: {sentence}");
    }
}

#[test]
fn the_least_number_of_parcels_is_said_as_it_is_counted() {
    for language in Language::ALL {
        let said = find_sentence(language, "legend.few").unwrap();
        assert!(said.contains(&PARCELS_MIN.to_string()), "{said}");
    }
}

#[test]
fn names_are_filled_in_and_what_is_not_given_stays() {
    let values = [("low", "1"), ("high", "{low}")];
    let rows = [
        ("{low} – {high}", "1 – {low}"),
        ("{other} {low}", "{other} 1"),
        ("no name", "no name"),
        ("{", "{"),
        ("{low", "{low"),
        ("{{low}", "{1"),
        ("", ""),
    ];
    for (sentence, expected) in rows {
        assert_eq!(filled(sentence, &values), expected, "{sentence}");
    }
    assert_eq!(find_sentence(Language::English, "legend"), None);
    assert_eq!(find_sentence(Language::English, "legend.fe"), None);
    assert_eq!(find_sentence(Language::English, "legend.fewer"), None);
}

#[test]
fn a_language_is_known_by_its_tag() {
    for (tag, language) in [
        ("zh", Some(Language::Chinese)),
        ("ZH-Hant-TW", Some(Language::Chinese)),
        ("en-GB", Some(Language::English)),
        ("fr", None),
        ("*", None),
        ("", None),
    ] {
        assert_eq!(Language::of_tag(tag), language, "{tag}");
    }
}
