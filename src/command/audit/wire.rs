//! A verification as JSON.

use serde::Serialize;

use crate::calendar::Moment;
use crate::store::registry::AuditVerdict;

/// What `audit verify` found.
#[derive(Serialize)]
pub(super) struct Verified<'a> {
    records: i64,
    cut_record: Option<i64>,
    cut_at: Option<String>,
    wrong_record: Option<i64>,
    wrong: Option<&'static str>,
    signed_record: Option<i64>,
    signed_at: Option<String>,
    public_key: &'a str,
}

impl<'a> Verified<'a> {
    pub(super) fn of(verdict: &'a AuditVerdict) -> Self {
        let signed = verdict.signed;
        Self {
            records: verdict.records,
            cut_record: verdict.cut.map(|(number, _)| number),
            cut_at: verdict
                .cut
                .map(|(_, at_ms)| Moment::from_unix_ms(at_ms).to_string()),
            wrong_record: verdict.wrong.as_ref().map(|wrong| wrong.number),
            wrong: verdict.wrong.as_ref().map(|wrong| wrong.what),
            signed_record: signed.map(|(number, _)| number),
            signed_at: signed.map(|(_, at_ms)| Moment::from_unix_ms(at_ms).to_string()),
            public_key: &verdict.public_key,
        }
    }
}
