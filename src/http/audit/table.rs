//! The audit log as CSV, one row a record.

use crate::http::spreadsheet::harmless;
use crate::store::registry::AuditEntry;

/// The columns.
pub(super) const HEAD: [&str; 9] = [
    "number",
    "at",
    "who",
    "role",
    "action",
    "object",
    "result",
    "via",
    "request_id",
];

/// The rows, in the order of `entries`.
pub(super) fn rows(entries: &[AuditEntry]) -> impl Iterator<Item = [String; 9]> + '_ {
    entries.iter().map(|entry| {
        [
            entry.number.to_string(),
            entry.at.to_string(),
            harmless(&entry.who),
            entry.role.clone(),
            harmless(&entry.action),
            harmless(&entry.object),
            harmless(&entry.result),
            harmless(&entry.via),
            harmless(&entry.request),
        ]
    })
}
