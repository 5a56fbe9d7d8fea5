//! The rows of MQTT sessions, and the changes of them that wait for one another.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::oneshot;

use crate::calendar::Moment;

use super::{Registry, RegistryFault, SESSIONS_PER_GATEWAY, Subscription};

/// Changes of one transaction.
const TOGETHER_MAX: usize = 512;

/// A change of one session.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) gateway: i64,
    pub(super) client: String,
    pub(super) deed: Deed,
}

/// What is done to the session.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    /// It goes on; its subscriptions are wanted.
    Resume { now: Moment },
    /// It is kept with these subscriptions.
    Keep {
        subscriptions: Vec<Subscription>,
        now: Moment,
    },
    /// It ends then, or never.
    Expire { at: Option<Moment> },
    /// It ends.
    Forget,
}

/// What a change found: the subscriptions of a session that goes on.
type Made = Option<Vec<Subscription>>;

/// Changes that wait, as many as connections wait for one; each waits with its connection, whose
/// number is bounded.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    waiting: Mutex<Vec<(Change, oneshot::Sender<Made>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, Vec<(Change, oneshot::Sender<Made>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a change into the queue. The answer comes when it is on disk, or breaks off.
    pub(super) fn wait(&self, change: Change) -> oneshot::Receiver<Made> {
        let (answer, receiver) = oneshot::channel();
        self.lock().push((change, answer));
        receiver
    }

    /// Waits for the turn to make what waits.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The changes to make next, the oldest first.
    pub(super) fn next(&self) -> Together {
        let mut waiting = self.lock();
        // Those that nobody waits for any more are not made.
        waiting.retain(|(_, answer)| !answer.is_closed());
        let count = waiting.len().min(TOGETHER_MAX);
        Together(waiting.drain(..count).collect())
    }
}

/// Changes that are made in one transaction.
#[derive(Debug)]
pub(super) struct Together(Vec<(Change, oneshot::Sender<Made>)>);

impl Together {
    /// Makes all of them, or none; answers once they are on disk.
    pub(super) async fn make(self, registry: &Registry) -> Result<(), RegistryFault> {
        let mut rows = registry.begin().await?;
        let mut made = Vec::with_capacity(self.0.len());
        for (change, answer) in self.0 {
            made.push((change.make(&mut rows).await?, answer));
        }
        rows.commit().await?;
        for (made, answer) in made {
            // Whoever asked may be gone.
            let _heard = answer.send(made);
        }
        Ok(())
    }
}

impl Change {
    /// Makes the change within a transaction.
    pub(super) async fn make(&self, rows: &mut SqliteConnection) -> Result<Made, RegistryFault> {
        match &self.deed {
            Deed::Resume { now } => self.resume(rows, *now).await,
            Deed::Keep { subscriptions, now } => {
                self.keep(rows, subscriptions, *now).await.map(|()| None)
            }
            Deed::Expire { at } => {
                sqlx::query(
                    "UPDATE mqtt_session SET expires_at = $3 WHERE gateway = $1 AND client = $2",
                )
                .bind(self.gateway)
                .bind(&self.client)
                .bind(at.map(Moment::unix_ms))
                .execute(rows)
                .await?;
                Ok(None)
            }
            Deed::Forget => {
                sqlx::query("DELETE FROM mqtt_session WHERE gateway = $1 AND client = $2")
                    .bind(self.gateway)
                    .bind(&self.client)
                    .execute(rows)
                    .await?;
                Ok(None)
            }
        }
    }

    async fn resume(
        &self,
        rows: &mut SqliteConnection,
        now: Moment,
    ) -> Result<Made, RegistryFault> {
        // Resumed: it counts as used, and does not expire while the client is here.
        let kept = sqlx::query(
            "UPDATE mqtt_session SET used_at = $3, expires_at = NULL
             WHERE gateway = $1 AND client = $2 AND (expires_at IS NULL OR expires_at > $3)",
        )
        .bind(self.gateway)
        .bind(&self.client)
        .bind(now.unix_ms())
        .execute(&mut *rows)
        .await?;
        if kept.rows_affected() == 0 {
            return Ok(None);
        }
        let found = sqlx::query(
            "SELECT filter, qos FROM mqtt_subscription
             WHERE gateway = $1 AND client = $2 ORDER BY filter",
        )
        .bind(self.gateway)
        .bind(&self.client)
        .fetch_all(rows)
        .await?;
        let subscription = |row: &sqlx::sqlite::SqliteRow| {
            let qos: i64 = row.try_get("qos")?;
            Ok(Subscription {
                filter: row.try_get("filter")?,
                qos: u8::try_from(qos)
                    .map_err(|cause| RegistryFault::damaged("mqtt_subscription", cause))?,
            })
        };
        let found: Result<_, RegistryFault> = found.iter().map(subscription).collect();
        found.map(Some)
    }

    async fn keep(
        &self,
        rows: &mut SqliteConnection,
        subscriptions: &[Subscription],
        now: Moment,
    ) -> Result<(), RegistryFault> {
        sqlx::query(
            "INSERT INTO mqtt_session (gateway, client, used_at) VALUES ($1, $2, $3)
             ON CONFLICT (gateway, client) DO UPDATE SET used_at = $3, expires_at = NULL",
        )
        .bind(self.gateway)
        .bind(&self.client)
        .bind(now.unix_ms())
        .execute(&mut *rows)
        .await?;
        sqlx::query("DELETE FROM mqtt_subscription WHERE gateway = $1 AND client = $2")
            .bind(self.gateway)
            .bind(&self.client)
            .execute(&mut *rows)
            .await?;
        for subscription in subscriptions {
            sqlx::query(
                "INSERT INTO mqtt_subscription (gateway, client, filter, qos)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (gateway, client, filter) DO UPDATE SET qos = $4",
            )
            .bind(self.gateway)
            .bind(&self.client)
            .bind(&subscription.filter)
            .bind(i64::from(subscription.qos))
            .execute(&mut *rows)
            .await?;
        }
        sqlx::query(
            "DELETE FROM mqtt_session WHERE gateway = $1 AND client <> $2 AND client NOT IN (
                SELECT client FROM mqtt_session WHERE gateway = $1 AND client <> $2
                ORDER BY used_at DESC, client LIMIT $3)",
        )
        .bind(self.gateway)
        .bind(&self.client)
        .bind(i64::from(SESSIONS_PER_GATEWAY) - 1)
        .execute(rows)
        .await?;
        Ok(())
    }
}
