//! Who each browser is: the roles of a demo, chosen by one click on this machine alone.
//!
//! Knows no password: there is none in a demo, and nothing of this exists outside `demo`. Kept in
//! memory, so that a restart forgets all of it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::access::Principal;

/// The cookie's name.
const COOKIE: &str = "parkpulse";

/// Browsers remembered at once; beyond, the one that came first is forgotten (contract.md C4).
const SESSIONS_MAX: usize = 1_000;

/// The random part of a cookie, in hex digits.
const TOKEN_BYTES: usize = 32;

/// What is kept of a cookie.
type CookieDigest = [u8; 32];

/// Who each browser is.
#[derive(Default)]
pub struct Sessions {
    kept: Mutex<Kept>,
    /// Told whenever somebody becomes somebody else.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Kept {
    principals: BTreeMap<CookieDigest, Principal>,
    /// The oldest first.
    order: VecDeque<CookieDigest>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(masked)")
    }
}

impl Sessions {
    /// Whoever the browser that sent `headers` is, if it chose.
    #[must_use]
    pub fn find(&self, headers: &HeaderMap) -> Option<Principal> {
        let token = token(headers)?;
        self.kept().principals.get(&digest(token)).cloned()
    }

    /// Makes the browser that sent `headers` be `principal`; the header `Set-Cookie` for it. What
    /// the browser was before is forgotten.
    ///
    /// # Errors
    /// The system has no random bits.
    pub(super) fn begin(
        &self,
        headers: &HeaderMap,
        principal: Principal,
    ) -> Result<String, getrandom::Error> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        let fresh = hex::encode(bytes);
        let mut kept = self.kept();
        if let Some(before) = token(headers).map(digest) {
            kept.forget(before);
        }
        if kept.order.len() >= SESSIONS_MAX
            && let Some(oldest) = kept.order.front().copied()
        {
            kept.forget(oldest);
        }
        kept.order.push_back(digest(&fresh));
        kept.principals.insert(digest(&fresh), principal);
        drop(kept);
        self.changed.send_replace(());
        // Not `Secure`: the door is plain HTTP on loopback and takes no other.
        Ok(format!(
            "{COOKIE}={fresh}; Path=/; HttpOnly; SameSite=Strict"
        ))
    }

    /// The map is whole between any two calls, whoever died.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What ties an answer that goes on for long to who the browser that sent `headers` is now.
    pub(in crate::http) fn tie(self: &Arc<Self>, headers: &HeaderMap) -> Tie {
        Tie {
            changes: self.changed.subscribe(),
            whose: token(headers).map(digest),
            sessions: Arc::clone(self),
        }
    }
}

/// Holds as long as a browser is who it was (see [`Sessions::tie`]).
pub(in crate::http) struct Tie {
    sessions: Arc<Sessions>,
    whose: Option<CookieDigest>,
    changes: watch::Receiver<()>,
}

impl Tie {
    /// Whether the browser is somebody else by now. One that never chose sends no cookie by which
    /// it could be told from others: any choice parts it, and it comes back as who it is.
    pub(in crate::http) fn is_cut(&self) -> bool {
        match &self.whose {
            Some(whose) => !self.sessions.kept().principals.contains_key(whose),
            None => self.changes.has_changed().unwrap_or(true),
        }
    }

    /// Waits until it is.
    pub(in crate::http) async fn cut(&mut self) {
        while !self.is_cut() {
            // A closed channel means that there are no sessions any more.
            if self.changes.changed().await.is_err() || self.whose.is_none() {
                return;
            }
        }
    }
}

impl Kept {
    fn forget(&mut self, session: CookieDigest) {
        if self.principals.remove(&session).is_some() {
            self.order.retain(|one| *one != session);
        }
    }
}

fn digest(token: &str) -> CookieDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// Our cookie of a request; `None` if there is none, or more than one.
fn token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut found = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}
