//! Gateways and their tokens: added, rotated, revoked, listed; never deleted, numbers never reused.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{Action, Matter, Object, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::park::{EnterpriseCode, GatewayId};

use super::audit::{Deed, demand};
use super::find::{Asking, Page, moment, moment_or_open, parsed, within};
use super::token::Token;
use super::{Registry, RegistryFault};

/// How a gateway stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayState {
    /// It has a token or certificate that counts.
    Admitted,
    /// All its credentials were revoked.
    Revoked,
}

/// A gateway as listed, without its secret.
#[derive(Clone, Debug)]
pub struct GatewayEntry {
    /// Its id.
    pub gateway: GatewayId,
    /// Whose it is.
    pub enterprise: EnterpriseCode,
    /// Since when it is registered.
    pub registered_at: Moment,
    /// How it stands.
    pub state: GatewayState,
    /// How many tokens count now: 2 during a rotation.
    pub tokens: u32,
    /// When the newest of them was given; `None` without one.
    pub token_at: Option<Moment>,
    /// Until when an older one goes on beside it.
    pub old_until: Option<Moment>,
}

/// What a change must know of a gateway.
struct Known {
    number: i64,
    enterprise: EnterpriseCode,
    is_barred: bool,
}

impl Registry {
    /// Registers `gateway` for `enterprise` and gives it a token.
    ///
    /// # Errors
    /// An enterprise that is not registered, an id that is taken, not your right.
    pub async fn add_gateway(
        &self,
        who: &Principal,
        gateway: &GatewayId,
        enterprise: &EnterpriseCode,
    ) -> Result<Token, RegistryFault> {
        let outcome = self.register_gateway(who, gateway, enterprise).await;
        self.logged(who, "gateway.add", gateway, outcome).await
    }

    async fn register_gateway(
        &self,
        who: &Principal,
        gateway: &GatewayId,
        enterprise: &EnterpriseCode,
    ) -> Result<Token, RegistryFault> {
        // Registering is for whoever gives keys: an enterprise rotates its own, it adds none.
        demand(who, Action::Write, &key_of(None))?;
        let token = Token::random()?;
        let mut change = self.begin_shown().await?;
        let head = self
            .in_time(async {
                let change = &mut *change.rows;
                let known = sqlx::query("SELECT 1 FROM enterprise WHERE enterprise = $1")
                    .bind(enterprise.as_str())
                    .fetch_optional(&mut *change)
                    .await?;
                if known.is_none() {
                    return Err(RegistryFault::NoSuchEnterprise(enterprise.clone()));
                }
                if find(change, gateway).await?.is_some() {
                    return Err(RegistryFault::GatewayTaken(gateway.clone()));
                }
                let now = self.clock.now();
                let number = next_number(change).await?;
                sqlx::query(
                    "INSERT INTO gateway (number, gateway, enterprise, registered_at)
                 VALUES ($1, $2, $3, $4)",
                )
                .bind(number)
                .bind(gateway.as_str())
                .bind(enterprise.as_str())
                .bind(now.unix_ms())
                .execute(&mut *change)
                .await?;
                self.give(change, number, &token, now).await?;
                let deed = Deed {
                    action: "gateway.add",
                    object: gateway.as_str(),
                    result: "done",
                };
                self.note(change, now, who, deed).await
            })
            .await?;
        self.commit_shown(change, Some(head)).await?;
        Ok(token)
    }

    /// Gives `gateway` a new token. The newest old one goes on for the overlap, so that nobody is
    /// locked out in between; older ones end now. Lifts a revocation, if `who` may give keys to
    /// everybody: an enterprise does not undo what was done to it.
    ///
    /// # Errors
    /// No such gateway of yours, or one that was revoked.
    pub async fn rotate_gateway(
        &self,
        who: &Principal,
        gateway: &GatewayId,
    ) -> Result<Token, RegistryFault> {
        let outcome = self.renew_token(who, gateway).await;
        self.logged(who, "gateway.rotate", gateway, outcome).await
    }

