//! That the table of rights says something: a table of "not there" would hold over anything.

use std::collections::BTreeMap;

use crate::rights_table::{Cells, ROLES, rows};

/// A table that says "not there" of everything holds over a server that is not there: every operation
/// is found by somebody, every role that may sign in finds something, and whatever "not there" is said
/// of another's thing, the same role or another one finds the own or that very thing. Signing in with an identity server is not there while none is set: `identity` asks
/// it where one is.
#[test]
fn no_row_is_empty_words() {
    let is_found = |letter: &str| letter != "n";
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found_by = [0; ROLES.len()];
    for row in rows() {
        assert!(
            row.address.starts_with('/'),
            "{}: {}",
            row.name,
            row.address
        );
        assert!(
            matches!(row.name.split(' ').next(), Some("GET" | "POST")),
            "{}",
            row.name
        );
        let letters = row.letters.split(' ').enumerate();
        for (role, _) in letters.filter(|(_, letter)| is_found(letter)) {
            *found.entry(row.name).or_default() += 1;
            found_by[role] += 1;
        }
        found.entry(row.name).or_default();
    }
    let unset = |name: &&str| name.contains("/sign-in/identity");
    let never: Vec<_> = found
        .iter()
        .filter(|(name, count)| **count == 0 && !unset(name))
        .collect();
    assert!(never.is_empty(), "found by nobody: {never:?}");
    assert!(found_by.iter().all(|count| *count > 0), "{found_by:?}");
    let twins_of = |row: &Cells| -> Vec<Cells> {
        let (whose, object) = row.object.split_once(' ').unwrap_or_default();
        let twins = rows().filter(|one| one.name == row.name);
        let twins = twins.filter(|one| one.object.ends_with(object) && one.object != row.object);
        let alive = ["own", "other", "foreign"];
        let is_live = |one: &Cells| alive.contains(&one.object.split(' ').next().unwrap_or(""));
        twins
            .filter(|one| alive.contains(&whose) && is_live(one))
            .collect()
    };
    for row in rows().filter(|row| row.letters.split(' ').all(|letter| letter == "n")) {
        let twins = twins_of(&row);
        let is_told = twins
            .iter()
            .any(|twin| twin.letters.split(' ').any(is_found));
        assert!(
            is_told || !row.object.starts_with(['o', 'f']),
            "{} {} is found by nobody, nor is its twin",
            row.name,
            row.object
        );
    }
}
