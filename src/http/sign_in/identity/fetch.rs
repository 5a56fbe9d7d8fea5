//! Asking an identity server over HTTP: one request on one connection, bounded in time and size, no
//! redirects followed. TLS with the authority that the configuration names; plain on loopback alone.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use futures_util::future::join;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long an answer may take, all in all.
const WITHIN: Duration = Duration::from_secs(5);

/// More than any of these answers has.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchFailed {
    #[error("{0} is no address of a server: https, or http on this machine alone")]
    Address(String),
    #[error("it did not answer within {} s", WITHIN.as_secs())]
    TooSlow,
    #[error("it cannot be reached")]
    Connect(#[from] std::io::Error),
    #[error("its answer broke off or is too long")]
    Answer,
    #[error("it answered {0}")]
    Status(StatusCode),
}

/// What is asked.
#[derive(Debug)]
pub(super) enum Question {
    Get,
    /// A form, and what goes into `Authorization`.
    Post(String, Option<String>),
}

/// The way out.
#[derive(Clone)]
pub(super) struct Fetch(TlsConnector);

impl std::fmt::Debug for Fetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fetch")
    }
}

impl Fetch {
    /// Servers must show a certificate that one of `roots` stands for.
    pub(super) fn new(roots: RootCertStore) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// The body of what `address` answers with 200.
    pub(super) async fn ask(
        &self,
        address: &str,
        question: Question,
    ) -> Result<Bytes, FetchFailed> {
        let asked = timeout(WITHIN, self.ask_at_leisure(address, question));
        asked.await.unwrap_or(Err(FetchFailed::TooSlow))
    }

    async fn ask_at_leisure(
        &self,
        address: &str,
        question: Question,
    ) -> Result<Bytes, FetchFailed> {
        let refused = || FetchFailed::Address(address.to_owned());
        let uri: Uri = address.parse().map_err(|_not_one| refused())?;
        let is_plain = plain(&uri).ok_or_else(refused)?;
        let name = name(&uri);
        let port = uri.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let stream = TcpStream::connect((name, port)).await?;
        if is_plain {
            return exchange(stream, &uri, question).await;
        }
        let server = ServerName::try_from(name.to_owned()).map_err(|_not_a_name| refused())?;
        let stream = self.0.connect(server, stream).await?;
        exchange(stream, &uri, question).await
    }
}

/// Whether a browser may be sent to `address`: by the rule by which we ask ourselves.
pub(super) fn is_server(address: &str) -> bool {
    address.parse().is_ok_and(|uri| plain(&uri).is_some())
}

/// The host of `uri`, without the brackets of IPv6.
fn name(uri: &Uri) -> &str {
    let host = uri.host().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Whether `uri` is asked without TLS, on this machine alone; `None`: not at all.
fn plain(uri: &Uri) -> Option<bool> {
    let name = name(uri);
    let is_here = name == "localhost"
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        Some("https") if !name.is_empty() => Some(false),
        Some("http") if is_here => Some(true),
        _ => None,
    }
}

async fn exchange<S>(stream: S, uri: &Uri, question: Question) -> Result<Bytes, FetchFailed>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    TokioIo<S>: Read + Write,
{
    let broken = |_cause: hyper::Error| FetchFailed::Answer;
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(broken)?;
    let request = request(uri, question)?;
    let asking = async move {
        let answer = sender.send_request(request).await.map_err(broken)?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Err(FetchFailed::Status(status));
        }
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX);
        let body = body.collect().await.map_err(|_cause| FetchFailed::Answer)?;
        Ok(body.to_bytes())
    };
    // The connection ends with its sender; how does not matter once the answer is whole.
    let (answer, _ended) = join(asking, connection).await;
    answer
}

fn request(uri: &Uri, question: Question) -> Result<Request<Full<Bytes>>, FetchFailed> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |host| host.as_str());
    let request = Request::builder()
        .uri(path)
        .header(header::HOST, host)
        .header(header::ACCEPT, "application/json");
    let (request, body) = match question {
        Question::Get => (request.method(Method::GET), Bytes::new()),
        Question::Post(form, secret) => {
            let kind = "application/x-www-form-urlencoded";
            let mut request = request.method(Method::POST);
            request = request.header(header::CONTENT_TYPE, kind);
            if let Some(secret) = secret {
                request = request.header(header::AUTHORIZATION, secret);
            }
            (request, Bytes::from(form))
        }
    };
    let refused = |_cause: axum::http::Error| FetchFailed::Address(uri.to_string());
    request.body(Full::new(body)).map_err(refused)
}
