//! The conformance table against the contract: `tests/data/contract-2-and-7.md` is contract.md 2 and 7
//! word for word; a rule cuts it into clauses, and each clause must stand in
//! `tests/data/mqtt-sentences.toml` once, with a row of `mqtt_rows` or a test elsewhere that shows it, or
//! with the reason why it is still open. What a clause says is for people to judge; that none is left
//! out is judged here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::mqtt::rows;

/// A clause: the number of its section, and its words.
type Clause = (String, String);

/// Where code is not, cuts after each sentence and each member of an enumeration.
fn cut_line(line: &str) -> Vec<String> {
    let (mut clauses, mut clause, mut is_code) = (Vec::new(), String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        is_code ^= character == '`';
        let ends = ['.', ';', ','].contains(&character) && characters.peek() == Some(&' ');
        if ends && !is_code {
            clauses.push(std::mem::take(&mut clause));
        } else {
            clause.push(character);
        }
    }
    clauses.push(clause.strip_suffix('.').unwrap_or(&clause).to_owned());
    let clauses = clauses.iter().map(|clause| clause.trim().to_owned());
    clauses.filter(|clause| !clause.is_empty()).collect()
}

/// The clauses of a text: a block of code is one, white space counts as one space.
fn cut(contract: &str) -> Vec<Clause> {
    let (mut clauses, mut section, mut code) = (Vec::new(), String::new(), None::<String>);
    for line in contract.lines() {
        if line.starts_with("```") {
            match code.take() {
                Some(code) => clauses.push((section.clone(), code)),
                None => code = Some(String::new()),
            }
        } else if let Some(code) = &mut code {
            let words = line.split_whitespace();
            *code = code
                .split_whitespace()
                .chain(words)
                .collect::<Vec<_>>()
                .join(" ");
        } else if let Some(title) = line.strip_prefix("## ") {
            title.split('.').next().unwrap().clone_into(&mut section);
        } else {
            let line = line.trim_start();
            let line = line.strip_prefix("- ").unwrap_or(line);
            clauses.extend(
                cut_line(line)
                    .into_iter()
                    .map(|words| (section.clone(), words)),
            );
        }
    }
    clauses
}

/// Letters and digits alone: what cutting must not lose.
fn letters(text: &str) -> String {
    text.chars().filter(|one| one.is_alphanumeric()).collect()
}

/// The file of a module of this test binary.
fn file_of(module: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let path = module.replace("::", "/");
    let files = [format!("{path}.rs"), format!("{path}/mod.rs")];
    files
        .iter()
        .map(|file| root.join(file))
        .find(|file| file.is_file())
}

/// Whether `module::function` is a test of this binary.
fn is_test(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else {
        return false;
    };
    let Some(source) = file_of(module).map(|file| fs::read_to_string(file).unwrap()) else {
        return false;
    };
    let mut is_marked = false;
    for line in source.lines() {
        if line == "#[test]" || line.starts_with("#[tokio::test") {
            is_marked = true;
        } else if !line.starts_with("#[") {
            let line = line.strip_prefix("async ").unwrap_or(line);
            let begin = format!("fn {function}(");
            if is_marked && line.starts_with(&begin) {
                return true;
            }
            is_marked = false;
        }
    }
    false
}

/// What shows a clause, as the file says it.
fn faults_of(id: &str, entry: &toml::Value, is_cited: bool) -> Vec<String> {
    let words = entry["words"].as_str().unwrap();
    let elsewhere = entry.get("elsewhere").map(|list| list.as_array().unwrap());
    let mut faults = Vec::new();
    for name in elsewhere.into_iter().flatten() {
        let name = name.as_str().unwrap();
        if !is_test(name) {
            faults.push(format!("{id}: no test {name} for: {words}"));
        }
    }
    let is_shown = is_cited || elsewhere.is_some_and(|list| !list.is_empty());
    match entry.get("open").map(|why| why.as_str().unwrap()) {
        Some("") => faults.push(format!("{id}: open without a reason: {words}")),
        Some(_) if is_shown => faults.push(format!("{id}: open, and shown: {words}")),
        None if !is_shown => faults.push(format!("{id}: no row and no test shows: {words}")),
        _ => {}
    }
    faults
}

