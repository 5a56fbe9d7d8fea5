//! The audit log as JSON.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Moment;
use crate::http::{Problem, Trouble, page_limit};
use crate::store::registry::{self, AuditEntry, AuditFilter, AuditVerdict};

/// Which records are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Asked {
    /// 1 to 1000, 100 if not given.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Of this account only.
    who: Option<String>,
    /// Of actions that begin so, as `gateway.`.
    action: Option<String>,
    /// With this object only.
    object: Option<String>,
    /// From this time on.
    from: Option<String>,
    /// Before this time.
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

/// A page of looks at what is one's own.
#[derive(Serialize, ToSchema)]
#[schema(as = LookPage)]
pub(in crate::http) struct Looks {
    items: Vec<Look>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Look {
    number: i64,
    at: String,
    /// As what they looked.
    role: String,
    action: String,
    /// At what, and the purpose that was said.
    object: String,
}

/// Whether every record is as it was written.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditVerdict)]
pub(in crate::http) struct Verdict {
    /// Records that fit, from the first that is kept.
    records: i64,
    /// Up to which record the front was cut off for its age, and when; null: it was not.
    cut_number: Option<i64>,
    cut_at: Option<String>,
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
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        let limit = page_limit(self.limit)?;
        Ok(u32::try_from(limit).unwrap_or(u32::MAX))
    }

    pub(super) fn before(&self) -> Result<Option<i64>, Problem> {
        before(self.cursor.as_deref())
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

/// Before which record the page begins.
pub(super) fn before(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    let number = cursor.map(str::parse).transpose();
    number.map_err(|_not_ours| Problem::new(Trouble::BadRequest, "this is no cursor of ours"))
}

impl Looks {
    pub(super) fn of(page: &registry::Page<AuditEntry, i64>) -> Self {
        let look = |entry: &AuditEntry| Look {
            number: entry.number,
            at: entry.at.to_string(),
            role: entry.role.clone(),
            action: entry.action.clone(),
            object: entry.object.clone(),
        };
        Self {
            items: page.entries.iter().map(look).collect(),
            next: page.next.map(|number| number.to_string()),
        }
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
            cut_number: verdict.cut.map(|(number, _)| number),
            cut_at: verdict
                .cut
                .map(|(_, at_ms)| Moment::from_unix_ms(at_ms).to_string()),
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
