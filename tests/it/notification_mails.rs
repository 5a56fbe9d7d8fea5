//! Notifications by mail, to a real mail server: STARTTLS and a password, again when it was not there, given up
//! where it knows no such mailbox, and only what concerns the recipient.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::mqtt_tls::Authority;
use crate::notifications::{SECRET, WITHIN, deliveries, serve, set_aside, sys};
use crate::stage::{ENTERPRISE, Stage, until};

/// A mail server that ends with the test.
pub(crate) struct MailServer(Child);

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether the pages' packages are here, the mail server among them; a test that needs it ends where not.
pub(crate) fn is_here() -> bool {
    let package = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/dashboards/web/node_modules/smtp-server"
    );
    let is_here = std::path::Path::new(package).exists();
    assert!(
        is_here || std::env::var_os("CI").is_none(),
        "run `make pages` first"
    );
    if !is_here {
        println!("SKIPPED: `make pages` installs the mail server of this test");
    }
    is_here
}

/// Listens on `port` (0: any); `implicit`: TLS from the first byte on, "yes" or "no". The port.
pub(crate) fn mail_server(
    stage: &Stage,
    authority: &Authority,
    port: u16,
    implicit: &str,
) -> (MailServer, u16) {
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/dashboards/web");
    let told = stage.path("mail.port");
    let child = Command::new("node")
        .arg("tests/mail/server.mjs")
        .current_dir(web)
        .env("PORT", port.to_string())
        .env("TOLD", &told)
        .env("TAKEN", stage.path("mails"))
        .env("USER_NAME", "parkpulse")
        .env("PASSWORD", SECRET)
        .env("REFUSE", "gone@park.example")
        .env("CERTIFICATE", authority.file("server.pem"))
        .env("KEY", authority.file("server.key"))
        .env("IMPLICIT", implicit)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let server = MailServer(child);
    let port = until(WITHIN, "the mail server", || {
        std::fs::read_to_string(&told).ok()?.parse().ok()
    });
    (server, port)
}

pub(crate) fn mails(stage: &Stage) -> Vec<Value> {
    let text = std::fs::read_to_string(stage.path("mails")).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn mails_go_over_starttls_once_the_server_is_there_and_to_whom_they_concern() {
    if !is_here() {
        return;
    }
    let (stage, authority) = (Stage::new(), Authority::new());
    let token = stage.register_park();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let password = stage.path("mail.secret");
    std::fs::write(&password, SECRET).unwrap();
    let text = |text: &str| text.to_owned();
    let more = [
        (
            "PARKPULSE_MAIL__TO",
            format!(
                "operator p1 duty@park.example,operator p2 other@park.example,enterprise {ENTERPRISE} gone@park.example"
            ),
        ),
        ("PARKPULSE_MAIL__HOST", text("localhost")),
        ("PARKPULSE_MAIL__PORT", port.to_string()),
        ("PARKPULSE_MAIL__FROM", text("platform@park.example")),
        ("PARKPULSE_MAIL__USER", text("parkpulse")),
        (
            "PARKPULSE_MAIL__PASSWORD_FILE",
            password.to_str().unwrap().to_owned(),
        ),
        (
            "PARKPULSE_NOTIFY__AUTHORITY",
            authority.file("ca.pem").to_str().unwrap().to_owned(),
        ),
        ("PARKPULSE_NOTIFY__SITE", text("https://park.example")),
        ("PARKPULSE_NOTIFY__TRIES_MAX", text("1000")),
    ];
    let server = serve(&stage, &more);
    let admin = sys(&stage, &server);
    set_aside(&server, &token, "unknown_meter");
    until(WITHIN, "a try while nobody is there", || {
        let page = deliveries(&server, &admin, "waiting");
        (page["items"][0]["tries"].as_u64()? > 0).then_some(())
    });
    let (mail_server, _port) = mail_server(&stage, &authority, port, "no");
    let dead = until(WITHIN, "the mailbox that is gone", || {
        deliveries(&server, &admin, "dead")["items"].get(0).cloned()
    });
    assert_eq!(dead["address"], "gone@park.example");
    let mails = until(WITHIN, "the mail", || {
        Some(mails(&stage)).filter(|mails| !mails.is_empty())
    });
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0]["to"], json!(["duty@park.example"]));
    let mail = mails[0]["text"].as_str().unwrap();
    assert!(mail.contains("From: platform@park.example"), "{mail}");
    assert!(mail.contains("Message-ID: <delivery-"), "{mail}");
    let log = server.log();
    assert!(
        !log.contains(SECRET) && !log.contains("duty@park.example"),
        "{log}"
    );
    drop(mail_server);
    server.stop();
}
