//! What every way of signing in shares: the gate, the hashing, the rules.

use std::sync::Arc;
use std::time::Duration;

use crate::access::Principal;
use crate::access::password::{Profile, Weak};
use crate::calendar::Clock;
use crate::http::{Desk, Peer, Problem, Trouble};
use crate::store::registry::{Account, HashCost, PasswordHash, SessionTerms, Stage};

use super::gate::{Attempt, Gate};
use super::hashing::{Busy, Hashing, Lane};

/// How long somebody may take to come with a password that was given to them.
const GIVEN_LASTS: Duration = Duration::from_hours(7 * 24);

/// How signing in goes; `config` fills it in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    /// By which rules passwords are chosen.
    pub profile: Profile,
    /// How dear a guess is.
    pub cost: HashCost,
    /// Passwords hashed at a time.
    pub hashes_at_once: usize,
    /// Passwords that wait for it; more are sent away.
    pub hashes_waiting_max: usize,
    /// Wrong attempts that lock an account from one network.
    pub wrong_max: u32,
    /// For how long.
    pub locked_for: Duration,
    /// How long a session lives.
    pub terms: SessionTerms,
    /// For how long a second factor that was shown does for weighty deeds.
    pub factor_fresh_for: Duration,
}

/// The entrance for people. One in a process.
#[derive(Debug)]
pub struct Entrance {
    pub(in crate::http) settings: SignIn,
    pub(in crate::http) gate: Gate,
    hashing: Hashing,
    clock: Arc<dyn Clock>,
}

impl Entrance {
    /// An entrance by these rules.
    #[must_use]
    pub fn new(settings: SignIn, clock: Arc<dyn Clock>) -> Self {
        Self {
            gate: Gate::new(settings.wrong_max, settings.locked_for),
            hashing: Hashing::new(settings.hashes_at_once, settings.hashes_waiting_max),
            settings,
            clock,
        }
    }

    /// Whether one more refused request of nobody in particular is recorded.
    pub(in crate::http) fn lets_record(&self, from: Option<Peer>) -> bool {
        let network = from.map_or(String::new(), Peer::network);
        self.gate.lets_record(&network, self.clock.now())
    }

    /// Lets an attempt in, or says when to come again.
    ///
    /// # Errors
    /// 429: too many were wrong.
    pub(in crate::http) fn begin(
        &self,
        account: &str,
        from: Peer,
        device: Option<&str>,
    ) -> Result<Attempt, Problem> {
        let begun = self.gate.begin(account, from, device, self.clock.now());
        begun.map_err(|seconds| {
            let detail = "too many attempts were wrong; nothing was checked. Wait, then try again, \
                          or ask the security administrator for a new password";
            Problem::new(Trouble::TooManyAttempts, detail).retry_after(seconds)
        })
    }

    /// Whether `password` is the one kept as `hash`.
    ///
    /// # Errors
    /// 503: too many wait.
    pub(in crate::http) async fn is_password(
        &self,
        desk: &Desk,
        lane: Lane,
        hash: PasswordHash,
        password: String,
    ) -> Result<bool, Problem> {
        let registry = desk.registry.clone();
        let compared = self
            .hashing
            .run(lane, move || registry.is_password(&hash, &password));
        compared.await.map_err(busy)
    }

    /// What is to be kept of a new password, if the rules allow it.
    ///
    /// # Errors
    /// 422 in words; 503: too many wait.
    pub(in crate::http) async fn new_password(
        &self,
        desk: &Desk,
        who: &Principal,
        person: Option<i64>,
        password: String,
    ) -> Result<PasswordHash, Problem> {
        let account = who.name.parse().map_err(Problem::internal)?;
        let profile = self.settings.profile;
        profile.check(&password, &account).map_err(weak)?;
        let former = match person {
            Some(person) => {
                desk.registry
                    .former_passwords(person, profile.remembers())
                    .await
            }
            None => Ok(Vec::new()),
        };
        let former = former.map_err(Problem::internal)?;
        let (registry, cost) = (desk.registry.clone(), self.settings.cost);
        let made = self.hashing.run(Lane::Known, move || {
            if former
                .iter()
                .any(|hash| registry.is_password(hash, &password))
            {
                return Ok(None);
            }
            registry.hash_password(cost, &password).map(Some)
        });
        let made = made.await.map_err(busy)?.map_err(Problem::internal)?;
        made.ok_or_else(|| weak(Weak::Used))
    }

    /// What is kept of `password`, which we made ourselves.
    ///
    /// # Errors
    /// 503: too many wait.
    pub(in crate::http) async fn given_password(
        &self,
        desk: &Desk,
        password: String,
    ) -> Result<PasswordHash, Problem> {
        let (registry, cost) = (desk.registry.clone(), self.settings.cost);
        let made = self
            .hashing
            .run(Lane::Known, move || registry.hash_password(cost, &password));
        made.await.map_err(busy)?.map_err(Problem::internal)
    }

    /// What is still missing for `account`, whose password was right; `passed` the second factor too.
    pub(in crate::http) fn next_stage(&self, account: &Account, passed: bool) -> Stage {
        let age = self.clock.now().ms_since(account.set_at);
        let lasts = self.settings.profile.lasts();
        let is_over = lasts.is_some_and(|lasts| is_older(age, lasts));
        let demands = account
            .offices
            .iter()
            .any(crate::access::Office::demands_second_factor);
        if account.has_factor && !passed {
            Stage::Code
        } else if account.is_given || is_over {
            Stage::Password
        } else if demands && !account.has_factor {
            Stage::Enrol
        } else {
            Stage::Full
        }
    }

    /// Whether a password that was given to `account` was never come for in time.
    pub(in crate::http) fn is_stale(&self, account: &Account) -> bool {
        let age = self.clock.now().ms_since(account.set_at);
        account.is_given && is_older(age, GIVEN_LASTS)
    }
}

fn is_older(age_ms: i64, limit: Duration) -> bool {
    u128::try_from(age_ms).is_ok_and(|age| age > limit.as_millis())
}

fn weak(why: Weak) -> Problem {
    let problem = Problem::new(Trouble::WeakPassword, why.to_string()).with("why", why.as_str());
    match why {
        Weak::Short(least) => problem.with("least", least.to_string()),
        _ => problem,
    }
}

fn busy(_full: Busy) -> Problem {
    let detail = "too many people sign in at this moment; nothing was checked. Try again in a few \
                  seconds";
    Problem::new(Trouble::Unavailable, detail).retry_after(3)
}