    async fn renew_token(
        &self,
        who: &Principal,
        gateway: &GatewayId,
    ) -> Result<Token, RegistryFault> {
        let token = Token::random()?;
        let mut change = self.begin_shown().await?;
        let head = self
            .in_time(async {
                let change = &mut *change.rows;
                let known = self.own(change, who, gateway).await?;
                let gives_keys = scope(who, Action::Write, Matter::Keys) == Scope::Everything;
                if known.is_barred && !gives_keys {
                    return Err(RegistryFault::Barred(gateway.clone()));
                }
                let now = self.clock.now();
                let overlap = i64::try_from(self.rotation_overlap.as_millis()).unwrap_or(i64::MAX);
                let end = now.plus_ms(overlap);
                sqlx::query(
                    "UPDATE gateway_secret SET revoked_at = $2
                 WHERE gateway = $1 AND revoked_at IS NULL AND number < (
                     SELECT MAX(number) FROM gateway_secret
                     WHERE gateway = $1 AND revoked_at IS NULL)",
                )
                .bind(known.number)
                .bind(now.unix_ms())
                .execute(&mut *change)
                .await?;
                sqlx::query(
                    "UPDATE gateway_secret SET expires_at = $2
                 WHERE gateway = $1 AND revoked_at IS NULL
                 AND (expires_at IS NULL OR expires_at > $2)",
                )
                .bind(known.number)
                .bind(end.unix_ms())
                .execute(&mut *change)
                .await?;
                sqlx::query("UPDATE gateway SET barred_at = NULL WHERE number = $1")
                    .bind(known.number)
                    .execute(&mut *change)
                    .await?;
                self.give(change, known.number, &token, now).await?;
                let deed = Deed {
                    action: "gateway.rotate",
                    object: gateway.as_str(),
                    result: "done",
                };
                self.note(change, now, who, deed).await
            })
            .await?;
        self.commit_shown(change, Some(head)).await?;
        Ok(token)
    }

    /// Revokes every credential of `gateway`, its certificate included. Open connections end
    /// through the directory's changes.
    ///
    /// # Errors
    /// No such gateway of yours.
    pub async fn revoke_gateway(
        &self,
        who: &Principal,
        gateway: &GatewayId,
    ) -> Result<(), RegistryFault> {
        let outcome = self.bar_gateway(who, gateway).await;
        self.logged(who, "gateway.revoke", gateway, outcome).await
    }

    async fn bar_gateway(&self, who: &Principal, gateway: &GatewayId) -> Result<(), RegistryFault> {
        let mut change = self.begin_shown().await?;
        let head = self
            .in_time(async {
                let change = &mut *change.rows;
                let known = self.own(change, who, gateway).await?;
                let now = self.clock.now();
                sqlx::query(
                    "UPDATE gateway_secret SET revoked_at = $2
                 WHERE gateway = $1 AND revoked_at IS NULL",
                )
                .bind(known.number)
                .bind(now.unix_ms())
                .execute(&mut *change)
                .await?;
                sqlx::query(
                    "UPDATE gateway SET barred_at = $2 WHERE number = $1 AND barred_at IS NULL",
                )
                .bind(known.number)
                .bind(now.unix_ms())
                .execute(&mut *change)
                .await?;
                let deed = Deed {
                    action: "gateway.revoke",
                    object: gateway.as_str(),
                    result: "done",
                };
                self.note(change, now, who, deed).await
            })
            .await?;
        self.commit_shown(change, Some(head)).await
    }

