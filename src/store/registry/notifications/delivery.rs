//! Notifications on their way to somebody by mail or webhook: an outbox that survives a restart. What waits
//! is bounded; what is beyond the bound, or failed too often, lies dead where an administrator finds
//! it and can send it again. Nothing is dropped in silence.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{Action, Matter, Object, Office, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::store::registry::audit::{Deed, demand};
use crate::store::registry::find::{Asking, Page, moment, number};
use crate::store::registry::{Registry, RegistryFault};

use super::{Notification, notification};

const TABLE: &str = "delivery";

/// Deliveries taken up at a time.
const TAKEN_UP: i64 = 16;

/// The object of every right on deliveries.
const DELIVERIES: Object<'static> = Object {
    matter: Matter::Config,
    enterprise: None,
    park: None,
};

/// By what a notification goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// SMTP.
    Mail,
    /// An HTTP POST that is signed.
    Webhook,
}

impl Channel {
    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }

    fn named(code: &str) -> Result<Self, RegistryFault> {
        match code {
            "mail" => Ok(Self::Mail),
            "webhook" => Ok(Self::Webhook),
            _ => Err(RegistryFault::damaged(TABLE, "no such channel")),
        }
    }
}

/// To whom notifications go, and as what they are told: what that one may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// By what.
    pub channel: Channel,
    /// A mailbox, or the address of a webhook.
    pub address: String,
    /// As what they hear.
    pub office: Office,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It will be tried.
    Waiting,
    /// It was taken at the other end.
    Sent,
    /// It is given up until somebody sends it again.
    Dead,
}

impl DeliveryState {
    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The state of that code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Sent, Self::Dead];
        all.into_iter().find(|one| one.as_str() == code)
    }
}

/// One notification on its way to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub number: i64,
    /// What is told.
    pub notification: Notification,
    /// By what.
    pub channel: Channel,
    /// To where.
    pub address: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next, while it waits.
    pub next_at: Moment,
    /// Why the last try failed; empty where none did.
    pub fault: String,
    /// Since when it is on its way.
    pub made_at: Moment,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was taken.
    Sent,
    /// It was not; another try after this time.
    Later(Duration, String),
    /// It was not, and there is no use in trying.
    Dead(String),
}

/// Sends a notification on a way; where `waiting_max` wait already it is dead from the beginning.
pub(super) async fn send(
    change: &mut SqliteConnection,
    notification: i64,
    way: &Way,
    waiting_max: usize,
    now: Moment,
) -> Result<(), RegistryFault> {
    let row = sqlx::query("SELECT COUNT(*) FROM delivery WHERE state = 'waiting'")
        .fetch_one(&mut *change)
        .await?;
    let waiting: i64 = row.try_get(0)?;
    let is_full = usize::try_from(waiting).is_ok_and(|waiting| waiting >= waiting_max);
    let (state, fault) = if is_full {
        (DeliveryState::Dead, "queue_full")
    } else {
        (DeliveryState::Waiting, "")
    };
    sqlx::query(
        "INSERT INTO delivery
         (notification, channel, address, state, tries, next_at, fault, made_at, closed_at)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $5, $7)",
    )
    .bind(notification)
    .bind(way.channel.as_str())
    .bind(&way.address)
    .bind(state.as_str())
    .bind(now.unix_ms())
    .bind(fault)
    .bind(is_full.then(|| now.unix_ms()))
    .execute(change)
    .await?;
    Ok(())
}

const COLUMNS: &str =
    "SELECT d.number AS delivery, d.channel, d.address, d.state, d.tries, d.next_at,
     d.fault, d.made_at, n.*, NULL AS read_at FROM delivery d JOIN notification n ON n.number = d.notification
     WHERE ";

