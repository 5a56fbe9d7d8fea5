//! The identity server of the city, from our side: what it says of itself, its keys, and what it says
//! of somebody who comes back from it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::access::AccountName;
use crate::calendar::{Clock, Moment};
use crate::http::Peer;
use crate::store::registry::{Foreign, NotAForeign};

use super::fetch::{Fetch, FetchFailed, Question, is_server};
use super::flows::{Flow, Flows};
use super::proof::{Expected, NotProven, proven};
use super::wire::{Claims, Discovered, Exchanged, Key, Keys};

/// How long what the server says of itself is believed.
const BELIEVED_FOR_MS: i64 = 3_600_000;

/// For how long a server that could not be asked is not asked again by the next who come.
const RESTS_FOR_MS: i64 = 2_000;

/// How many may ask it at a time what it is; the others wait for what these hear, so long at most.
const ASK_AT_ONCE: usize = 2;
const WAITS: Duration = Duration::from_secs(5);

/// Where and how people sign in elsewhere (`[identity]`); `config` fills it in.
#[derive(Clone, Debug)]
pub struct IdentitySettings {
    /// The server, as it calls itself.
    pub issuer: String,
    /// What it calls us.
    pub client: String,
    /// A file with the secret that it gave us; `None`: it knows us by PKCE alone.
    pub secret_file: Option<PathBuf>,
    /// Our address that it sends people back to.
    pub redirect: String,
    /// PEM of the authorities that may stand for it.
    pub authority: Option<PathBuf>,
    /// The claim whose value is the name of an account here, for the first sign-in of somebody; from
    /// then on they are known by `sub` alone.
    pub claim: String,
    /// How far its clock and ours may be apart.
    pub skew: Duration,
}

/// Why the way to it cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum IdentityRefused {
    /// A file cannot be read.
    #[error("{} cannot be read ({key})", file.display())]
    File {
        /// The configuration key.
        key: &'static str,
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// No certificate in a file.
    #[error("{} holds no usable certificate in PEM (identity.authority)", .0.display())]
    Authority(PathBuf),
    /// TLS cannot be set up.
    #[error("TLS towards the identity server cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// Why nobody came back.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotKnown {
    #[error("too many sign-ins are out from this network")]
    TooMany,
    #[error("there is no sign-in that went out so from this browser")]
    NoFlow,
    #[error("the identity server sent no code: it refused, or somebody gave up")]
    NoCode,
    #[error("the identity server")]
    Server(#[from] FetchFailed),
    #[error("what the identity server says of itself is not readable, or it is another one")]
    Discovery,
    #[error("the identity server gave no readable token")]
    Exchange,
    #[error("the token of the identity server proves nothing: {0}")]
    Proof(#[from] NotProven),
    #[error("the token does not say who somebody is for good: {0}")]
    NoSubject(#[from] NotAForeign),
    #[error("the identity server did not answer a moment ago; it is asked again in some seconds")]
    Rests,
    #[error("too many wait for the identity server at this moment")]
    Busy,
    #[error("no random bits")]
    NoRandomBits,
}

impl NotKnown {
    /// Its name for programs that read the log; stable.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::TooMany => "identity_too_many",
            Self::NoFlow => "identity_no_flow",
            Self::NoCode => "identity_no_code",
            Self::Server(_) => "identity_unreachable",
            Self::Discovery => "identity_discovery",
            Self::Exchange => "identity_exchange",
            Self::Proof(_) => "identity_not_proven",
            Self::NoSubject(_) => "identity_no_subject",
            Self::Rests => "identity_rests",
            Self::Busy => "identity_busy",
            Self::NoRandomBits => "identity_no_random_bits",
        }
    }
}

/// Whoever came back, proven.
#[derive(Debug)]
pub(super) struct Came {
    /// Who it is there, for good.
    pub(super) foreign: Foreign,
    /// What it calls them at present, if that may be an account here.
    pub(super) name: Option<AccountName>,
}

/// What it said of itself.
#[derive(Clone, Debug)]
struct Known {
    discovered: Discovered,
    keys: Vec<Key>,
    at: Moment,
}

/// What we have of it: its last word, and when it last gave none.
#[derive(Debug, Default)]
struct Heard {
    known: Option<Known>,
    failed_at: Option<Moment>,
}

/// The identity server. One in a process.
pub struct Identity {
    settings: IdentitySettings,
    secret: Option<String>,
    fetch: Fetch,
    flows: Flows,
    /// Held to look and to write down, never while it is asked.
    heard: Mutex<Heard>,
    asking: Semaphore,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.settings.issuer)
    }
}

