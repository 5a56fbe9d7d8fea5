//! What the doors ask of the registry at every connection and message: no disk, no waiting.
//!
//! A snapshot that is swapped whole after each committed change. Knows no SQL.

use std::collections::BTreeMap;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use tokio::sync::watch;

use crate::calendar::Moment;
use crate::park::{Gateway, GatewayId, Roster};

use super::token::{Digest, Token, TokenKey, is_same};

/// What a token for test messages begins with.
const TRIAL_MARK: &str = "test-";

/// How long such a token counts, in milliseconds (screens.md 7.7).
const TRIAL_LASTS_MS: i64 = 3_600_000;

/// A token that is valid until it expires, as kept.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    /// Its number: never reused.
    pub(super) number: i64,
    /// Its keyed hash.
    pub(super) digest: Digest,
    /// The first instant at which it no longer counts.
    pub(super) expires_at: Option<Moment>,
}

/// Roster and secrets as of one change.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub(super) roster: Arc<Roster>,
    /// The live secrets of each gateway that is not barred; certificates need the entry alone.
    pub(super) admitted: BTreeMap<GatewayId, Vec<Secret>>,
    /// Whose each live secret is; filled in when the snapshot is swapped in.
    pub(super) holders: BTreeMap<Digest, GatewayId>,
}

/// By which credential a gateway came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credential {
    Token { secret: i64 },
    Trial,
    Certificate,
}

/// A gateway that showed its credential. Ask [`Directory::holds`] whether it still counts.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Who it is.
    pub gateway: Gateway,
    /// The first instant at which its credential no longer counts, if it expires.
    pub expires_at: Option<Moment>,
    credential: Credential,
}

impl Admission {
    /// Whether it may send test messages and nothing else.
    #[must_use]
    pub fn is_for_trials(&self) -> bool {
        self.credential == Credential::Trial
    }
}

/// Who is registered and whose token is right, as of the last committed change. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Directory {
    snapshots: Arc<watch::Sender<Arc<Snapshot>>>,
    key: Arc<TokenKey>,
}

impl Directory {
    pub(super) fn new(key: Arc<TokenKey>) -> Self {
        Self {
            snapshots: Arc::new(watch::Sender::new(Arc::new(Snapshot::default()))),
            key,
        }
    }

    pub(super) fn swap(&self, mut snapshot: Snapshot) {
        let holders = snapshot.admitted.iter().flat_map(|(gateway, secrets)| {
            let digests = secrets.iter().map(|secret| secret.digest);
            digests.map(|digest| (digest, gateway.clone()))
        });
        snapshot.holders = holders.collect();
        self.snapshots.send_replace(Arc::new(snapshot));
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }

    /// Everybody who is registered now.
    #[must_use]
    pub fn current(&self) -> Arc<Roster> {
        Arc::clone(&self.snapshot().roster)
    }

