//! What one administrator asks for and another person confirms: nobody of the three becomes, makes or
//! unmakes one of them alone (contract.md 3, "split in three"), nor makes themselves somebody who sees the
//! tax of every enterprise (contract.md 6, bureau).
//!
//! It concerns every wish that touches one of the three, by whom it is about or by the office that is
//! given; and those that open an account of the bureau to somebody: its office or a new password. The first administrator of an installation has nobody to ask and goes alone; so does
//! whoever sits at the machine, who could write the file anyway. The password that may come out of a
//! wish is made at the confirmation and shown to whoever confirms: who asked never knows it.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{AccountName, Action, Matter, Object, Office, Principal, Role, Scope, scope};
use crate::calendar::Moment;
use crate::park::Name;
use crate::store::registry::audit::{Deed, demand};
use crate::store::registry::find::{Asking, Page, moment, moment_or_open, parsed};
use crate::store::registry::{Registry, RegistryFault};

use super::wish::Order;
use super::{PasswordHash, Wish, offices};

/// How long a proposal waits.
const OPEN_FOR: Duration = Duration::from_hours(3 * 24);

/// Proposals that wait at a time.
const OPEN_MAX: i64 = 50;

/// The object of every right on proposals.
const PROPOSALS: Object<'static> = Object {
    matter: Matter::Proposal,
    enterprise: None,
    park: None,
};

const COLUMNS: &str = "number, action, account, name, role, scope, until, asked_by, asked_at";

/// A wish that waits for another administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub number: i64,
    /// Whom it is about.
    pub account: AccountName,
    /// What is wished for them.
    pub wish: Wish,
    /// The account of whoever asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Moment,
    /// When it is no longer open.
    pub expires_at: Moment,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was done.
    Done,
    /// It waits for another administrator.
    Waits(Proposal),
}

/// Whether `wish` touches one of the three administrators or opens an account of the bureau, and there is one who may confirm it: neither
/// `who` nor whom it is about.
pub(super) async fn waits(
    change: &mut SqliteConnection,
    who: &Principal,
    account: &AccountName,
    wish: &Wish,
    now: Moment,
) -> Result<bool, RegistryFault> {
    if who.role == Role::Machine {
        return Ok(false);
    }
    let held = held(change, account, now).await?;
    let opens = wish.opens();
    let touches =
        |office: &Office| office.is_administrator() || opens && matches!(office, Office::Bureau);
    if !held.iter().any(touches) && !wish.office().is_some_and(touches) {
        return Ok(false);
    }
    let row = sqlx::query(
        "SELECT COUNT(*) FROM person p JOIN person_grant g ON g.person = p.number
         WHERE p.ended_at IS NULL AND p.account NOT IN ($1, $3) AND g.role IN ('sys', 'sec', 'aud')
         AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to > $2)",
    )
    .bind(&who.name)
    .bind(now.unix_ms())
    .bind(account.as_str())
    .fetch_one(change)
    .await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}

/// The offices of an account; none of one that is not there, or ended.
async fn held(
    change: &mut SqliteConnection,
    account: &AccountName,
    now: Moment,
) -> Result<Vec<Office>, RegistryFault> {
    match super::living(change, account).await {
        Ok(person) => offices(change, person, now).await,
        Err(RegistryFault::NoSuchPerson(_)) => Ok(Vec::new()),
        Err(failed) => Err(failed),
    }
}

/// Keeps a wish until it is confirmed, refused, or too old.
pub(super) async fn keep(
    change: &mut SqliteConnection,
    who: &Principal,
    account: &AccountName,
    wish: &Wish,
    now: Moment,
) -> Result<Proposal, RegistryFault> {
    let open = format!("SELECT {COLUMNS} FROM proposal WHERE outcome IS NULL AND asked_at > $1");
    let rows = sqlx::query(sqlx::AssertSqlSafe(open))
        .bind(oldest(now).unix_ms())
        .fetch_all(&mut *change)
        .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= OPEN_MAX);
    let same = |row: &SqliteRow| {
        let kept = entry(row)?;
        Ok::<_, RegistryFault>(kept.account == *account && kept.wish == *wish)
    };
    let is_same = rows.iter().map(same).collect::<Result<Vec<_>, _>>()?;
    if is_full || is_same.contains(&true) {
        return Err(RegistryFault::ProposedAlready);
    }
    let office = wish.office();
    let name = match wish {
        Wish::Add { name, .. } => name.as_str(),
        _ => "",
    };
    let sql = format!(
        "INSERT INTO proposal ({COLUMNS})
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM proposal
         RETURNING {COLUMNS}"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(wish.action())
        .bind(account.as_str())
        .bind(name)
        .bind(office.map_or("", Office::role))
        .bind(office.map_or("", Office::scope))
        .bind(wish.until().map(Moment::unix_ms))
        .bind(&who.name)
        .bind(now.unix_ms())
        .fetch_one(change)
        .await?;
    entry(&row)
}

