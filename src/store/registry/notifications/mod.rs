//! What people are to be told: each finding once, for whoever may see what it is about, with who has
//! read it; and beside it what is on its way to them ([`delivery`]).
//!
//! Knows no reading and no word: what is found and how it is said is for others.

mod delivery;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{Action, Matter, Object, Office, Parks, Principal, Role, Scope, scope};
use crate::calendar::Moment;
use crate::park::{EnterpriseCode, ParkId};

use super::audit::Deed;
use super::find::{Asking, Page, moment, within};
use super::{Registry, RegistryFault};

pub use delivery::{Channel, Delivery, DeliveryState, Tried, Way};

const TABLE: &str = "notification";

/// How long a notification is kept.
const KEEP_FOR: Duration = Duration::from_hours(90 * 24);

/// Notifications of one pass at most: more at once tell nobody anything.
const NEW_MAX: usize = 500;

/// The matters that a notification can be of.
const MATTERS: [Matter; 5] = [
    Matter::Series,
    Matter::Safety,
    Matter::LedgerCheck,
    Matter::Proposal,
    Matter::Config,
];

/// Something that somebody is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What makes two of them the same.
    pub key: String,
    /// What it is, as `gateway_silent`: the word of its sentence.
    pub kind: &'static str,
    /// With whose rights it is read.
    pub matter: Matter,
    /// Whose, if anybody's.
    pub enterprise: Option<EnterpriseCode>,
    /// Where, if anywhere.
    pub park: Option<ParkId>,
    /// The object: a gateway, a month, a number.
    pub about: String,
    /// What its sentence is filled in with.
    pub told: BTreeMap<String, String>,
    /// Since when.
    pub begun_at: Moment,
}

/// A notification as one person finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Counted up; the newest has the highest.
    pub number: i64,
    /// As [`Finding::kind`].
    pub kind: String,
    /// The code of the enterprise; empty where it is of none.
    pub enterprise: String,
    /// The park; empty where it is of none.
    pub park: String,
    /// As [`Finding::about`].
    pub about: String,
    /// As [`Finding::told`].
    pub told: BTreeMap<String, String>,
    /// Since when.
    pub begun_at: Moment,
    /// Since when it is over.
    pub ended_at: Option<Moment>,
    /// Whether this person has read it.
    pub is_read: bool,
}

/// What a pass over everything found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// All that holds now, or happened of late.
    pub findings: Vec<Finding>,
    /// Kinds that are over as soon as they are found no more.
    pub lasting: BTreeSet<&'static str>,
}

impl Registry {
    /// Keeps what is new of `found`, ends what is over, and sends what is new on its ways; how many
    /// are new. Notifications that are too old go.
    ///
    /// # Errors
    /// The database failed; nothing was kept.
    pub async fn keep_notifications(
        &self,
        found: &Found,
        ways: &[Way],
        waiting_max: usize,
    ) -> Result<usize, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            let mut new = 0;
            for finding in found.findings.iter().take(NEW_MAX) {
                let Some(number) = insert(&mut change, finding).await? else {
                    continue;
                };
                new += 1;
                for way in ways.iter().filter(|way| way.may_hear(finding)) {
                    delivery::send(&mut change, number, way, waiting_max, now).await?;
                }
            }
            end(&mut change, found, now).await?;
            let keep_ms = i64::try_from(KEEP_FOR.as_millis()).unwrap_or(i64::MAX);
            sqlx::query("DELETE FROM notification WHERE begun_at < $1 AND (ended_at IS NOT NULL OR kind <> 'gateway_silent')")
                .bind(now.unix_ms().saturating_sub(keep_ms))
                .execute(&mut *change)
                .await?;
            change.commit().await?;
            Ok(new)
        })
        .await
    }

    /// The notifications of `who`, the newest first, before `before` if that is given.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_notifications(
        &self,
        who: &Principal,
        unread: bool,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<Notification, i64>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT n.*, r.read_at FROM notification n
             LEFT JOIN notification_read r ON r.notification = n.number AND r.account = ",
        );
        asking.push_bind(who.name.clone());
        asking.push(" WHERE ");
        own(&mut asking, who);
        if unread {
            asking.push(" AND r.read_at IS NULL");
        }
        if let Some(before) = before {
            asking.push(" AND n.number < ");
            asking.push_bind(before);
        }
        let number = |row: &SqliteRow| Ok(row.try_get::<i64, _>("number")?);
        self.page(asking, "n.number DESC", limit, notification, number)
            .await
    }

    /// How many notifications `who` has not read; counted to 1,000.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_unread(&self, who: &Principal) -> Result<u32, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT COUNT(*) FROM (SELECT 1 FROM notification n
             LEFT JOIN notification_read r ON r.notification = n.number AND r.account = ",
        );
        asking.push_bind(who.name.clone());
        asking.push(" WHERE r.read_at IS NULL AND ");
        own(&mut asking, who);
        asking.push(" LIMIT 1000)");
        let row = self
            .in_time(async { Ok(asking.build().fetch_one(&self.readers).await?) })
            .await?;
        Ok(u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX))
    }

    /// Notes that `who` has read those of `numbers` that are theirs; all up to `up_to` besides.
    ///
    /// # Errors
    /// The database failed; nothing was noted.
    pub async fn read_notifications(
        &self,
        who: &Principal,
        numbers: &[i64],
        up_to: Option<i64>,
    ) -> Result<(), RegistryFault> {
        let mut asking = Asking::new(
            "INSERT OR IGNORE INTO notification_read (account, notification, read_at) SELECT ",
        );
        asking.push_bind(who.name.clone());
        asking.push(", n.number, ");
        asking.push_bind(self.clock.now().unix_ms());
        asking.push(" FROM notification n WHERE ");
        own(&mut asking, who);
        asking.push(" AND (n.number <= ");
        asking.push_bind(up_to.unwrap_or(0));
        asking.push(" OR n.number IN (0");
        for number in numbers {
            asking.push(", ");
            asking.push_bind(*number);
        }
        asking.push("))");
        let object = match (numbers, up_to) {
            ([one], None) => format!("notification {one}"),
            (_, Some(last)) => format!("notifications up to {last}"),
            (several, None) => format!("{} notifications", several.len()),
        };
        self.in_time(async {
            let mut change = self.begin().await?;
            asking.build().execute(&mut *change).await?;
            let deed = Deed {
                action: "notification.read",
                object: &object,
                result: "done",
            };
            let head = self.note(&mut change, self.clock.now(), who, deed).await?;
            self.commit_noted(change, head).await
        })
        .await
    }
}

