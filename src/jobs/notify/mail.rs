//! Mail: one message a notification, over SMTP. Knows the words of a notification and no rights.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::store::registry::Delivery;
use crate::text::{Language, filled, sentence};

use super::words::sentence_of;
use super::{MailSecurity, MailSettings, NotifyRefused};

const SUBJECT: &str = sentence(Language::Chinese, "notification.subject");
const BODY: &str = sentence(Language::Chinese, "notification.mail");

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotPosted {
    #[error("`{0}` is no mailbox")]
    Mailbox(String),
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

impl NotPosted {
    /// Whether there is no use in another try.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Mailbox(_) | Self::Message(_) => true,
            Self::Server(fault) => fault.is_permanent(),
        }
    }
}

/// The mail server.
pub(super) struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post")
    }
}

fn read(key: &'static str, file: &Path) -> Result<Vec<u8>, NotifyRefused> {
    std::fs::read(file).map_err(|cause| NotifyRefused::File {
        key,
        file: file.to_owned(),
        cause,
    })
}

impl Post {
    pub(super) fn open(
        settings: &MailSettings,
        authority: Option<&Path>,
        within: Duration,
    ) -> Result<Self, NotifyRefused> {
        let tls = match settings.security {
            MailSecurity::Plain => Tls::None,
            MailSecurity::Tls => Tls::Wrapper(parameters(&settings.host, authority)?),
            MailSecurity::StartTls => Tls::Required(parameters(&settings.host, authority)?),
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host);
        let mut transport = transport.port(settings.port).tls(tls).timeout(Some(within));
        if let Some(file) = &settings.password_file {
            let secret = read("mail.password_file", file)?;
            let secret = String::from_utf8_lossy(&secret).trim().to_owned();
            transport = transport.credentials(Credentials::new(settings.user.clone(), secret));
        }
        let from = settings.from.parse();
        Ok(Self {
            transport: transport.build(),
            from: from.map_err(|_not_one| NotifyRefused::Mailbox(settings.from.clone()))?,
        })
    }

    /// Hands the mail of `delivery` to the server.
    pub(super) async fn send(&self, delivery: &Delivery, site: &str) -> Result<(), NotPosted> {
        let to = delivery.address.parse::<Mailbox>();
        let to = to.map_err(|_not_one| NotPosted::Mailbox(delivery.address.clone()))?;
        let what = sentence_of(&delivery.notification, Language::Chinese);
        let begun_at = delivery.notification.begun_at.to_string();
        let link = match site {
            "" => String::new(),
            site => format!("{}/notifications", site.trim_end_matches('/')),
        };
        let english = sentence_of(&delivery.notification, Language::English);
        let values = [
            ("what", what.as_str()),
            ("english", english.as_str()),
            ("at", begun_at.as_str()),
            ("link", link.as_str()),
        ];
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(filled(SUBJECT, &values))
            .message_id(Some(format!("<delivery-{}@parkpulse>", delivery.number)))
            .header(ContentType::TEXT_PLAIN)
            .body(filled(BODY, &values))?;
        self.transport.send(message).await?;
        Ok(())
    }
}

/// TLS with the authorities that the configuration names, and no others.
fn parameters(host: &str, authority: Option<&Path>) -> Result<TlsParameters, NotifyRefused> {
    let refused = |cause: lettre::transport::smtp::Error| NotifyRefused::Tls(cause.to_string());
    let mut building =
        TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::None);
    if let Some(file) = authority {
        let pem = read("notify.authority", file)?;
        let certificate = Certificate::from_pem(&pem).map_err(refused)?;
        building = building.add_root_certificate(certificate);
    }
    building.build_rustls().map_err(refused)
}
