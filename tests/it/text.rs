//! The words for people: the same in every language, and there for every code.

use std::collections::{BTreeMap, BTreeSet};

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

#[test]
fn every_code_has_a_title_and_says_what_to_do_in_every_language() {
    let troubles = [
        Trouble::NotFound,
        Trouble::MethodNotAllowed,
        Trouble::BadRequest,
        Trouble::ForeignHost,
        Trouble::Unauthorized,
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
