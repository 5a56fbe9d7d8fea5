//! What people are told, and by what ways it leaves this machine.

use std::time::Duration;

use crate::jobs::notify::{HookSettings, MailSecurity, MailSettings, NotASecurity, Settings};

use super::reader::Reader;

/// A retry at once would be none.
const RETRY_LEAST: Duration = Duration::from_millis(10);

/// `[notify]`, `[mail]` and `[webhook]`.
pub(super) fn read(reader: &Reader<'_>) -> Settings {
    let retry_first = reader.duration("notify.retry_first");
    let site = reader.text("notify.site").to_owned();
    if !site.is_empty() && !site.starts_with("https://") && !site.starts_with("http://") {
        let what = "must be our address as people reach it, as \"https://park.example\", or empty";
        reader.fault("notify.site", what);
    }
    Settings {
        look_every: reader.duration("notify.look_every"),
        silent_after: reader.duration("notify.silent_after"),
        waiting_max: reader.count("notify.waiting_max"),
        tries_max: reader.count("notify.tries_max"),
        retry_first: retry_first.max(RETRY_LEAST),
        within: reader.duration("notify.attempt_within"),
        authority: reader.path("notify.authority"),
        site,
        mail: mail(reader),
        hook: hook(reader),
    }
}

fn mail(reader: &Reader<'_>) -> Option<MailSettings> {
    let security = reader.text("mail.security").parse();
    let security = security.unwrap_or_else(|cause: NotASecurity| {
        reader.fault("mail.security", cause.to_string());
        MailSecurity::StartTls
    });
    let port: u32 = reader.count("mail.port");
    let settings = MailSettings {
        host: reader.text("mail.host").to_owned(),
        port: u16::try_from(port).unwrap_or_else(|_too_large| {
            reader.fault("mail.port", "must be at most 65535");
            0
        }),
        security,
        from: reader.text("mail.from").to_owned(),
        user: reader.text("mail.user").to_owned(),
        password_file: reader.path("mail.password_file"),
        to: reader.parsed("mail.to"),
    };
    if settings.to.is_empty() {
        return None;
    }
    if settings.host.is_empty() || settings.from.is_empty() {
        reader.fault("mail.to", "needs mail.host and mail.from");
    }
    let is_here = ["127.0.0.1", "::1", "localhost"].contains(&settings.host.as_str());
    if security == MailSecurity::Plain && !is_here {
        let what = "is readable on the way: \"plain\" is for a mail server on this machine alone";
        reader.fault("mail.security", what);
    }
    if settings.user.is_empty() != settings.password_file.is_none() {
        reader.fault("mail.user", "and mail.password_file go together");
    }
    Some(settings)
}

fn hook(reader: &Reader<'_>) -> Option<HookSettings> {
    const PRIVATE: &str = "webhook.private_addresses";
    let allows_private = match reader.text(PRIVATE) {
        "allowed" => true,
        "refused" => false,
        _ => {
            reader.fault(PRIVATE, "must be \"refused\" or \"allowed\"");
            false
        }
    };
    let to = reader.parsed("webhook.to");
    let secret_file = reader.path("webhook.secret_file");
    if to.is_empty() {
        return None;
    }
    let Some(secret_file) = secret_file else {
        reader.fault("webhook.to", "needs webhook.secret_file: calls are signed");
        return None;
    };
    Some(HookSettings {
        to,
        secret_file,
        allows_private,
    })
}