/// Clauses without entry, entries without clause, entries without anything that shows them.
fn faults(contract: &str, sentences: &toml::Table, cited: &BTreeSet<&str>) -> Vec<String> {
    let mut found = BTreeMap::<Clause, i32>::new();
    for clause in cut(contract) {
        *found.entry(clause).or_default() += 1;
    }
    let mut faults = Vec::new();
    let entries = sentences["clause"].as_table().unwrap();
    for (id, entry) in entries {
        let section = id.split('.').next().unwrap();
        let words = entry["words"].as_str().unwrap();
        let clause = (section.to_owned(), words.to_owned());
        *found.entry(clause).or_default() -= 1;
        faults.extend(faults_of(id, entry, cited.contains(id.as_str())));
    }
    for ((section, words), left) in found.iter().filter(|(_, left)| **left != 0) {
        let what = if *left > 0 {
            "no entry for the clause"
        } else {
            "no clause of the words"
        };
        faults.push(format!("section {section}: {what}: {words}"));
    }
    let beside = sentences["beside"].as_table().unwrap();
    for id in beside.keys().filter(|id| !cited.contains(id.as_str())) {
        faults.push(format!("{id}: no row cites it"));
    }
    let is_known = |id: &str| entries.contains_key(id) || beside.contains_key(id);
    for id in cited.iter().filter(|id| !is_known(id)) {
        faults.push(format!("{id}: cited by a row, and no entry"));
    }
    faults
}

fn contract() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join("tests/data/contract-2-and-7.md")).unwrap()
}

fn sentences() -> toml::Table {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("tests/data/mqtt-sentences.toml")).unwrap();
    text.parse().unwrap()
}

fn cited() -> BTreeSet<&'static str> {
    rows().flat_map(|row| row.cites.iter().copied()).collect()
}

#[test]
fn every_clause_has_a_row_or_a_test_elsewhere() {
    let contract = contract();
    let faults = faults(&contract, &sentences(), &cited());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let is_text = |line: &&str| !line.starts_with("## ") && !line.starts_with("```");
    let all: String = contract.lines().filter(is_text).collect();
    let clauses = cut(&contract);
    let kept: String = clauses.iter().map(|(_, words)| words.as_str()).collect();
    assert_eq!(letters(&kept), letters(&all), "cutting lost words");
    let sections: BTreeSet<_> = clauses
        .iter()
        .map(|(section, _)| section.as_str())
        .collect();
    assert_eq!(sections, BTreeSet::from(["2", "7"]));
}

#[test]
fn whatever_is_left_out_is_named_with_its_words() {
    let (contract, cited) = (contract(), cited());
    let planted = |change: &dyn Fn(&mut toml::Table)| {
        let mut sentences = sentences();
        change(sentences["clause"].as_table_mut().unwrap());
        faults(&contract, &sentences, &cited)
    };
    let removed = planted(&|clauses| drop(clauses.remove("2.limits.connections")));
    let words = "20,000 connections (lowered aloud at start if file descriptors are short)";
    let no_entry = format!("section 2: no entry for the clause: {words}");
    assert_eq!(removed, [no_entry]);
    let misspelt = planted(&|clauses| {
        let name = toml::Value::from("app_descriptors::connections_are_lowered");
        clauses["2.limits.connections"]["elsewhere"] = vec![name].into();
    });
    let no_test = "2.limits.connections: no test app_descriptors::connections_are_lowered for: ";
    assert_eq!(misspelt, [format!("{no_test}{words}")]);
    let unshown = planted(&|clauses| {
        let entry = clauses["2.limits.connections"].as_table_mut().unwrap();
        drop(entry.remove("elsewhere"));
    });
    let nothing = format!("2.limits.connections: no row and no test shows: {words}");
    assert_eq!(unshown, [nothing]);
    let invented = planted(&|clauses| clauses["7.mark"]["words"] = "a BOM".into());
    assert_eq!(
        invented,
        [
            "section 7: no entry for the clause: BOM",
            "section 7: no clause of the words: a BOM"
        ]
    );
    let more = format!("{contract}- One more sentence.\n");
    assert_eq!(
        faults(&more, &sentences(), &cited),
        ["section 7: no entry for the clause: One more sentence"]
    );
    // A function that is no test shows nothing.
    assert!(!is_test("intake::with_value") && !is_test("nowhere::at_all"));
    assert!(is_test(
        "crash::kill::kill_9_loses_nothing_that_was_acknowledged"
    ));
}