    /// A token with which `gateway` may send test messages and nothing else, and the first instant
    /// at which it no longer counts (screens.md 7.7). The tokens it has stay as they are.
    ///
    /// # Errors
    /// No such gateway of yours, or it was revoked.
    pub async fn give_trial_token(
        &self,
        who: &Principal,
        gateway: &GatewayId,
    ) -> Result<(Token, Moment), RegistryFault> {
        let noted = self.in_time(async {
            let mut change = self.begin().await?;
            if self.own(&mut change, who, gateway).await?.is_barred {
                return Err(RegistryFault::Barred(gateway.clone()));
            }
            let now = self.clock.now();
            let deed = Deed {
                action: "gateway.test_token",
                object: gateway.as_str(),
                result: "done",
            };
            let head = self.note(&mut change, now, who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(self.directory().trial_token(gateway, now))
        });
        let outcome = noted.await;
        self.logged(who, "gateway.test_token", gateway, outcome)
            .await
    }

    /// The gateways that `who` may see, by id, after `after`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_gateways(
        &self,
        who: &Principal,
        after: Option<&GatewayId>,
        limit: u32,
    ) -> Result<Page<GatewayEntry, GatewayId>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT gateway, enterprise, registered_at, barred_at,
             (SELECT COUNT(*) FROM gateway_secret s WHERE s.gateway = g.number
              AND s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ",
        );
        let now = self.clock.now().unix_ms();
        asking.push_bind(now);
        asking.push(
            ")) AS tokens,
             (SELECT MAX(s.created_at) FROM gateway_secret s WHERE s.gateway = g.number
              AND s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ",
        );
        asking.push_bind(now);
        asking.push(
            ")) AS token_at,
             (SELECT MAX(s.expires_at) FROM gateway_secret s WHERE s.gateway = g.number
              AND s.revoked_at IS NULL AND s.expires_at > ",
        );
        asking.push_bind(now);
        asking.push(") AS old_until FROM gateway g WHERE gateway > ");
        asking.push_bind(after.map_or("", GatewayId::as_str).to_owned());
        let scope = scope(who, Action::Read, Matter::Keys);
        // No park grants keys: its column is never asked.
        if !within(&mut asking, scope, "enterprise", "NULL") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| parsed(row, "gateway", "gateway");
        self.page(asking, "gateway", limit, entry, cursor).await
    }

    /// Notes a refusal in the audit log; what was done is noted inside its own change.
    async fn logged<T>(
        &self,
        who: &Principal,
        action: &'static str,
        gateway: &GatewayId,
        outcome: Result<T, RegistryFault>,
    ) -> Result<T, RegistryFault> {
        if let Err(refused) = &outcome
            && refused.is_refusal()
        {
            self.note_in_log(who, action, gateway.as_str(), "refused")
                .await?;
        }
        outcome
    }

    /// The gateway, if `who` may change its keys.
    async fn own(
        &self,
        change: &mut SqliteConnection,
        who: &Principal,
        gateway: &GatewayId,
    ) -> Result<Known, RegistryFault> {
        let not_there = || RegistryFault::NoSuchGateway(gateway.clone());
        let known = find(change, gateway).await?.ok_or_else(not_there)?;
        demand(who, Action::Write, &key_of(Some(&known.enterprise)))
            .map_err(|_not_yours| not_there())?;
        Ok(known)
    }

    async fn give(
        &self,
        change: &mut SqliteConnection,
        gateway: i64,
        token: &Token,
        now: Moment,
    ) -> Result<(), RegistryFault> {
        let digest = self.key.digest(token.reveal());
        sqlx::query(
            "INSERT INTO gateway_secret (number, gateway, digest, created_at)
             SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3 FROM gateway_secret",
        )
        .bind(gateway)
        .bind(hex::encode(digest))
        .bind(now.unix_ms())
        .execute(change)
        .await?;
        Ok(())
    }
}

fn key_of(enterprise: Option<&EnterpriseCode>) -> Object<'_> {
    Object {
        matter: Matter::Keys,
        enterprise,
        park: None,
    }
}

async fn find(
    change: &mut SqliteConnection,
    gateway: &GatewayId,
) -> Result<Option<Known>, RegistryFault> {
    let row = sqlx::query("SELECT number, enterprise, barred_at FROM gateway WHERE gateway = $1")
        .bind(gateway.as_str())
        .fetch_optional(change)
        .await?;
    row.map(|row| {
        Ok(Known {
            number: row.try_get("number")?,
            enterprise: parsed(&row, "enterprise", "gateway")?,
            is_barred: moment_or_open(&row, "barred_at")?.is_some(),
        })
    })
    .transpose()
}

/// The next number: rows are never deleted, so the greatest is the last that was given.
async fn next_number(change: &mut SqliteConnection) -> Result<i64, RegistryFault> {
    let row = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 FROM gateway")
        .fetch_one(change)
        .await?;
    let number: i64 = row.try_get(0)?;
    if number > i64::from(u32::MAX) {
        return Err(RegistryFault::NumbersUsedUp("gateways"));
    }
    Ok(number)
}

fn entry(row: &SqliteRow) -> Result<GatewayEntry, RegistryFault> {
    let tokens: i64 = row.try_get("tokens")?;
    Ok(GatewayEntry {
        gateway: parsed(row, "gateway", "gateway")?,
        enterprise: parsed(row, "enterprise", "gateway")?,
        registered_at: moment(row, "registered_at")?,
        state: match moment_or_open(row, "barred_at")? {
            None => GatewayState::Admitted,
            Some(_) => GatewayState::Revoked,
        },
        tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
        token_at: moment_or_open(row, "token_at")?,
        old_until: moment_or_open(row, "old_until")?,
    })
}
