//! Files that were taken, as JSON and as a report.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::spreadsheet::harmless;
use crate::store::registry::{Imported, Page as Found, Undo, is_undoable};
use crate::text::Language;

/// Which imports are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// 1 to 1000, 50 if not given.
    pub(super) limit: Option<u32>,
    /// `next` of the page before.
    pub(super) cursor: Option<i64>,
}

/// A page of imports, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportedPage)]
pub(in crate::http) struct Page {
    imports: Vec<Shown>,
    /// `cursor` of the next page; null: this is the last.
    next: Option<i64>,
}

/// A file that was taken, or the taking back of one.
#[derive(Serialize, ToSchema)]
#[schema(as = Imported)]
struct Shown {
    number: i64,
    at: String,
    who: String,
    kind: String,
    /// The name of the file; empty of a taking back.
    file: String,
    /// SHA-256 of the file.
    digest: String,
    /// As `xlsx`.
    form: String,
    rows: i64,
    added: i64,
    changed: i64,
    ended: i64,
    unchanged: i64,
    /// The import that it took back.
    undoes: Option<i64>,
    /// The import that took it back.
    undone_by: Option<i64>,
    /// Whether imports of this kind are ever taken back, and this one was not.
    undoable: bool,
}

/// What taking an import back comes to.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportUndo)]
pub(in crate::http) struct Outcome {
    /// Whether it was done now.
    done: bool,
    /// Whether nothing speaks against it.
    good: bool,
    /// The number it was done under; null if it is not possible.
    number: Option<i64>,
    /// Rows that count no longer.
    removed: u32,
    /// Rows that count again.
    restored: u32,
    /// What speaks against it, with what to do; empty if nothing does.
    why_not: String,
}

impl Page {
    pub(super) fn of(page: &Found<Imported, i64>) -> Self {
        Self {
            imports: page.entries.iter().map(Shown::of).collect(),
            next: page.next,
        }
    }
}

impl Shown {
    fn of(import: &Imported) -> Self {
        Self {
            number: import.number,
            at: import.at.to_string(),
            who: import.who.clone(),
            kind: import.kind.clone(),
            file: import.file.clone(),
            digest: import.digest.clone(),
            form: import.form.clone(),
            rows: import.rows,
            added: import.added,
            changed: import.changed,
            ended: import.ended,
            unchanged: import.unchanged,
            undoes: import.undoes,
            undone_by: import.undone_by,
            undoable: import.undoes.is_none()
                && import.undone_by.is_none()
                && is_undoable(&import.kind),
        }
    }
}

impl Outcome {
    pub(super) fn of(undo: &Undo, is_done: bool, language: Language) -> Self {
        match undo {
            Undo::Done(undone) => Self {
                done: is_done,
                good: true,
                number: Some(undone.number),
                removed: undone.removed,
                restored: undone.restored,
                why_not: String::new(),
            },
            Undo::Refused(why) => Self::refused(why.in_words(language)),
            Undo::NotThere => Self::refused(String::new()),
        }
    }

    fn refused(why_not: String) -> Self {
        Self {
            done: false,
            good: false,
            number: None,
            removed: 0,
            restored: 0,
            why_not,
        }
    }
}

/// What is known of an import, a line each; no cell that a spreadsheet would calculate.
pub(super) fn lines(import: &Imported, language: Language) -> Vec<[String; 2]> {
    let line = |what: &str, value: String| [what.to_owned(), harmless(&value)];
    let mut lines = vec![
        line("number", import.number.to_string()),
        line("at", import.at.to_string()),
        line("who", import.who.clone()),
        line("role", import.role.clone()),
        line("kind", import.kind.clone()),
        line("file", import.file.clone()),
        line("sha256", import.digest.clone()),
        line("form", import.form.clone()),
        line("rows", import.rows.to_string()),
        line("added", import.added.to_string()),
        line("changed", import.changed.to_string()),
        line("ended", import.ended.to_string()),
        line("unchanged", import.unchanged.to_string()),
    ];
    if let Some(number) = import.undoes {
        lines.push(line("undoes", number.to_string()));
    }
    if let Some(number) = import.undone_by {
        lines.push(line("undone_by", number.to_string()));
    }
    let notes = import
        .notes_in(language)
        .map(|note| line("note", note.to_owned()));
    lines.extend(notes);
    lines
}
