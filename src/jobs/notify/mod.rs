//! Tells people what concerns them: looks for it every minute, keeps it once for whoever may see it
//! (`watch`), and brings it to them by mail and webhook where that is configured (`deliver`).
//!
//! Off until configured: without an address in `mail.to` or `webhook.to` nothing leaves this machine,
//! and the pages show the notifications all the same. Knows no page.

mod deliver;
mod event;
mod hook;
mod mail;
mod reach;
mod settings;
mod watch;
mod wire;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::join;
use tokio_util::sync::CancellationToken;

use crate::calendar::Clock;
use crate::store::Engine;
use crate::store::registry::{Channel, Registry, Way};
use crate::vitals::Vitals;

pub use settings::{
    HookSettings, MailSecurity, MailSettings, NotARecipient, NotASecurity, Recipient, Settings,
};

use hook::Hook;
use mail::Post;

/// Why notifications cannot be brought to anybody.
#[derive(Debug, thiserror::Error)]
pub enum NotifyRefused {
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
    #[error("{} holds no usable certificate in PEM (notify.authority)", .0.display())]
    Authority(PathBuf),
    /// A secret that anybody can guess.
    #[error("{} must hold at least 32 letters (webhook.secret_file)", .0.display())]
    Secret(PathBuf),
    /// TLS cannot be set up.
    #[error("TLS towards mail servers and webhooks cannot be set up: {0}")]
    Tls(String),
    /// A mailbox that cannot be written to.
    #[error("`{0}` is no mailbox")]
    Mailbox(String),
}

/// What looks for notifications and brings them. One in a process.
#[derive(Debug)]
pub struct Notifier {
    /// Where notifications are kept.
    registry: Registry,
    /// Where readings are.
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    vitals: Arc<Vitals>,
    settings: Settings,
    ways: Vec<Way>,
    post: Option<Post>,
    hook: Option<Hook>,
}

impl Notifier {
    /// Reads the files of `settings`; servers are asked when there is something for them.
    ///
    /// # Errors
    /// See [`NotifyRefused`].
    pub fn open(
        settings: Settings,
        registry: Registry,
        engine: Arc<dyn Engine>,
        clock: Arc<dyn Clock>,
        vitals: Arc<Vitals>,
    ) -> Result<Self, NotifyRefused> {
        let to = |channel, to: &[Recipient]| {
            let way = |one: &Recipient| Way {
                channel,
                address: one.address.clone(),
                office: one.office.clone(),
            };
            to.iter().map(way).collect::<Vec<_>>()
        };
        let mut ways = Vec::new();
        let (mut post, mut hook) = (None, None);
        if let Some(mail) = &settings.mail {
            ways.extend(to(Channel::Mail, &mail.to));
            post = Some(Post::open(
                mail,
                settings.authority.as_deref(),
                settings.within,
            )?);
        }
        if let Some(webhook) = &settings.hook {
            ways.extend(to(Channel::Webhook, &webhook.to));
            hook = Some(Hook::open(webhook, settings.authority.as_deref())?);
        }
        Ok(Self {
            registry,
            engine,
            clock,
            vitals,
            settings,
            ways,
            post,
            hook,
        })
    }

    /// Looks and brings until `stop`. What a stop cuts off is done by the next start; a delivery that
    /// it cut off after the other end took it comes twice, with the same number.
    pub async fn run(self, stop: CancellationToken) {
        let both = Box::pin(join(watch::follow(&self), deliver::follow(&self)));
        let _cut_off = stop.run_until_cancelled(both).await;
    }
}