impl Registry {
    /// Every proposal that is open, oldest first; none for whom it is not theirs to see.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_proposals(
        &self,
        who: &Principal,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Page<Proposal, i64>, RegistryFault> {
        if scope(who, Action::Read, Matter::Proposal) != Scope::Everything {
            return Ok(Page::default());
        }
        let mut asking = Asking::new(format!(
            "SELECT {COLUMNS} FROM proposal WHERE outcome IS NULL AND asked_at > "
        ));
        asking.push_bind(oldest(self.clock.now()).unix_ms());
        asking.push(" AND number > ").push_bind(after.unwrap_or(0));
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "number", limit, entry, cursor).await
    }

    /// The open proposal of this number; `None`: there is none, or not for them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_proposal(
        &self,
        who: &Principal,
        number: i64,
    ) -> Result<Option<Proposal>, RegistryFault> {
        let before = Some(number.saturating_sub(1));
        let page = self.list_proposals(who, before, 1).await?;
        let mut found = page.entries.into_iter();
        Ok(found.find(|one| one.number == number))
    }

    /// Carries a proposal out: its asker still is who may ask, and whoever confirms is neither that
    /// one nor whom it is about. `password`: what the account gets, where the wish gives one.
    ///
    /// # Errors
    /// None that is open, one's own, what can no longer be done; not your right.
    pub async fn confirm_proposal(
        &self,
        who: &Principal,
        number: i64,
        password: Option<&PasswordHash>,
    ) -> Result<Proposal, RegistryFault> {
        let outcome = self
            .in_time(async {
                demand(who, Action::Write, &PROPOSALS)?;
                let mut change = self.begin().await?;
                let now = self.clock.now();
                let kept = close(&mut change, who, number, "done", now).await?;
                if who.name == kept.asked_by || who.name == kept.account.as_str() {
                    return Err(RegistryFault::NeedsAnother);
                }
                let asker = kept.asked_by.parse();
                let asker: AccountName =
                    asker.map_err(|cause| RegistryFault::damaged("proposal", cause))?;
                let asks = held(&mut change, &asker, now).await?;
                if !asks.contains(&Office::AdminSecurity) {
                    return Err(RegistryFault::NoSuchProposal);
                }
                let order = Order {
                    by: &kept.asked_by,
                    account: &kept.account,
                    wish: &kept.wish,
                    password,
                };
                order.carry_out(&mut change, now).await?;
                let wish = kept.wish.object(&kept.account);
                let object = format!("{wish}, asked for by {}", kept.asked_by);
                let deed = Deed {
                    action: kept.wish.action(),
                    object: &object,
                    result: "done",
                };
                let head = self.note(&mut change, now, who, deed).await?;
                self.commit_noted(change, head).await?;
                Ok(kept)
            })
            .await;
        let object = number.to_string();
        self.refusal_logged(who, "proposal.confirm", &object, outcome)
            .await
    }

    /// Takes a proposal away: whoever asked, or any other administrator; whom it is about only where
    /// it would give them something, for nobody vetoes their own dismissal.
    ///
    /// # Errors
    /// None that is open, about oneself, not your right.
    pub async fn refuse_proposal(&self, who: &Principal, number: i64) -> Result<(), RegistryFault> {
        let outcome = self
            .in_time(async {
                demand(who, Action::Write, &PROPOSALS)?;
                let mut change = self.begin().await?;
                let now = self.clock.now();
                let kept = close(&mut change, who, number, "refused", now).await?;
                let gives = matches!(kept.wish, Wish::Add { .. } | Wish::Grant { .. });
                if who.name == kept.account.as_str() && !gives {
                    return Err(RegistryFault::NeedsAnother);
                }
                let wish = kept.wish.object(&kept.account);
                let object = format!("{wish}, asked for by {}", kept.asked_by);
                let deed = Deed {
                    action: kept.wish.action(),
                    object: &object,
                    result: "not confirmed",
                };
                let head = self.note(&mut change, now, who, deed).await?;
                self.commit_noted(change, head).await
            })
            .await;
        let object = number.to_string();
        self.refusal_logged(who, "proposal.refuse", &object, outcome)
            .await
    }
}

/// Ends the waiting of an open proposal, inside the change that does so.
async fn close(
    change: &mut SqliteConnection,
    who: &Principal,
    number: i64,
    outcome: &str,
    now: Moment,
) -> Result<Proposal, RegistryFault> {
    let sql = format!(
        "UPDATE proposal SET outcome = $2, closed_by = $3, closed_at = $4
         WHERE number = $1 AND outcome IS NULL AND asked_at > $5 RETURNING {COLUMNS}"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(number)
        .bind(outcome)
        .bind(&who.name)
        .bind(now.unix_ms())
        .bind(oldest(now).unix_ms())
        .fetch_optional(change)
        .await?;
    entry(&row.ok_or(RegistryFault::NoSuchProposal)?)
}

/// When the oldest proposal was asked for that is still open.
fn oldest(now: Moment) -> Moment {
    now.plus_ms(-open_for_ms())
}

fn open_for_ms() -> i64 {
    i64::try_from(OPEN_FOR.as_millis()).unwrap_or(i64::MAX)
}

fn entry(row: &SqliteRow) -> Result<Proposal, RegistryFault> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let office = || {
        let office = Office::read(&text("role")?, &text("scope")?);
        office.map_err(|cause| RegistryFault::damaged("proposal", cause))
    };
    let until = moment_or_open(row, "until")?;
    let action = text("action")?;
    let wish = match action.as_str() {
        "person.add" => Wish::Add {
            name: parsed::<Name>(row, "name", "proposal")?,
            office: office()?,
            until,
        },
        "person.reset" => Wish::Reset,
        "person.end" => Wish::End,
        "grant.add" => Wish::Grant {
            office: office()?,
            until,
        },
        "grant.end" => Wish::EndOffice(office()?),
        _ => return Err(RegistryFault::damaged("proposal", action)),
    };
    let asked_at = moment(row, "asked_at")?;
    Ok(Proposal {
        number: row.try_get("number")?,
        account: parsed(row, "account", "proposal")?,
        wish,
        asked_by: text("asked_by")?,
        asked_at,
        expires_at: asked_at.plus_ms(open_for_ms()),
    })
}
