//! What can go wrong with the registry, each in a sentence that says what to do.

use std::fmt::Display;
use std::path::PathBuf;

use crate::access::{AccountName, Office};
use crate::park::{EnterpriseCode, GatewayId};

/// `SQLite`'s code where another one writes for longer than one waits.
const SQLITE_BUSY: &str = "5";

/// A question that was not answered, or a change that was not made.
#[derive(Debug, thiserror::Error)]
pub enum RegistryFault {
    /// The database failed; the cause follows in the chain.
    #[error(
        "the registry's database failed; nothing was changed. Look at the disk, then try again"
    )]
    Database(#[from] sqlx::Error),
    /// Not answered in time.
    #[error("the registry did not answer in time; nothing was changed. Try again")]
    TookTooLong,
    /// A newer parkpulse wrote this file.
    #[error(
        "{file} is from the future: it has registry format {found}, this parkpulse knows up to {known}. Use the newer parkpulse; nothing was changed",
        file = .file.display()
    )]
    FromTheFuture {
        /// The file.
        file: PathBuf,
        /// The format it has.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
    /// The file is somebody else's.
    #[error("{file} is not a parkpulse registry; nothing was changed. Name another data directory", file = .file.display())]
    NotARegistry {
        /// The file.
        file: PathBuf,
    },
    /// Something in a row cannot be read back.
    #[error("a row of `{table}` in the registry is damaged: {what}. Restore a backup")]
    Damaged {
        /// Where.
        table: &'static str,
        /// What.
        what: String,
    },
    /// The key of the token hashes.
    #[error("{file}: {what}", file = .file.display())]
    TokenKey {
        /// The key file.
        file: PathBuf,
        /// What is wrong and what to do.
        what: String,
    },
    /// The system has no random numbers to give.
    #[error("the system gave no random bits, so no token was made")]
    NoRandomBits,
    /// Nobody registered under this code, or not yours.
    #[error("enterprise {0} is not registered; import it first (`import enterprises`)")]
    NoSuchEnterprise(EnterpriseCode),
    /// The id has been given.
    #[error("gateway {0} is registered already; `gateway rotate` gives it a new token")]
    GatewayTaken(GatewayId),
    /// No such gateway, or not yours.
    #[error("gateway {0} is not registered; `gateway add` registers it")]
    NoSuchGateway(GatewayId),
    /// All 4,294,967,295 numbers are given.
    #[error("all numbers for {0} have been given; they are never reused")]
    NumbersUsedUp(&'static str),
    /// The account has been given; names are never given twice.
    #[error("account {0} is taken; accounts are never given twice, take another name")]
    AccountTaken(AccountName),
    /// Nobody of that account, or not of that office.
    #[error("account {0} is not there, or has no such office")]
    NoSuchPerson(AccountName),
    /// Nothing that an office could be of.
    #[error("`{0}` is not registered; import the park or the enterprise first")]
    NoSuchScope(String),
    /// Nobody holds both.
    #[error(
        "they are `{held}` already and cannot be `{wanted}` at the same time; end the one first"
    )]
    OfficesClash {
        /// What they are.
        held: Office,
        /// What they were to be.
        wanted: Office,
    },
    /// It would have ended before it begins.
    #[error("the time until which it was to last is past; ask for it anew")]
    UntilPast,
    /// No such proposal that is open.
    #[error(
        "there is no such proposal any more; it was confirmed or refused, or three days went by"
    )]
    NoSuchProposal,
    /// Somebody else must say yes.
    #[error(
        "another administrator confirms this: neither whoever asked for it nor whom it is about"
    )]
    NeedsAnother,
    /// The same is asked for already, or too much is.
    #[error(
        "this is asked for already and waits for another administrator, or too many things wait"
    )]
    ProposedAlready,
    /// The session, or the account behind it, is no longer what it was a moment ago.
    #[error("the session ended, or the account was changed meanwhile; sign in again")]
    SessionEnded,
    /// Somebody else ended all its credentials.
    #[error(
        "gateway {0} was revoked by the security administrator, who alone gives it a token again; ask them"
    )]
    Barred(GatewayId),
    /// May not do that.
    #[error("you may not do that here")]
    NotYours,
}

impl RegistryFault {
    /// Whether more was asked at once than could be answered in time: nothing is broken, and the same
    /// succeeds later.
    #[must_use]
    pub fn is_of_crowding(&self) -> bool {
        match self {
            Self::TookTooLong | Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(fault)) => {
                fault.code().as_deref() == Some(SQLITE_BUSY)
            }
            _ => false,
        }
    }

    /// Whether somebody asked for what they may not have or what is not there, and nothing failed.
    pub(super) const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::NotYours
                | Self::NoSuchEnterprise(_)
                | Self::NoSuchGateway(_)
                | Self::GatewayTaken(_)
                | Self::Barred(_)
                | Self::AccountTaken(_)
                | Self::NoSuchPerson(_)
                | Self::NoSuchScope(_)
                | Self::OfficesClash { .. }
                | Self::UntilPast
                | Self::NoSuchProposal
                | Self::NeedsAnother
                | Self::ProposedAlready
        )
    }

    /// A damaged row of `table`.
    pub(super) fn damaged(table: &'static str, what: impl Display) -> Self {
        Self::Damaged {
            table,
            what: what.to_string(),
        }
    }
}
