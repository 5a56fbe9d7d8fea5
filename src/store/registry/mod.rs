//! `registry.db`: who is where, who may send, and who did what.
//!
//! One SQLite file through sqlx (PostgreSQL reads the same queries). Nothing in it is deleted,
//! only ended; each write is one transaction with one line in the audit log. Knows no file format
//! (that is `jobs/import`) and no protocol.
//!
//! - [`Registry::open`] migrates forward and refuses a file from the future by name.
//! - [`Registry::directory`] is what the doors use: a [`Directory`] with the current
//!   [`Roster`](crate::park::Roster), a watch of its changes, and the check of a gateway's token
//!   (no disk, no wait). It is swapped whole after each committed change.
//! - Gateways: [`Registry::add_gateway`], [`Registry::rotate_gateway`],
//!   [`Registry::revoke_gateway`], [`Registry::list_gateways`].
//! - Registering parks to statements, all or nothing: [`Registry::lay`].
//! - Outlines changed by hand, with the land on them: [`Registry::reshape`], worked out from a [`Basis`].
//! - Finding: [`Registry::list_parks`], [`Registry::list_areas`], [`Registry::list_enterprises`],
//!   [`Registry::list_parcels`], [`Registry::list_holdings`], [`Registry::list_meter_rows`],
//!   [`Registry::find_meter_history`], [`Registry::list_statements`], by [`Page`].
//! - The audit log: [`Registry::note_in_log`], [`Registry::find_audit`], [`Registry::verify_audit`];
//!   [`Registry::on`] says on whose errand a record is made.
//! - People: [`Registry::add_person`], [`Registry::grant_office`], [`Registry::find_account`]; their
//!   sessions, second factor and tokens beside them.
//! - What the ledger worked out: [`Registry::save_walks`], [`Registry::visit_sheets`],
//!   [`Registry::save_close`]; written by `jobs` alone.
//! - Accounts and rated years: [`Registry::save_accounts`], [`Registry::list_accounts`],
//!   [`Registry::list_totals`], [`Registry::save_assessment`], [`Registry::list_assessed`].
//! - What enterprises state of themselves: [`Registry::declare`]; every source and every earlier figure:
//!   [`Registry::told_statements`].
//! - What enterprises say of their ledger: [`Registry::save_ledger_checks`],
//!   [`Registry::list_ledger_checks`].
//! - What was decided about suspect spans: [`Registry::decide_suspect`],
//!   [`Registry::list_suspect_decisions`], [`Registry::all_confirmed`].
//! - What people are to be told: [`Registry::keep_notifications`], [`Registry::list_notifications`], and the outbox
//!   beside it: [`Registry::due_deliveries`], [`Registry::settle_delivery`].
//! - MQTT sessions: [`Registry::resume_session`], [`Registry::keep_session`],
//!   [`Registry::expire_session`], [`Registry::forget_session`].
//!
//! Every question takes a `&Principal` and filters in the query: not yours is not there.

mod audit;
mod book;
mod database;
mod directory;
mod fault;
mod find;
mod gateways;
mod key_file;
mod lay;
mod ledger;
mod ledger_checks;
mod migrate;
mod notifications;
mod people;
mod record;
mod roster;
mod session_rows;
mod sessions;
mod suspects;
mod token;

use std::path::PathBuf;
use std::time::Duration;

pub use audit::{AuditEntry, AuditFilter, AuditVerdict, Errand, Trimmed, Wrong};
pub use book::{
    AccountClose, Assessed, AssessedFilter, Assessment, Holder, KeptAccount, Order, RevisedMonth,
    StatedRow,
};
pub use database::Registry;
pub use directory::{Admission, Changes, Directory};
pub use fault::RegistryFault;
pub use find::{
    Basis, HoldingFilter, MeterHistory, OutlineAct, OutlineChange, Page, ParcelStretch,
    ParcelVersion, StatedFrom, ToldStatement,
};
pub use gateways::{GatewayEntry, GatewayState};
pub use lay::{
    Declared, Entries, FileOf, Imported, Laid, Mode, NewOutlines, Remark, Reshaped, Undo, Undone,
    is_undoable, matter_of,
};
pub use ledger::{
    Close, ClosedEntries, ClosedEntry, LEDGER_CURSOR, Series, SeriesKey, SeriesSheet, WalkedDay,
    WalkedRegister,
};
pub use ledger_checks::{LedgerCheck, LedgerOf, NewChecks, Said, Verdict};
pub use notifications::{
    Channel, Delivery, DeliveryState, Finding, Found, Notification, Tried, Way,
};
pub use people::{
    Account, ApiToken, FactorBegun, FactorShown, Foreign, HashCost, Instead, NewPerson, NotACost,
    NotAForeign, OpenSession, PasswordHash, PersonEntry, Proposal, RecoveryCode, Session,
    SessionTerms, Settled, StaffEntry, Stage, TokenFault, TokenHolder, Which, Wish,
};
pub use sessions::{SESSIONS_PER_GATEWAY, Subscription};
pub use suspects::{NewSuspectDecision, SuspectDecision, SuspectSaid};
pub use token::Token;

/// How the registry is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data directory; holds `registry.db` and `token.key`.
    pub directory: PathBuf,
    /// How long any question or change may take before it is given up, undone.
    pub patience: Duration,
    /// How long the old token goes on beside the new one after a rotation.
    pub rotation_overlap: Duration,
}

impl Settings {
    /// The defaults for `directory`: 10 s of patience, 7 days of two valid tokens.
    #[must_use]
    pub const fn of(directory: PathBuf) -> Self {
        Self {
            directory,
            patience: Duration::from_secs(10),
            rotation_overlap: Duration::from_hours(7 * 24),
        }
    }
}

/// At most this many entries leave the registry in one page.
pub const PAGE_LIMIT: u32 = 1_000;