    /// Marks every committed change. After each, ask [`Directory::holds`] for open connections
    /// and take [`Directory::current`] anew.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes(self.snapshots.subscribe())
    }

    /// Whose `token` this is, if it is `gateway`'s and counts at `now`. Costs two hashes' worth
    /// of time whoever asks: an unknown gateway cannot be told from a wrong token.
    #[must_use]
    pub fn verify_token(&self, gateway: &str, token: &str, now: Moment) -> Option<Admission> {
        /// Tokens that count side by side; as many comparisons are made for every caller.
        const SLOTS: usize = 2;
        let snapshot = self.snapshot();
        if let Some(rest) = token.strip_prefix(TRIAL_MARK) {
            return self.verify_trial(&snapshot, gateway, rest, now);
        }
        let offered = self.key.digest(token);
        let none: &[Secret] = &[];
        let secrets = snapshot.admitted.get(gateway).map_or(none, Vec::as_slice);
        let mut found = None;
        for slot in 0..SLOTS {
            let secret = secrets.get(slot);
            // A digest that no token has: the complement of the offered one.
            let kept = secret.map_or_else(|| offered.map(|byte| !byte), |secret| secret.digest);
            if is_same(&offered, &kept) {
                found = secret;
            }
        }
        let secret = found.filter(|secret| secret.expires_at.is_none_or(|end| now < end))?;
        Some(Admission {
            gateway: snapshot.roster.find_gateway(gateway)?.clone(),
            expires_at: secret.expires_at,
            credential: Credential::Token {
                secret: secret.number,
            },
        })
    }

    /// A token for test messages of `gateway` alone, and the first instant at which it no longer
    /// counts. Nothing is kept of it: it says itself until when it counts, under the key of the
    /// hashes. It dies with the gateway's other credentials.
    pub(super) fn trial_token(&self, gateway: &GatewayId, now: Moment) -> (Token, Moment) {
        let end_s = now.plus_ms(TRIAL_LASTS_MS).unix_ms().div_euclid(1_000);
        let proof = self.trial_proof(gateway.as_str(), end_s);
        let token = Token::of(format!("{TRIAL_MARK}{end_s:x}-{proof}"));
        (token, Moment::from_unix_ms(end_s.saturating_mul(1_000)))
    }

    fn trial_proof(&self, gateway: &str, end_s: i64) -> String {
        self.key
            .digest_for("test messages", &format!("{gateway} {end_s:x}"))
    }

    fn verify_trial(
        &self,
        snapshot: &Snapshot,
        gateway: &str,
        rest: &str,
        now: Moment,
    ) -> Option<Admission> {
        let (end, proof) = rest.split_once('-')?;
        let end_s = i64::from_str_radix(end, 16).ok()?;
        let right = self.trial_proof(gateway, end_s);
        if !bool::from(right.as_bytes().ct_eq(proof.as_bytes())) {
            return None;
        }
        let end = Moment::from_unix_ms(end_s.checked_mul(1_000)?);
        // A clock that was set back must not make it live longer.
        if now >= end || end > now.plus_ms(TRIAL_LASTS_MS) {
            return None;
        }
        snapshot.admitted.get(gateway)?;
        Some(Admission {
            gateway: snapshot.roster.find_gateway(gateway)?.clone(),
            expires_at: Some(end),
            credential: Credential::Trial,
        })
    }

    /// Whose `token` this is, where nothing but the token is shown (the bearer token of
    /// contract.md 3). It is looked up by its keyed hash, so the time tells nothing of the tokens.
    #[must_use]
    pub fn admit_bearer(&self, token: &str, now: Moment) -> Option<Admission> {
        let holder = self
            .snapshot()
            .holders
            .get(&self.key.digest(token))
            .cloned()?;
        self.verify_token(holder.as_str(), token, now)
    }

    /// The gateway that a verified client certificate with this CN stands for, unless barred.
    #[must_use]
    pub fn admit_certificate(&self, common_name: &str) -> Option<Admission> {
        let snapshot = self.snapshot();
        snapshot.admitted.get(common_name)?;
        Some(Admission {
            gateway: snapshot.roster.find_gateway(common_name)?.clone(),
            expires_at: None,
            credential: Credential::Certificate,
        })
    }

    /// Whether `admission` still counts at `now`: neither revoked nor expired. A connection whose
    /// admission does not must end within 5 s (contract.md 2).
    #[must_use]
    pub fn holds(&self, admission: &Admission, now: Moment) -> bool {
        let snapshot = self.snapshot();
        let Some(secrets) = snapshot.admitted.get(&admission.gateway.id) else {
            return false;
        };
        match admission.credential {
            Credential::Certificate => true,
            Credential::Trial => admission.expires_at.is_some_and(|end| now < end),
            Credential::Token { secret } => secrets
                .iter()
                .any(|kept| kept.number == secret && kept.expires_at.is_none_or(|end| now < end)),
        }
    }
}

/// Resolves once for every time somebody or something was registered, ended or given a new token
/// (several changes in a row may count as one).
#[derive(Clone, Debug)]
pub struct Changes(watch::Receiver<Arc<Snapshot>>);

impl Changes {
    /// Waits for the next change. Cancel safe. `false`: the registry is gone, none will come.
    pub async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}