/// Where a browser is sent, and what it takes along.
pub(super) struct Sent {
    pub(super) address: String,
    pub(super) browser: String,
}

impl Identity {
    /// Reads the files of `settings`; the server itself is asked when somebody wants to sign in.
    ///
    /// # Errors
    /// See [`IdentityRefused`].
    pub fn open(
        settings: IdentitySettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, IdentityRefused> {
        let mut roots = RootCertStore::empty();
        if let Some(file) = &settings.authority {
            let pem = read("identity.authority", file)?;
            let certificates = CertificateDer::pem_slice_iter(&pem).flatten();
            let (added, _unusable) = roots.add_parsable_certificates(certificates);
            if added == 0 {
                return Err(IdentityRefused::Authority(file.clone()));
            }
        }
        let secret = match &settings.secret_file {
            Some(file) => {
                let bytes = read("identity.client_secret_file", file)?;
                Some(String::from_utf8_lossy(&bytes).trim().to_owned())
            }
            None => None,
        };
        Ok(Self {
            settings,
            secret,
            fetch: Fetch::new(roots)?,
            flows: Flows::default(),
            heard: Mutex::default(),
            asking: Semaphore::new(ASK_AT_ONCE),
            clock,
        })
    }

    /// Lets a browser go to the server.
    pub(super) async fn send(&self, peer: Peer) -> Result<Sent, NotKnown> {
        let known = self.known(false).await?;
        let (state, browser) = (random_text()?, random_text()?);
        let (nonce, verifier) = (random_text()?, random_text()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client),
            ("redirect_uri", &self.settings.redirect),
            ("scope", "openid profile"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let flow = Flow {
            browser: browser.clone(),
            nonce,
            verifier,
            network: peer.network(),
            begun_at: self.clock.now(),
        };
        if !self.flows.begin(state, flow) {
            return Err(NotKnown::TooMany);
        }
        let to = known.discovered.authorization_endpoint;
        let joint = if to.contains('?') { '&' } else { '?' };
        Ok(Sent {
            address: format!("{to}{joint}{query}"),
            browser,
        })
    }

    /// Whoever comes back with `state` and `code` in the browser that went.
    pub(super) async fn welcome(
        &self,
        state: Option<&str>,
        code: Option<&str>,
        browser: Option<&str>,
    ) -> Result<Came, NotKnown> {
        let flow = state.zip(browser);
        let flow =
            flow.and_then(|(state, browser)| self.flows.end(state, browser, self.clock.now()));
        let flow = flow.ok_or(NotKnown::NoFlow)?;
        let code = code.ok_or(NotKnown::NoCode)?;
        let known = self.known(false).await?;
        let token = self.exchange(&known, code, &flow).await?;
        let claims = match self.prove(&token, &known, &flow) {
            // Its keys may have changed since we asked for them.
            Err(NotProven::UnknownKey | NotProven::Signature) => {
                let known = self.known(true).await?;
                self.prove(&token, &known, &flow)?
            }
            judged => judged?,
        };
        let subject = claims.sub.as_deref().unwrap_or_default();
        let foreign = Foreign::new(&self.settings.issuer, subject)?;
        let named = if self.settings.claim == "sub" {
            Some(subject)
        } else {
            let named = claims.more.get(&self.settings.claim);
            named.and_then(serde_json::Value::as_str)
        };
        let name = named.and_then(|name| name.parse().ok());
        Ok(Came { foreign, name })
    }

    fn prove(&self, token: &str, known: &Known, flow: &Flow) -> Result<Claims, NotProven> {
        let expected = Expected {
            issuer: &self.settings.issuer,
            client: &self.settings.client,
            nonce: &flow.nonce,
            now_s: self.clock.now().unix_ms().div_euclid(1000),
            skew_s: i64::try_from(self.settings.skew.as_secs()).unwrap_or(0),
        };
        proven(token, &known.keys, &expected)
    }

    async fn exchange(&self, known: &Known, code: &str, flow: &Flow) -> Result<String, NotKnown> {
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.settings.redirect),
            ("client_id", &self.settings.client),
            ("code_verifier", &flow.verifier),
        ]);
        let secret = self.secret.as_deref().map(|secret| {
            let pair = format!("{}:{}", encoded(&self.settings.client), encoded(secret));
            format!("Basic {}", STANDARD.encode(pair))
        });
        let address = &known.discovered.token_endpoint;
        let answer = self
            .fetch
            .ask(address, Question::Post(body, secret))
            .await?;
        let exchanged = serde_json::from_slice::<Exchanged>(&answer);
        let exchanged = exchanged.map_err(|_unreadable| NotKnown::Exchange)?;
        exchanged.id_token.ok_or(NotKnown::Exchange)
    }

    /// What the server says of itself, asked again once in a while, or now (`anew`).
    async fn known(&self, anew: bool) -> Result<Known, NotKnown> {
        if let Some(known) = self.believed(anew)? {
            return Ok(known);
        }
        let turn = timeout(WAITS, self.asking.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(NotKnown::Busy)?;
        // Whoever went before may have heard it meanwhile.
        if let Some(known) = self.believed(anew)? {
            return Ok(known);
        }
        let asked = self.ask_it().await;
        let mut heard = self.heard();
        match &asked {
            Ok(known) => {
                *heard = Heard {
                    known: Some(known.clone()),
                    failed_at: None,
                }
            }
            Err(_not_heard) => heard.failed_at = Some(self.clock.now()),
        }
        drop(heard);
        asked
    }

    /// What it said not long ago; refuses while it rests.
    fn believed(&self, anew: bool) -> Result<Option<Known>, NotKnown> {
        let (now, heard) = (self.clock.now(), self.heard());
        let is_within = |at: Moment, ms: i64| (0..ms).contains(&now.ms_since(at));
        let known = heard.known.as_ref();
        let known = known.filter(|known| !anew && is_within(known.at, BELIEVED_FOR_MS));
        let rests = heard
            .failed_at
            .is_some_and(|at| is_within(at, RESTS_FOR_MS));
        match known {
            None if rests => Err(NotKnown::Rests),
            known => Ok(known.cloned()),
        }
    }

    async fn ask_it(&self) -> Result<Known, NotKnown> {
        let issuer = self.settings.issuer.trim_end_matches('/');
        let address = format!("{issuer}/.well-known/openid-configuration");
        let answer = self.fetch.ask(&address, Question::Get).await?;
        let discovered = serde_json::from_slice::<Discovered>(&answer);
        let discovered = discovered.map_err(|_unreadable| NotKnown::Discovery)?;
        // A browser is sent nowhere that we would not ask ourselves.
        if discovered.issuer != self.settings.issuer
            || !is_server(&discovered.authorization_endpoint)
        {
            return Err(NotKnown::Discovery);
        }
        let answer = self.fetch.ask(&discovered.jwks_uri, Question::Get).await?;
        let keys = serde_json::from_slice::<Keys>(&answer);
        let keys = keys.map_err(|_unreadable| NotKnown::Discovery)?.keys;
        let at = self.clock.now();
        Ok(Known {
            discovered,
            keys,
            at,
        })
    }

    /// Whole between any two calls, whoever died.
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(key: &'static str, file: &Path) -> Result<Vec<u8>, IdentityRefused> {
    std::fs::read(file).map_err(|cause| IdentityRefused::File {
        key,
        file: file.to_owned(),
        cause,
    })
}

/// 256 random bits as text for addresses.
fn random_text() -> Result<String, NotKnown> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_cause| NotKnown::NoRandomBits)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// `application/x-www-form-urlencoded`.
fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let letter = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(letter).collect()
}