impl Registry {
    /// What is to be tried now, the oldest first; a few at a time.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn due_deliveries(&self) -> Result<Vec<Delivery>, RegistryFault> {
        let mut asking = Asking::new(COLUMNS);
        asking.push("d.state = 'waiting' AND d.next_at <= ");
        asking.push_bind(self.clock.now().unix_ms());
        asking.push(" ORDER BY d.next_at LIMIT ");
        asking.push_bind(TAKEN_UP);
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter().map(delivery).collect()
    }

    /// Notes what came of a try.
    ///
    /// # Errors
    /// The database failed: it will be tried again, so that it may come twice.
    pub async fn settle_delivery(&self, number: i64, tried: &Tried) -> Result<(), RegistryFault> {
        let now = self.clock.now();
        let (state, wait, fault) = match tried {
            Tried::Sent => (DeliveryState::Sent, Duration::ZERO, ""),
            Tried::Later(wait, fault) => (DeliveryState::Waiting, *wait, fault.as_str()),
            Tried::Dead(fault) => (DeliveryState::Dead, Duration::ZERO, fault.as_str()),
        };
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.in_time(async {
            sqlx::query(
                "UPDATE delivery SET state = $1, tries = tries + 1, next_at = $2, fault = $3,
                 closed_at = $4 WHERE number = $5",
            )
            .bind(state.as_str())
            .bind(now.unix_ms().saturating_add(wait_ms))
            .bind(fault)
            .bind((state != DeliveryState::Waiting).then(|| now.unix_ms()))
            .bind(number)
            .execute(&self.writer)
            .await?;
            Ok(())
        })
        .await
    }

    /// Deliveries in a state, the newest first; none to whom they are not theirs to see.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_deliveries(
        &self,
        who: &Principal,
        state: DeliveryState,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<Delivery, i64>, RegistryFault> {
        if scope(who, Action::Read, Matter::Config) == Scope::Nothing {
            return Ok(Page::default());
        }
        let mut asking = Asking::new(COLUMNS);
        asking.push("d.state = ");
        asking.push_bind(state.as_str());
        if let Some(before) = before {
            asking.push(" AND d.number < ");
            asking.push_bind(before);
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get::<i64, _>("delivery")?);
        self.page(asking, "d.number DESC", limit, delivery, cursor)
            .await
    }

    /// How many deliveries there are in each state.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_deliveries(&self) -> Result<BTreeMap<String, i64>, RegistryFault> {
        let rows = self
            .in_time(async {
                let counts = sqlx::query("SELECT state, COUNT(*) FROM delivery GROUP BY state");
                Ok(counts.fetch_all(&self.readers).await?)
            })
            .await?;
        let count = |row: &SqliteRow| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter().map(count).collect()
    }

    /// Has a dead delivery tried again, with a line in the log; whether there is one.
    ///
    /// # Errors
    /// Not theirs to do; the database failed.
    pub async fn send_again(&self, who: &Principal, number: i64) -> Result<bool, RegistryFault> {
        demand(who, Action::Write, &DELIVERIES)?;
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            let done = sqlx::query(
                "UPDATE delivery SET state = 'waiting', tries = 0, next_at = $1, closed_at = NULL
                 WHERE number = $2 AND state = 'dead'",
            )
            .bind(now.unix_ms())
            .bind(number)
            .execute(&mut *change)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let object = format!("delivery {number}");
            let deed = Deed {
                action: "delivery.again",
                object: &object,
                result: "done",
            };
            let head = self.note(&mut change, now, who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(true)
        })
        .await
    }
}

fn delivery(row: &SqliteRow) -> Result<Delivery, RegistryFault> {
    let state: String = row.try_get("state")?;
    Ok(Delivery {
        number: row.try_get("delivery")?,
        notification: notification(row)?,
        channel: Channel::named(row.try_get("channel")?)?,
        address: row.try_get("address")?,
        state: DeliveryState::named(&state)
            .ok_or_else(|| RegistryFault::damaged(TABLE, "no such state"))?,
        tries: number(row, "tries", TABLE)?,
        next_at: moment(row, "next_at")?,
        fault: row.try_get("fault")?,
        made_at: moment(row, "made_at")?,
    })
}