/// Keeps a finding that is new, with its number; one that was over begins again as a new one.
async fn insert(
    change: &mut SqliteConnection,
    finding: &Finding,
) -> Result<Option<i64>, RegistryFault> {
    let told = serde_json::to_string(&finding.told).unwrap_or_default();
    let text = |id: Option<String>| id.unwrap_or_default();
    // A key that was ended keeps its history under another one.
    sqlx::query(
        "UPDATE notification SET key = key || ' ' || number WHERE key = $1 AND ended_at IS NOT NULL",
    )
    .bind(&finding.key)
    .execute(&mut *change)
    .await?;
    let row = sqlx::query(
        "INSERT INTO notification (key, kind, matter, enterprise, park, about, told, begun_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING RETURNING number",
    )
    .bind(&finding.key)
    .bind(finding.kind)
    .bind(finding.matter.as_str())
    .bind(text(finding.enterprise.as_ref().map(ToString::to_string)))
    .bind(text(finding.park.as_ref().map(ToString::to_string)))
    .bind(&finding.about)
    .bind(told)
    .bind(finding.begun_at.unix_ms())
    .fetch_optional(change)
    .await?;
    Ok(row.map(|row| row.try_get("number")).transpose()?)
}

/// Ends the open notifications of lasting kinds that were found no more.
async fn end(
    change: &mut SqliteConnection,
    found: &Found,
    now: Moment,
) -> Result<(), RegistryFault> {
    let keys: BTreeSet<&str> = found.findings.iter().map(|one| one.key.as_str()).collect();
    for kind in &found.lasting {
        let open = sqlx::query(
            "SELECT number, key FROM notification WHERE kind = $1 AND ended_at IS NULL",
        )
        .bind(*kind)
        .fetch_all(&mut *change)
        .await?;
        for row in open {
            if keys.contains(row.try_get::<&str, _>("key")?) {
                continue;
            }
            sqlx::query("UPDATE notification SET ended_at = $1 WHERE number = $2")
                .bind(now.unix_ms())
                .bind(row.try_get::<i64, _>("number")?)
                .execute(&mut *change)
                .await?;
        }
    }
    Ok(())
}

/// Adds the condition that a row is `who`'s to read, by the matter it is of. What an administrator
/// asked for oneself, others confirm; it is not told to whoever asked.
fn own(asking: &mut Asking, who: &Principal) {
    asking.push("(0");
    for matter in MATTERS {
        let reach = scope(who, Action::Read, matter);
        if reach == Scope::Nothing {
            continue;
        }
        asking.push(" OR (n.matter = ");
        asking.push_bind(matter.as_str());
        if matter == Matter::Proposal {
            asking.push(" AND n.about <> ");
            asking.push_bind(who.name.clone());
        }
        // Of no parks at all: nothing is found.
        if !within(asking, reach, "n.enterprise", "n.park") {
            asking.push(" AND 0");
        }
        asking.push(")");
    }
    asking.push(")");
}

impl Way {
    /// Whether whoever is at the end of it may see what is found.
    fn may_hear(&self, finding: &Finding) -> bool {
        let role = match &self.office {
            Office::Enterprise(code) => Role::Enterprise(code.clone()),
            Office::Operator(Parks::One(park)) => Role::Operator(vec![park.clone()]),
            // All parks: those that are registered later, too.
            Office::Operator(Parks::All) => Role::Operator(finding.park.iter().cloned().collect()),
            Office::Kiosk(park) => Role::Kiosk(park.clone()),
            Office::Bureau => Role::Bureau,
            Office::AdminSystem => Role::AdminSystem,
            Office::AdminSecurity => Role::AdminSecurity,
            Office::AdminAudit => Role::AdminAudit,
        };
        let hearer = Principal {
            name: String::new(),
            role,
        };
        let object = Object {
            matter: finding.matter,
            enterprise: finding.enterprise.as_ref(),
            park: finding.park.as_ref(),
        };
        scope(&hearer, Action::Read, finding.matter).holds(&object)
    }
}

pub(super) fn notification(row: &SqliteRow) -> Result<Notification, RegistryFault> {
    let told: String = row.try_get("told")?;
    let ended_at: Option<i64> = row.try_get("ended_at")?;
    let read_at: Option<i64> = row.try_get("read_at")?;
    Ok(Notification {
        number: row.try_get("number")?,
        kind: row.try_get("kind")?,
        enterprise: row.try_get("enterprise")?,
        park: row.try_get("park")?,
        about: row.try_get("about")?,
        told: serde_json::from_str(&told).map_err(|cause| RegistryFault::damaged(TABLE, cause))?,
        begun_at: moment(row, "begun_at")?,
        ended_at: ended_at.map(Moment::from_unix_ms),
        is_read: read_at.is_some(),
    })
}
