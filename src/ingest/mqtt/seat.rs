//! A client's place among the open connections of its gateway, and its session on disk: the
//! granted subscriptions and nothing else (contract.md 2, "Sessions").

use std::sync::Arc;

use crate::ingest::Door;
use crate::ingest::event::SessionUnkept;
use crate::ingest::line::Line;
use crate::ingest::roll::Circle;
use crate::store::registry::RegistryFault;
use crate::store::registry::Subscription;

use super::frame::Reason;

/// A place; given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) circle: Arc<Circle>,
    pub(super) line: Arc<Line>,
    /// Whether the session outlives the connection.
    pub(super) kept: bool,
    /// Whether there is one on disk.
    stored: bool,
    /// For how many seconds, if not for ever.
    pub(super) expiry_s: Option<u32>,
    door: Arc<Door>,
}

impl Seat {
    /// Takes a place for `line`, whose older connection of the same client id ends. `None`: the
    /// gateway has no place left.
    pub(super) fn take(door: &Arc<Door>, circle: Arc<Circle>, line: Arc<Line>) -> Option<Self> {
        if !circle.enter(&line, door.settings().sessions_max) {
            return None;
        }
        door.tally.connections.shift(1);
        Some(Self {
            circle,
            line,
            kept: false,
            stored: false,
            expiry_s: None,
            door: Arc::clone(door),
        })
    }

    /// The subscriptions of a known session, which a `clean` start forgets; a kept one is known
    /// from now on.
    ///
    /// # Errors
    /// The registry cannot be read or written now.
    pub(super) async fn open_session(
        &mut self,
        clean: bool,
    ) -> Result<Option<Vec<Subscription>>, Reason> {
        let registry = &self.door.parts.registry;
        let now = self.door.parts.clock.now();
        let client_id = self.line.client_id.as_str();
        let gateway = self.line.admission.gateway.number;
        // Boxed, as all work of the registry here: it is rare, and would make every idle connection
        // larger by kilobytes.
        let opened = Box::pin(async {
            let known = if clean {
                registry.forget_session(gateway, client_id).await?;
                None
            } else {
                registry.resume_session(gateway, client_id, now).await?
            };
            if self.kept && known.is_none() {
                // Beyond the last session the longest unused goes: those in use count as used now.
                for other in self.circle.others(&self.line) {
                    registry.resume_session(gateway, &other, now).await?;
                }
                registry.keep_session(gateway, client_id, &[], now).await?;
            }
            Ok(known)
        });
        let known = opened.await.map_err(|fault| self.unkept(&fault))?;
        self.stored = self.kept;
        Ok(known)
    }

    /// Keeps `subscriptions` if the session outlives the connection; they are on disk then.
    ///
    /// # Errors
    /// The registry cannot be written now.
    pub(super) async fn keep_session(
        &mut self,
        subscriptions: &[Subscription],
    ) -> Result<(), Reason> {
        if !self.kept {
            return Ok(());
        }
        let parts = &self.door.parts;
        let kept = Box::pin(parts.registry.keep_session(
            self.line.admission.gateway.number,
            &self.line.client_id,
            subscriptions,
            parts.clock.now(),
        ));
        kept.await.map_err(|fault| self.unkept(&fault))
    }

    /// Gives the place back, and lets go of a session that does not outlive its connection, or
    /// only for a while. A session that was taken over is the other connection's.
    pub(super) async fn leave(&mut self) {
        if !self.circle.leave(&self.line) {
            return;
        }
        let (gateway, client_id) = (
            self.line.admission.gateway.number,
            self.line.client_id.as_str(),
        );
        let parts = &self.door.parts;
        let ended = match (self.kept, self.expiry_s) {
            (false, _) if !self.stored => return,
            (false, _) => Box::pin(parts.registry.forget_session(gateway, client_id)).await,
            (true, None | Some(u32::MAX)) => return,
            (true, Some(expiry_s)) => {
                let at = parts.clock.now().plus_ms(i64::from(expiry_s) * 1000);
                let expires = parts.registry.expire_session(gateway, client_id, Some(at));
                Box::pin(expires).await
            }
        };
        if let Err(fault) = ended {
            self.unkept(&fault);
        }
    }

    fn unkept(&self, fault: &RegistryFault) -> Reason {
        self.door.parts.vitals.record(&SessionUnkept {
            client_id: &self.line.client_id,
            detail: &fault.to_string(),
        });
        Reason::Unavailable
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.circle.leave(&self.line);
        self.door.tally.connections.shift(-1);
    }
}
