//! What leaves this machine goes to whom it is meant for: mails and calls over TLS reach a server whose
//! certificate is of the named authority and of its name, and no other; nothing of them is said before.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::mqtt_tls::Authority;
use crate::notification_mails::{is_here, mail_server, mails};
use crate::notifications::{SECRET, WITHIN, deliveries, serve, set_aside, sys};
use crate::stage::{Stage, until};

/// What somebody who is called over HTTPS heard: a body, or why there was none.
type Heard = Arc<Mutex<Vec<Result<String, String>>>>;

/// Somebody who is called, with the server certificate of `authority`; the port and what was heard.
fn called(authority: &Authority) -> (u16, Heard) {
    let certificate = CertificateDer::from_pem_file(authority.file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(authority.file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let (config, heard) = (Arc::new(config), Heard::default());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let all = Arc::clone(&heard);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let one = take(&mut stream).map_err(|cause| cause.to_string());
            all.lock().unwrap().push(one);
        }
    });
    (port, heard)
}

fn take(stream: &mut StreamOwned<ServerConnection, TcpStream>) -> std::io::Result<String> {
    let mut reader = BufReader::new(&mut *stream);
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line)? > 2 {
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    stream.write_all(b"HTTP/1.1 200 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    Ok(String::from_utf8(body).unwrap())
}

#[test]
fn what_leaves_over_tls_reaches_whom_it_is_meant_for_and_nobody_else() {
    if !is_here() {
        return;
    }
    let (ours, stranger) = (Authority::new(), Authority::new());
    let elsewhere = Authority::of("elsewhere.park.example");
    for (what, server, trusted, is_taken) in [
        ("as named", &ours, &ours, true),
        ("of a stranger's authority", &stranger, &ours, false),
        ("for another name", &elsewhere, &elsewhere, false),
    ] {
        let stage = Stage::new();
        let (hook, heard) = called(server);
        let (mail_server, mail) = mail_server(&stage, server, 0, "yes");
        let states = sent(&stage, trusted, hook, mail);
        let expected = if is_taken { "sent" } else { "dead" };
        assert_eq!(states, [expected; 2], "{what}");
        assert_eq!(mails(&stage).len(), usize::from(is_taken), "{what}");
        let heard = heard.lock().unwrap();
        let bodies: Vec<&String> = heard.iter().flatten().collect();
        assert_eq!(bodies.len(), usize::from(is_taken), "{what}: {heard:?}");
        // Somebody did call, and hung up on whom it found.
        assert!(!heard.is_empty(), "{what}");
        drop(mail_server);
    }
}

/// Sets something aside, and waits for what became of its call and its mail.
fn sent(stage: &Stage, trusted: &Authority, hook: u16, mail: u16) -> [&'static str; 2] {
    let token = stage.register_park();
    let password = stage.path("mail.secret");
    std::fs::write(&password, SECRET).unwrap();
    let file = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    let more = [
        ("PARKPULSE_NOTIFY__AUTHORITY", file(trusted.file("ca.pem"))),
        (
            "PARKPULSE_WEBHOOK__TO",
            format!("operator p1 https://localhost:{hook}/hook"),
        ),
        (
            "PARKPULSE_MAIL__TO",
            "operator p1 duty@park.example".to_owned(),
        ),
        ("PARKPULSE_MAIL__HOST", "localhost".to_owned()),
        ("PARKPULSE_MAIL__PORT", mail.to_string()),
        ("PARKPULSE_MAIL__SECURITY", "tls".to_owned()),
        ("PARKPULSE_MAIL__FROM", "platform@park.example".to_owned()),
        ("PARKPULSE_MAIL__USER", "parkpulse".to_owned()),
        ("PARKPULSE_MAIL__PASSWORD_FILE", file(password)),
    ];
    let server = serve(stage, &more);
    let admin = sys(stage, &server);
    set_aside(&server, &token, "unknown_meter");
    let both = until(WITHIN, "both are sent or given up", || {
        let states = ["sent", "dead"].map(|state| {
            let page = deliveries(&server, &admin, state);
            page["items"].as_array().map_or(0, Vec::len)
        });
        match states {
            [2, 0] => Some(["sent"; 2]),
            [0, 2] => Some(["dead"; 2]),
            [1, 1] => Some(["sent", "dead"]),
            _ => None,
        }
    });
    let dead: Value = deliveries(&server, &admin, "dead");
    for one in dead["items"].as_array().unwrap() {
        let why = one.to_string();
        assert!(why.contains("certificate"), "{why}");
    }
    assert!(!server.log().contains(SECRET));
    server.stop();
    both
}
