//! An identity server that says what a test tells it to: right tokens (ES256) and all kinds of wrong
//! ones. Beside it a real one is tested (`identity`), which cannot be made to lie.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

pub(crate) const CLIENT: &str = "parkpulse";

/// What it says next.
#[derive(Clone, Debug)]
pub(crate) struct Says {
    pub(crate) discovery_issuer: String,
    pub(crate) head: Value,
    pub(crate) claims: Value,
    /// Signed with the key that is published, or with another one.
    pub(crate) signed_by_published: bool,
    /// The status of the token endpoint.
    pub(crate) status: u16,
}

/// The server; it ends with the process.
pub(crate) struct Liar {
    pub(crate) issuer: String,
    says: Arc<Mutex<Says>>,
}

fn pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Liar {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new(Says {
            discovery_issuer: issuer.clone(),
            head: json!({"alg": "ES256", "kid": "one"}),
            claims: json!({}),
            signed_by_published: true,
            status: 200,
        }));
        let (shared, own) = (Arc::clone(&says), issuer.clone());
        std::thread::spawn(move || {
            let (published, other) = (pair(), pair());
            for stream in listener.incoming() {
                let says = shared.lock().unwrap().clone();
                let pair = if says.signed_by_published {
                    &published
                } else {
                    &other
                };
                answer(stream.unwrap(), &own, &says, &published, pair);
            }
        });
        Self { issuer, says }
    }

    /// What `change` makes of a right token for `account` and `nonce`.
    pub(crate) fn say(&self, account: &str, nonce: &str, change: impl FnOnce(&mut Says)) {
        let now = jiff::Timestamp::now().as_second();
        let mut says = self.says.lock().unwrap();
        *says = Says {
            discovery_issuer: self.issuer.clone(),
            head: json!({"alg": "ES256", "kid": "one"}),
            claims: json!({
                "iss": self.issuer, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300,
                "nonce": nonce, "preferred_username": account,
            }),
            signed_by_published: true,
            status: 200,
        };
        change(&mut says);
    }
}

fn answer(
    mut stream: TcpStream,
    issuer: &str,
    says: &Says,
    published: &EcdsaKeyPair,
    pair: &EcdsaKeyPair,
) {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let (mut asked, mut chunk) = (Vec::new(), [0; 8192]);
    while !asked.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => asked.extend_from_slice(&chunk[..count]),
            _ => return,
        }
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let path = asked.split(' ').nth(1).unwrap().to_owned();
    let (status, body) = match path.as_str() {
        "/.well-known/openid-configuration" => (
            200,
            json!({
                "issuer": says.discovery_issuer,
                "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/jwks"),
            }),
        ),
        "/jwks" => {
            let point = published.public_key().as_ref();
            let key = json!({
                "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig",
                "x": encoded(&point[1..33]), "y": encoded(&point[33..]),
            });
            (200, json!({ "keys": [key] }))
        }
        "/token" => {
            let head = encoded(says.head.to_string());
            let claims = encoded(says.claims.to_string());
            let text = format!("{head}.{claims}");
            let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
            let token = format!("{text}.{}", encoded(signature));
            (
                says.status,
                json!({"access_token": "x", "token_type": "Bearer", "id_token": token}),
            )
        }
        _ => (404, json!({})),
    };
    let body = body.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
