//! Notifications and deliveries as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{Problem, Trouble, page_limit};
use crate::store::registry::{self, Delivery, DeliveryState, Notification};

/// Notifications marked as read in one request.
const NUMBERS_MAX: usize = 1_000;

/// Of the notifications: only unread ones, and which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Only those that are not read.
    unread: Option<bool>,
    /// 1 to 1000, 100 if not given.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Which deliveries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct AskedDeliveries {
    /// `waiting`, `sent` or `dead`; `dead` if not given.
    state: Option<String>,
    /// 1 to 1000, 100 if not given.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn bounded(limit: Option<usize>) -> Result<u32, Problem> {
    Ok(u32::try_from(page_limit(limit)?).unwrap_or(u32::MAX))
}

fn before(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    let refused = |_not_ours| Problem::new(Trouble::BadRequest, "this is no cursor of ours");
    cursor.map(str::parse).transpose().map_err(refused)
}

impl Asked {
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        bounded(self.limit)
    }

    pub(super) fn before(&self) -> Result<Option<i64>, Problem> {
        before(self.cursor.as_deref())
    }

    pub(super) fn unread(&self) -> bool {
        self.unread.unwrap_or(false)
    }
}

impl AskedDeliveries {
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        bounded(self.limit)
    }

    pub(super) fn before(&self) -> Result<Option<i64>, Problem> {
        before(self.cursor.as_deref())
    }

    pub(super) fn state(&self) -> Result<DeliveryState, Problem> {
        let code = self.state.as_deref().unwrap_or("dead");
        let words = "state is waiting, sent or dead";
        DeliveryState::named(code).ok_or_else(|| Problem::new(Trouble::BadRequest, words))
    }
}

/// `POST /api/v1/notifications/read`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReadNotifications)]
pub(in crate::http) struct Read {
    /// At most 1000.
    #[serde(default)]
    numbers: Vec<i64>,
    /// All up to this one besides.
    up_to: Option<i64>,
}

impl Read {
    pub(super) fn numbers(&self) -> Result<(&[i64], Option<i64>), Problem> {
        if self.numbers.len() > NUMBERS_MAX {
            let words = format!("at most {NUMBERS_MAX} numbers at a time");
            return Err(Problem::new(Trouble::BadRequest, words));
        }
        Ok((&self.numbers, self.up_to))
    }
}

/// `GET /api/v1/notifications`.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationPage)]
pub(in crate::http) struct Page {
    items: Vec<Shown>,
    next: Option<String>,
    /// Counted to 1000.
    unread: u32,
}

/// A notification.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
struct Shown {
    number: i64,
    /// The word of its sentence, as `gateway_silent`.
    kind: String,
    /// Whose; empty: nobody's.
    enterprise: String,
    /// Where; empty: nowhere.
    park: String,
    /// The object: a gateway, a month.
    about: String,
    /// What its sentence is filled in with.
    told: BTreeMap<String, String>,
    begun_at: String,
    /// Since when it is over; null: it goes on, or was of one moment.
    ended_at: Option<String>,
    read: bool,
}

/// `GET /api/v1/deliveries`.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
pub(in crate::http) struct Deliveries {
    items: Vec<ShownDelivery>,
    next: Option<String>,
    /// How many there are, by state.
    counts: BTreeMap<String, i64>,
}

/// A notification on its way to one address; what it tells is not here.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
struct ShownDelivery {
    number: i64,
    /// `mail` or `webhook`.
    channel: &'static str,
    address: String,
    kind: String,
    state: &'static str,
    tries: u32,
    made_at: String,
    /// When it is tried next, while it waits.
    next_at: Option<String>,
    /// Why the last try failed; empty where none did.
    fault: String,
}

impl Page {
    pub(super) fn of(page: registry::Page<Notification, i64>, unread: u32) -> Self {
        Self {
            items: page.entries.into_iter().map(Shown::of).collect(),
            next: page.next.map(|number| number.to_string()),
            unread,
        }
    }
}

impl Shown {
    fn of(one: Notification) -> Self {
        Self {
            number: one.number,
            kind: one.kind,
            enterprise: one.enterprise,
            park: one.park,
            about: one.about,
            told: one.told,
            begun_at: one.begun_at.to_string(),
            ended_at: one.ended_at.map(|at| at.to_string()),
            read: one.is_read,
        }
    }
}

impl Deliveries {
    pub(super) fn of(page: registry::Page<Delivery, i64>, counts: BTreeMap<String, i64>) -> Self {
        Self {
            items: page.entries.into_iter().map(ShownDelivery::of).collect(),
            next: page.next.map(|number| number.to_string()),
            counts,
        }
    }
}

impl ShownDelivery {
    fn of(one: Delivery) -> Self {
        let waits = one.state == DeliveryState::Waiting;
        Self {
            number: one.number,
            channel: one.channel.as_str(),
            address: one.address,
            kind: one.notification.kind,
            state: one.state.as_str(),
            tries: one.tries,
            made_at: one.made_at.to_string(),
            next_at: waits.then(|| one.next_at.to_string()),
            fault: one.fault,
        }
    }
}
