//! What is looked for and to whom it goes; `config` fills it in.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::access::Office;

/// `[notify]`, `[mail]` and `[webhook]`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Between two looks.
    pub look_every: Duration,
    /// A gateway is silent when nothing of it came for so long.
    pub silent_after: Duration,
    /// Deliveries that wait; more are dead from the beginning.
    pub waiting_max: usize,
    /// Tries before a delivery is given up.
    pub tries_max: u32,
    /// Before the second try; doubled each time, an hour at most.
    pub retry_first: Duration,
    /// How long one try may take.
    pub within: Duration,
    /// PEM of the authorities that may stand for mail servers and webhooks.
    pub authority: Option<PathBuf>,
    /// Our address as people reach it, for links; empty: no links.
    pub site: String,
    /// `None`: nobody gets mail.
    pub mail: Option<MailSettings>,
    /// `None`: nobody is called.
    pub hook: Option<HookSettings>,
}

/// How the way to the mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after STARTTLS, or nothing is sent (port 587).
    StartTls,
    /// Readable; on this machine alone.
    Plain,
}

/// No such way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be \"tls\", \"starttls\", or \"plain\" towards this machine")]
pub struct NotASecurity;

impl FromStr for MailSecurity {
    type Err = NotASecurity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "tls" => Ok(Self::Tls),
            "starttls" => Ok(Self::StartTls),
            "plain" => Ok(Self::Plain),
            _ => Err(NotASecurity),
        }
    }
}

/// `[mail]`.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is kept from others.
    pub security: MailSecurity,
    /// The mailbox that it comes from.
    pub from: String,
    /// The account at the server; empty: it asks for none.
    pub user: String,
    /// A file with its password.
    pub password_file: Option<PathBuf>,
    /// Who gets mail.
    pub to: Vec<Recipient>,
}

/// `[webhook]`.
#[derive(Clone, Debug)]
pub struct HookSettings {
    /// Who is called.
    pub to: Vec<Recipient>,
    /// A file with the secret that calls are signed with.
    pub secret_file: PathBuf,
    /// Whether addresses of private networks and of this machine may be called.
    pub allows_private: bool,
}

/// Somebody at an address, and as what they are told: `operator WJ duty@park.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// As what.
    pub office: Office,
    /// A mailbox, or the address of a webhook.
    pub address: String,
}

/// A line that names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names nobody: write role, scope and address, as `operator WJ duty@park.example` or `bureau https://example.org/hook`"
)]
pub struct NotARecipient(String);

impl FromStr for Recipient {
    type Err = NotARecipient;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || NotARecipient(text.to_owned());
        let words: Vec<&str> = text.split_whitespace().collect();
        let (role, scope, address) = match words[..] {
            [role, address] => (role, "", address),
            [role, scope, address] => (role, scope, address),
            _ => return Err(refused()),
        };
        let office = Office::read(role, scope).map_err(|_not_an_office| refused())?;
        Ok(Self {
            office,
            address: address.to_owned(),
        })
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}
