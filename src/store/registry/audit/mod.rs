//! The audit log: who did what to what, when, from where, and how it ended. Rows are only ever
//! added, each inside the change that it speaks of: if it cannot be written, nothing is done. They go
//! at the front alone, once they are old enough ([`trim`]).
//!
//! Each record carries a hash over itself and the one before ([`chain`]); heads are signed
//! ([`pen`]), so that a change, a gap, another order or a cut end is found ([`verify`]).

mod chain;
mod errand;
mod list;
mod pen;
mod trim;
mod verify;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Row, Sqlite, Transaction};

use crate::access::{Action, Object, Principal, may};
use crate::calendar::Moment;

use super::{Registry, RegistryFault};

pub use errand::Errand;
pub use list::{AuditEntry, AuditFilter};
pub(super) use pen::Pen;
pub use trim::Trimmed;
pub use verify::{AuditVerdict, Wrong};

use chain::{Content, link};

/// The newest record of a change that is not committed yet. Hand it to the commit.
#[derive(Clone, Debug)]
#[must_use = "the commit must hear of it"]
pub(super) struct Head {
    /// The record's number.
    pub(super) number: i64,
    /// Its hash.
    pub(super) hash: String,
    /// When it was written.
    pub(super) at: Moment,
}

/// What a line of the log says of a deed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'a> {
    /// What, as `gateway.add`.
    pub(super) action: &'a str,
    /// To what.
    pub(super) object: &'a str,
    /// How it ended.
    pub(super) result: &'a str,
}

impl Registry {
    /// The same registry, whose records say that they were made on `errand`.
    #[must_use]
    pub fn on(&self, errand: &Errand) -> Self {
        let mut same = self.clone();
        same.errand = Some(errand.clone());
        same
    }

    /// Looks at the log before anything is added to it: hashes the records of a registry that had
    /// no chain yet, and compares the end with the head that was signed. That there is no such
    /// head any more is a record itself.
    pub(super) async fn begin_log(
        &self,
        change: &mut SqliteConnection,
        is_chained: bool,
    ) -> Result<Option<Head>, RegistryFault> {
        if !is_chained {
            chain::adopt(change, &self.pen).await?;
        }
        if self.pen.begin(change).await? && is_chained {
            let deed = Deed {
                action: "audit.begin",
                object: "audit.head",
                result: "was missing",
            };
            let local = Principal::local();
            let head = self.note(change, self.clock.now(), &local, deed).await?;
            return Ok(Some(head));
        }
        Ok(None)
    }

    /// Adds a line inside the change it speaks of.
    pub(super) async fn note(
        &self,
        change: &mut SqliteConnection,
        at: Moment,
        who: &Principal,
        deed: Deed<'_>,
    ) -> Result<Head, RegistryFault> {
        fail::fail_point!("audit_note", |_told| Err(RegistryFault::TookTooLong));
        let last = sqlx::query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
            .fetch_optional(&mut *change)
            .await?;
        let (before, number) = match last {
            Some(row) => (row.try_get("hash")?, row.try_get::<i64, _>("number")? + 1),
            None => (String::new(), 1),
        };
        self.pen.watch(number - 1);
        let errand = self.errand.as_ref();
        let content = Content {
            number,
            at_ms: at.unix_ms(),
            who: &who.name,
            role: who.role.as_str(),
            action: deed.action,
            object: deed.object,
            result: deed.result,
            via: errand.map_or("machine", Errand::via),
            request: errand.map_or("", Errand::request),
        };
        let hash = link(&before, &content);
        chain::insert(change, &content, &hash).await?;
        if number % pen::SIGN_EVERY == 0 {
            self.pen.sign_into(change, number, at, &hash).await?;
        }
        Ok(Head { number, hash, at })
    }

    /// Commits a change with its record.
    pub(super) async fn commit_noted(
        &self,
        change: Transaction<'static, Sqlite>,
        head: Head,
    ) -> Result<(), RegistryFault> {
        change.commit().await?;
        self.written(&head);
        Ok(())
    }

    /// What is to be done once a record is on disk.
    pub(super) fn written(&self, head: &Head) {
        self.pen.keep(head);
        if let Some(errand) = &self.errand {
            errand.mark_written();
        }
    }

    /// Adds a line about something done outside the registry, as a backup or a look at tax.
    ///
    /// # Errors
    /// The database failed.
    pub async fn note_in_log(
        &self,
        who: &Principal,
        action: &str,
        object: &str,
        result: &str,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let deed = Deed {
                action,
                object,
                result,
            };
            let head = self.note(&mut change, self.clock.now(), who, deed).await?;
            self.commit_noted(change, head).await
        })
        .await
    }
}

/// Refuses what the table of rights does not grant.
pub(super) fn demand(
    who: &Principal,
    action: Action,
    object: &Object<'_>,
) -> Result<(), RegistryFault> {
    if may(who, action, object).is_allowed() {
        Ok(())
    } else {
        Err(RegistryFault::NotYours)
    }
}
