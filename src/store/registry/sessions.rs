//! MQTT sessions: which subscriptions a client had, so that `session_present` is right even
//! after a restart (contract.md 2, "Sessions"). The subscriptions are those granted; nothing is
//! queued.

use tokio::sync::oneshot::error::TryRecvError;

use crate::calendar::Moment;
use crate::park::GatewayNo;

use super::session_rows::{Change, Deed};
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
        self.change_session(gateway, client, Deed::Resume { now })
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
        let subscriptions = subscriptions.to_vec();
        let deed = Deed::Keep { subscriptions, now };
        self.change_session(gateway, client, deed).await.map(drop)
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
        let deed = Deed::Expire { at: expires_at };
        self.change_session(gateway, client, deed).await.map(drop)
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
        let change = self.change_session(gateway, client, Deed::Forget);
        change.await.map(drop)
    }

    /// Makes a change together with all that wait at the same time: one transaction and one sync
    /// for many, or ten thousand gateways that come back at once would wait for ten thousand syncs.
    async fn change_session(
        &self,
        gateway: GatewayNo,
        client: &str,
        deed: Deed,
    ) -> Result<Option<Vec<Subscription>>, RegistryFault> {
        let change = Change {
            gateway: i64::from(gateway.get()),
            client: client.to_owned(),
            deed,
        };
        let mut answer = self.sessions.wait(change.clone());
        let turn = tokio::select! {
            biased;
            made = &mut answer => match made {
                Ok(made) => return Ok(made),
                Err(_not_made) => None,
            },
            turn = self.sessions.turn() => Some(turn),
        };
        while turn.is_some() {
            match answer.try_recv() {
                Ok(made) => return Ok(made),
                Err(TryRecvError::Closed) => break,
                Err(TryRecvError::Empty) => {
                    self.in_time(self.sessions.next().make(self)).await?;
                }
            }
        }
        drop(turn);
        // Whoever made it with its own failed or went away, and none of them was made.
        self.in_time(async {
            let mut rows = self.begin().await?;
            let made = change.make(&mut rows).await?;
            rows.commit().await?;
            Ok(made)
        })
        .await
    }
}
