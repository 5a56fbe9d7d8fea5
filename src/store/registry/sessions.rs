//! MQTT sessions: which subscriptions a client had, so that `session_present` is right even
//! after a restart (contract.md 2, "Sessions"). The subscriptions are those granted; nothing is
//! queued.

use sqlx::Row;

use crate::calendar::Moment;
use crate::park::GatewayNo;

use super::{Registry, RegistryFault};

/// At most this many sessions are kept for one gateway (contract.md 2).
pub const SESSIONS_PER_GATEWAY: u32 = 8;

/// A granted subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The topic filter.
    pub filter: String,
    /// The granted quality of service, 0 to 2.
    pub qos: u8,
}

impl Registry {
    /// The subscriptions of a session that is kept and has not expired at `now`; `None`: there is
    /// no such session, and `session_present` is 0.
    ///
    /// # Errors
    /// The database failed.
    pub async fn resume_session(
        &self,
        gateway: GatewayNo,
        client: &str,
        now: Moment,
    ) -> Result<Option<Vec<Subscription>>, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            // Resumed: it counts as used, and does not expire while the client is here.
            let kept = sqlx::query(
                "UPDATE mqtt_session SET used_at = $3, expires_at = NULL
                 WHERE gateway = $1 AND client = $2 AND (expires_at IS NULL OR expires_at > $3)",
            )
            .bind(i64::from(gateway.get()))
            .bind(client)
            .bind(now.unix_ms())
            .execute(&mut *change)
            .await?;
            if kept.rows_affected() == 0 {
                return Ok(None);
            }
            let rows = sqlx::query(
                "SELECT filter, qos FROM mqtt_subscription
                 WHERE gateway = $1 AND client = $2 ORDER BY filter",
            )
            .bind(i64::from(gateway.get()))
            .bind(client)
            .fetch_all(&mut *change)
            .await?;
            change.commit().await?;
            let subscription = |row: &sqlx::sqlite::SqliteRow| {
                let qos: i64 = row.try_get("qos")?;
                Ok(Subscription {
                    filter: row.try_get("filter")?,
                    qos: u8::try_from(qos)
                        .map_err(|cause| RegistryFault::damaged("mqtt_subscription", cause))?,
                })
            };
            rows.iter()
                .map(subscription)
                .collect::<Result<_, _>>()
                .map(Some)
        })
        .await
    }

    /// Keeps a session with exactly these subscriptions, new or known, durable on return. Beyond
    /// [`SESSIONS_PER_GATEWAY`] the longest unused of the gateway goes.
    ///
    /// # Errors
    /// The database failed.
    pub async fn keep_session(
        &self,
        gateway: GatewayNo,
        client: &str,
        subscriptions: &[Subscription],
        now: Moment,
    ) -> Result<(), RegistryFault> {
        let number = i64::from(gateway.get());
        self.in_time(async {
            let mut change = self.begin().await?;
            sqlx::query(
                "INSERT INTO mqtt_session (gateway, client, used_at) VALUES ($1, $2, $3)
                 ON CONFLICT (gateway, client) DO UPDATE SET used_at = $3, expires_at = NULL",
            )
            .bind(number)
            .bind(client)
            .bind(now.unix_ms())
            .execute(&mut *change)
            .await?;
            sqlx::query("DELETE FROM mqtt_subscription WHERE gateway = $1 AND client = $2")
                .bind(number)
                .bind(client)
                .execute(&mut *change)
                .await?;
            for subscription in subscriptions {
                sqlx::query(
                    "INSERT INTO mqtt_subscription (gateway, client, filter, qos)
                     VALUES ($1, $2, $3, $4)
                     ON CONFLICT (gateway, client, filter) DO UPDATE SET qos = $4",
                )
                .bind(number)
                .bind(client)
                .bind(&subscription.filter)
                .bind(i64::from(subscription.qos))
                .execute(&mut *change)
                .await?;
            }
            sqlx::query(
                "DELETE FROM mqtt_session WHERE gateway = $1 AND client <> $2 AND client NOT IN (
                    SELECT client FROM mqtt_session WHERE gateway = $1 AND client <> $2
                    ORDER BY used_at DESC, client LIMIT $3)",
            )
            .bind(number)
            .bind(client)
            .bind(i64::from(SESSIONS_PER_GATEWAY) - 1)
            .execute(&mut *change)
            .await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Lets a session end at `expires_at` (the client left with an expiry interval), or never
    /// (`None`, as in MQTT 3.1.1). A session that is not kept is left alone.
    ///
    /// # Errors
    /// The database failed.
    pub async fn expire_session(
        &self,
        gateway: GatewayNo,
        client: &str,
        expires_at: Option<Moment>,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            sqlx::query(
                "UPDATE mqtt_session SET expires_at = $3 WHERE gateway = $1 AND client = $2",
            )
            .bind(i64::from(gateway.get()))
            .bind(client)
            .bind(expires_at.map(Moment::unix_ms))
            .execute(&self.writer)
            .await?;
            Ok(())
        })
        .await
    }

    /// Ends a session (clean start, or left without keeping it).
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_session(
        &self,
        gateway: GatewayNo,
        client: &str,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            sqlx::query("DELETE FROM mqtt_session WHERE gateway = $1 AND client = $2")
                .bind(i64::from(gateway.get()))
                .bind(client)
                .execute(&self.writer)
                .await?;
            Ok(())
        })
        .await
    }
}
