//! The audit log as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::Moment;
use crate::http::{Problem, Trouble};
use crate::store::registry::{self, AuditEntry, AuditFilter, AuditVerdict};

/// Which records are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Asked {
    pub(super) limit: Option<usize>,
    cursor: Option<String>,
    who: Option<String>,
    action: Option<String>,
    object: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// A page of records.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub(in crate::http) struct Page {
    items: Vec<Record>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditRecord)]
struct Record {
    number: i64,
    at: String,
    who: String,
    role: String,
    action: String,
    object: String,
    result: String,
    /// From which network address; `machine`: by a command on the server.
    via: String,
    request_id: String,
}

/// Whether every record is as it was written.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditVerdict)]
pub(in crate::http) struct Verdict {
    /// Records that fit, from the first on.
    records: i64,
    wrong: Option<Wrong>,
    /// Up to which record a signed head fits, and when it was signed.
    signed_number: Option<i64>,
    signed_at: Option<String>,
    /// What the heads were verified with: Ed25519, hex.
    public_key: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditWrong)]
struct Wrong {
    number: i64,
    what: &'static str,
}

impl Asked {
    pub(super) fn before(&self) -> Result<Option<i64>, Problem> {
        let number = self.cursor.as_deref().map(str::parse).transpose();
        number.map_err(|_not_ours| Problem::new(Trouble::BadRequest, "this is no cursor of ours"))
    }

    pub(super) fn filter(self) -> Result<AuditFilter, Problem> {
        let moment = |text: Option<String>| {
            let read = text.map(|text| text.parse::<Moment>()).transpose();
            read.map_err(|cause| Problem::new(Trouble::BadRequest, cause.to_string()))
        };
        Ok(AuditFilter {
            from: moment(self.from)?,
            to: moment(self.to)?,
            who: self.who,
            action: self.action,
            object: self.object,
        })
    }
}

impl Page {
    pub(super) fn of(page: &registry::Page<AuditEntry, i64>) -> Self {
        Self {
            items: page.entries.iter().map(Record::of).collect(),
            next: page.next.map(|number| number.to_string()),
        }
    }
}

impl Record {
    fn of(entry: &AuditEntry) -> Self {
        Self {
            number: entry.number,
            at: entry.at.to_string(),
            who: entry.who.clone(),
            role: entry.role.clone(),
            action: entry.action.clone(),
            object: entry.object.clone(),
            result: entry.result.clone(),
            via: entry.via.clone(),
            request_id: entry.request.clone(),
        }
    }
}

impl Verdict {
    pub(super) fn of(verdict: &AuditVerdict) -> Self {
        Self {
            records: verdict.records,
            wrong: verdict.wrong.as_ref().map(|wrong| Wrong {
                number: wrong.number,
                what: wrong.what,
            }),
            signed_number: verdict.signed.map(|(number, _)| number),
            signed_at: verdict
                .signed
                .map(|(_, at_ms)| Moment::from_unix_ms(at_ms).to_string()),
            public_key: verdict.public_key.clone(),
        }
    }
}
