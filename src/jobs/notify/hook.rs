//! A webhook: one HTTPS POST, signed. `X-Parkpulse-Signature: v1=` is the HMAC-SHA-256, in hex, of
//! `X-Parkpulse-Timestamp`, a full stop and the body, under the secret that both ends hold; whoever is
//! called should refuse timestamps that are minutes old. No redirect is followed.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::http::{Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use futures_util::future::join;
use hmac::{Hmac, Mac};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use sha2::Sha256;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use crate::calendar::Moment;
use crate::store::registry::Delivery;

use super::reach::is_public;
use super::wire::Call;
use super::{HookSettings, NotifyRefused};

/// A shorter secret can be guessed.
const SECRET_LETTERS_MIN: usize = 32;

/// Why a call was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("it is no address of a webhook: https, or http on this machine where that is allowed")]
    Address,
    #[error("its address is private (webhook.private_addresses)")]
    Private,
    #[error("it cannot be reached: {0}")]
    Connect(#[from] std::io::Error),
    #[error("its answer broke off")]
    Answer,
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("the call cannot be written")]
    Call,
}

impl NotTaken {
    /// Whether there is no use in another try.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Address | Self::Call => true,
            Self::Status(status) => {
                let soon = [
                    StatusCode::REQUEST_TIMEOUT,
                    StatusCode::TOO_EARLY,
                    StatusCode::TOO_MANY_REQUESTS,
                ];
                status.is_client_error() && !soon.contains(status)
            }
            // A name may lead elsewhere tomorrow.
            Self::Private | Self::Connect(_) | Self::Answer => false,
        }
    }
}

/// The way out.
#[derive(Clone)]
pub(super) struct Hook {
    tls: TlsConnector,
    secret: Arc<[u8]>,
    allows_private: bool,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl Hook {
    pub(super) fn open(
        settings: &HookSettings,
        authority: Option<&Path>,
    ) -> Result<Self, NotifyRefused> {
        let read = |key, file: &Path| {
            std::fs::read(file).map_err(|cause| NotifyRefused::File {
                key,
                file: file.to_owned(),
                cause,
            })
        };
        let secret = read("webhook.secret_file", &settings.secret_file)?;
        let secret = secret.trim_ascii();
        if secret.len() < SECRET_LETTERS_MIN {
            return Err(NotifyRefused::Secret(settings.secret_file.clone()));
        }
        let mut roots = RootCertStore::empty();
        if let Some(file) = authority {
            let pem = read("notify.authority", file)?;
            let certificates = CertificateDer::pem_slice_iter(&pem).flatten();
            let (added, _unusable) = roots.add_parsable_certificates(certificates);
            if added == 0 {
                return Err(NotifyRefused::Authority(file.to_owned()));
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|cause| NotifyRefused::Tls(cause.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(tls)),
            secret: secret.into(),
            allows_private: settings.allows_private,
        })
    }

    /// Calls the address of `delivery`; `Ok` if it answered with a 2xx.
    pub(super) async fn call(&self, delivery: &Delivery, now: Moment) -> Result<(), NotTaken> {
        let body = serde_json::to_vec(&Call::of(delivery)).map_err(|_cause| NotTaken::Call)?;
        let uri: Uri = delivery
            .address
            .parse()
            .map_err(|_not_one| NotTaken::Address)?;
        let host = uri.host().ok_or(NotTaken::Address)?;
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let is_plain = match uri.scheme_str() {
            Some("https") => false,
            Some("http") => true,
            _ => return Err(NotTaken::Address),
        };
        let port = uri.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let places = self.places(name, port).await?;
        if is_plain && !places.iter().all(|place| place.ip().is_loopback()) {
            return Err(NotTaken::Address);
        }
        let request = self.request(&uri, delivery.number, body, now)?;
        let stream = TcpStream::connect(places.as_slice()).await?;
        if is_plain {
            return exchange(stream, request).await;
        }
        let server =
            ServerName::try_from(name.to_owned()).map_err(|_not_a_name| NotTaken::Address)?;
        exchange(self.tls.connect(server, stream).await?, request).await
    }

    /// Where `name` leads and one may go: a name may lead to several places of which one listens.
    async fn places(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, NotTaken> {
        let mut places: Vec<SocketAddr> = match name.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_a_name) => lookup_host((name, port)).await?.collect(),
        };
        let may = |place: &SocketAddr| self.allows_private || is_public(place.ip());
        places.retain(may);
        if places.is_empty() {
            return Err(NotTaken::Private);
        }
        Ok(places)
    }

    fn request(
        &self,
        uri: &Uri,
        delivery: i64,
        body: Vec<u8>,
        now: Moment,
    ) -> Result<Request<Full<Bytes>>, NotTaken> {
        let timestamp = now.unix_ms().div_euclid(1000).to_string();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.secret).map_err(|_length| NotTaken::Call)?;
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(&body);
        let signature = format!("v1={}", hex::encode(mac.finalize().into_bytes()));
        Request::builder()
            .method(Method::POST)
            .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(
                header::HOST,
                uri.authority().map_or("", |host| host.as_str()),
            )
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-parkpulse-delivery", delivery)
            .header("x-parkpulse-timestamp", timestamp)
            .header("x-parkpulse-signature", signature)
            .body(Full::new(Bytes::from(body)))
            .map_err(|_cause| NotTaken::Address)
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(), NotTaken>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    TokioIo<S>: Read + Write,
{
    let broken = |_cause: hyper::Error| NotTaken::Answer;
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(broken)?;
    let asking = async move {
        let status = sender.send_request(request).await.map_err(broken)?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(NotTaken::Status(status))
        }
    };
    // The connection ends with its sender; what the body says does not matter.
    let (answer, _ended) = join(asking, connection).await;
    answer
}
