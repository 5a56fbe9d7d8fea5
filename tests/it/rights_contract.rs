//! The table of contract.md 6, word for word, held against the rights that the program has.

use std::collections::BTreeMap;

use parkpulse::access::{RIGHTS_COLUMNS, rights_table};

/// The columns of the contract, in its order, as the program names them.
const COLUMNS: [&str; 8] = [
    "own_enterprise",
    "stranger",
    "operator_here",
    "operator_elsewhere",
    "bureau",
    "sys",
    "sec",
    "aud",
];

/// The rows of contract.md 6 as they stand there.
const CONTRACT: &str = "\
| meters, raw series | read | no | read | no | read | no | no | no |
| output, sales | own, writes its declaration | no | band or index only, unless the enterprise agreed | no | read | no | no | no |
| tax | own | no | no (grade only) | no | read, logged with purpose | no | no | no |
| safety alarms, hazards | own | no | read and handle | no | read | no | no | no |
| land, parcels | own, and outlines of all | outlines | read | outlines | write | no | no | no |
| heat map | own cell and park totals | - | cells of the own park | park totals | all | no | no | no |
| indicator values of the sheet | own, from the confirming stage | no | no | no | by stage | no | no | no |
| scores and grade | own, from notice | grade only, from notice | grade, from notice | grade, from notice | by stage | no | no | no |
| objections | own | no | own park, handle | no | all | no | no | no |
| users, keys | own profile; test and rotation of own gateways | no | own staff list | no | own staff | no | write | read log |
| config, backup | no | no | no | no | no | write | no | read log |
| audit log | own actions | no | own staff | no | own staff | no | no | read all |";

/// A row of the contract, a matter of it, and which of its cells' words grant that matter what. Words
/// that are not listed grant nothing of it.
type Reading = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Where a row speaks of several things, each is a matter. Stages of the sheet and objections come
/// with the assessment: until then there is nothing that anybody could be shown.
const READINGS: &[Reading] = &[
    ("meters, raw series", "series", &[("read", "read")]),
    (
        "output, sales",
        "output",
        &[("own, writes its declaration", "write"), ("read", "read")],
    ),
    (
        "tax",
        "tax",
        &[("own", "read"), ("read, logged with purpose", "logged")],
    ),
    (
        "safety alarms, hazards",
        "safety",
        &[
            ("own", "read"),
            ("read and handle", "write"),
            ("read", "read"),
        ],
    ),
    (
        "land, parcels",
        "land",
        &[
            ("own, and outlines of all", "read"),
            ("read", "read"),
            ("write", "write"),
        ],
    ),
    (
        "land, parcels",
        "outline",
        &[
            ("own, and outlines of all", "read"),
            ("outlines", "read"),
            ("read", "read"),
            ("write", "write"),
        ],
    ),
    (
        "heat map",
        "heat_cell",
        &[
            ("own cell and park totals", "read"),
            ("cells of the own park", "read"),
            ("all", "read"),
        ],
    ),
    (
        "heat map",
        "park_totals",
        &[
            ("own cell and park totals", "read"),
            ("cells of the own park", "read"),
            ("park totals", "read"),
            ("all", "read"),
        ],
    ),
    (
        "scores and grade",
        "score",
        &[("own, from notice", "read"), ("by stage", "read")],
    ),
    (
        "scores and grade",
        "grade",
        &[
            ("own, from notice", "read"),
            ("grade only, from notice", "read"),
            ("grade, from notice", "read"),
            ("by stage", "read"),
        ],
    ),
    // One's own profile is no row: nobody but the person has it (`Right::Own`).
    ("users, keys", "users", &[("write", "write")]),
    (
        "users, keys",
        "staff",
        &[("own staff list", "read"), ("own staff", "read")],
    ),
    (
        "users, keys",
        "keys",
        &[
            ("own profile; test and rotation of own gateways", "write"),
            ("write", "write"),
        ],
    ),
    // "read log" is the audit log of it, the row of that name.
    ("config, backup", "config", &[("write", "write")]),
    ("audit log", "log", &[("read all", "read")]),
    (
        "audit log",
        "staff_log",
        &[
            ("own actions", "read"),
            ("own staff", "read"),
            ("read all", "read"),
        ],
    ),
];

/// Matters of which contract.md 6 has no row, with what gives them: who may look is granted to nobody
/// whom the row of what it is about does not let look.
const BESIDE: [(&str, &str); 5] = [
    // screens.md 2 and 7.3: the clerk confirms or objects; whoever may read the meters reads it.
    ("ledger_check", "series"),
    // screens.md 7.2 and 12: enterprise and park take in again, and decide of two values.
    ("aside", "series"),
    // Each for their own part, by the rows of what it is about.
    ("notification", ""),
    // screens.md 2 and 9.2: the bureau's clerk takes files of departments in; what is in them is read
    // by the rows of output, tax and scores.
    ("department_file", ""),
    // contract.md 3: nobody is two of the three administrators, so one asks and another confirms.
    ("proposal", ""),
];

/// The words of one row of the contract.
fn words(row: &str) -> Vec<&'static str> {
    let line = CONTRACT
        .lines()
        .find(|line| line.starts_with(&format!("| {row} |")));
    let cells = line
        .unwrap_or_else(|| panic!("no row {row}"))
        .trim_matches('|')
        .split('|');
    cells.skip(1).map(str::trim).collect()
}

fn rights() -> BTreeMap<&'static str, [&'static str; 8]> {
    rights_table()
        .map(|(matter, cells)| (matter.as_str(), cells))
        .collect()
}

#[test]
fn every_row_of_the_contract_is_what_the_program_grants() {
    assert_eq!(RIGHTS_COLUMNS, COLUMNS);
    let rights = rights();
    let mut faults = Vec::new();
    for (row, matter, granted) in READINGS {
        let words = words(row);
        assert_eq!(words.len(), COLUMNS.len(), "{row}");
        for (_, word) in words
            .iter()
            .enumerate()
            .filter(|(_, word)| !["no", "-", "no (grade only)"].contains(word))
        {
            let is_read = READINGS.iter().any(|(one, _, granted)| {
                one == row && granted.iter().any(|(known, _)| known == word)
            });
            let is_elsewhere = [
                "read log",
                "band or index only, unless the enterprise agreed",
            ]
            .contains(word);
            assert!(is_read || is_elsewhere, "{row}: nobody reads `{word}`");
        }
        for (place, word) in words.iter().enumerate() {
            let known = granted.iter().find(|(known, _)| known == word);
            let expected = known.map_or("none", |(_, grant)| grant);
            let found = rights[matter][place];
            if found != expected {
                faults.push(format!(
                    "{row}, {}: `{word}`, and {matter} grants {found}",
                    COLUMNS[place]
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_matter_is_a_row_of_the_contract_or_says_where_it_comes_from() {
    let rights = rights();
    let of_contract = READINGS.iter().map(|(_, matter, _)| *matter);
    let mut known: Vec<&str> = of_contract
        .chain(BESIDE.map(|(matter, _)| matter))
        .collect();
    known.sort_unstable();
    let mut found: Vec<&str> = rights.keys().copied().collect();
    found.sort_unstable();
    assert_eq!(known, found);
    for (matter, of) in BESIDE.into_iter().filter(|(_, of)| !of.is_empty()) {
        for (place, column) in COLUMNS.into_iter().enumerate() {
            let is_shown = rights[matter][place] != "none";
            assert!(
                !is_shown || rights[of][place] != "none",
                "{matter} {column}"
            );
        }
    }
}
