//! What a derived schema does not say of its fields: that what we answer with is there even where it
//! is null, and which words a field may hold. The pages' types are made of this document, and the
//! requests of the tests; so what is missing here is a page that cannot be written in earnest.
//!
//! Knows no handler; works on the document as JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// Schema, field, and the words that may stand there.
type Words = (&'static str, &'static str, &'static [&'static str]);

const FRESHNESS: &[&str] = &["on_time", "late", "silent", "none"];
const ONLINE: &[&str] = &["online", "offline"];
const SCALE: &[&str] = &["above", "below"];
const CELL: &[&str] = &["value", "band", "no_data", "not_counted", "hidden"];

const WORDS: &[Words] = &[
    ("ApiToken", "scope", &["read", "write"]),
    (
        "ArrivalCause",
        "cause",
        &["quarantined", "gateway_offline", "not_read", "never_sent"],
    ),
    ("ArrivalGateway", "status", ONLINE),
    (
        "ArrivalMeter",
        "state",
        &["on_time", "late", "silent", "stopped"],
    ),
    (
        "BackdropThing",
        "kind",
        &["green", "water", "road", "limit"],
    ),
    ("Card", "state", CELL),
    ("CardMeter", "freshness", FRESHNESS),
    ("Compared", "kind", &["month_on_month", "year_on_year"]),
    ("Credential", "state", &["admitted", "revoked"]),
    (
        "GatewayHeard",
        "kind",
        &["test", "aside", "refused", "stranger"],
    ),
    (
        "GatewayHeardReading",
        "quality",
        &["good", "uncertain", "bad"],
    ),
    ("Delivery", "channel", &["mail", "webhook"]),
    ("Delivery", "state", &["waiting", "sent", "dead"]),
    ("GatewayLog", "status", ONLINE),
    ("LedgerCheck", "verdict", &["confirmed", "questioned"]),
    (
        "LedgerCompared",
        "unlike",
        &["runs", "partial_now", "partial_then"],
    ),
    ("MapCell", "freshness", FRESHNESS),
    ("MapCell", "state", CELL),
    ("MapLayer", "shown", &["value", "band", "nothing"]),
    ("MapLegend", "closed", &["below", "above"]),
    (
        "Me",
        "role",
        &[
            "public",
            "enterprise",
            "operator",
            "kiosk",
            "bureau",
            "sys",
            "sec",
            "aud",
            "machine",
        ],
    ),
    ("NewLedgerCheck", "verdict", &["confirmed", "questioned"]),
    (
        "Progress",
        "next",
        &["account", "code", "password", "enrol", "done"],
    ),
    ("Progress", "profile", &["dengbao3", "asvs5"]),
    (
        "Proposal",
        "action",
        &[
            "person.add",
            "person.reset",
            "person.end",
            "grant.add",
            "grant.end",
        ],
    ),
    ("RatedUnit", "scale", SCALE),
    ("RatingGroup", "scale", SCALE),
    (
        "SourceFormula",
        "code",
        &["sum", "ratio", "register_difference", "grade"],
    ),
    (
        "SourceIndicator",
        "baseline_from",
        &["scheme", "group_mean"],
    ),
    ("SourceInput", "sign", &["+", "-"]),
    ("SourceStep", "operation", &["times", "over"]),
    ("TodayBeyond", "side", &["above", "below"]),
];

/// A line of [`WORDS`] that is about nothing: the field is called otherwise by now.
#[derive(Debug, thiserror::Error)]
#[error("the document has no field {0} whose words could be told")]
pub(super) struct NoSuchField(String);

/// Completes the schemas of `document`.
///
/// # Errors
/// A field whose words are listed here is not in it.
pub(super) fn complete(document: &mut Value) -> Result<(), NoSuchField> {
    let asked = asked_with(document);
    let none = || NoSuchField("at all".to_owned());
    let schemas = document.pointer_mut("/components/schemas");
    let schemas = schemas.ok_or_else(none)?;
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if !asked.contains(name) {
            need_all(schema);
        }
    }
    for &(schema, field, words) in WORDS {
        let place = format!("/{schema}/properties/{field}");
        match schemas.pointer_mut(&place) {
            Some(Value::Object(field)) => hold_to(field, words),
            _ => return Err(NoSuchField(place)),
        }
    }
    Ok(())
}

/// Only `words` may stand in the field; null where it was allowed before.
fn hold_to(field: &mut Object, words: &[&str]) {
    let mut allowed: Vec<Value> = words.iter().map(|word| json!(word)).collect();
    let kinds = field.get("type").and_then(Value::as_array);
    if kinds.is_some_and(|kinds| kinds.contains(&json!("null"))) {
        allowed.push(Value::Null);
    }
    field.insert("enum".to_owned(), Value::Array(allowed));
}

/// Every field of an answer is written, null where there is nothing: none is left out.
fn need_all(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    if let Some(Value::Object(fields)) = object.get_mut("properties") {
        // A field may be called as a word of the schema is: its names are not looked into.
        fields.values_mut().for_each(need_all);
        let names = fields.keys().map(|name| json!(name)).collect();
        object.insert("required".to_owned(), Value::Array(names));
    }
    for part in ["items", "additionalProperties"] {
        object.get_mut(part).into_iter().for_each(need_all);
    }
    for parts in ["allOf", "oneOf", "anyOf", "prefixItems"] {
        let parts = object.get_mut(parts).and_then(Value::as_array_mut);
        parts.into_iter().flatten().for_each(need_all);
    }
}

/// The schemas that somebody asks with, and what they hold: there, what is not needed may be left
/// out.
fn asked_with(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object);
    let items = paths
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.as_object());
    let mut left: Vec<&Value> = items
        .flat_map(Map::values)
        .filter_map(|operation| operation.get("requestBody"))
        .collect();
    while let Some(part) = left.pop() {
        match part {
            Value::Object(object) => {
                let name = object.get("$ref").and_then(Value::as_str).and_then(named);
                if let Some(name) = name.filter(|name| found.insert((*name).to_owned())) {
                    left.extend(document.pointer(&format!("/components/schemas/{name}")));
                }
                left.extend(object.values());
            }
            Value::Array(parts) => left.extend(parts),
            _ => {}
        }
    }
    found
}

fn named(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}
