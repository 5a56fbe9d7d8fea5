//! TLS of the MQTT door: certificates from files, client certificates optional.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Why the TLS listener cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TlsRefused {
    /// A file cannot be read.
    #[error("{file} cannot be read; the TLS listener does not start")]
    File {
        /// The file.
        file: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A file holds no certificate or key.
    #[error("{file} holds no usable {what} in PEM; the TLS listener does not start")]
    Pem {
        /// The file.
        file: String,
        /// What was looked for.
        what: &'static str,
    },
    /// The parts do not fit together.
    #[error("certificate, key and client CA do not fit: {detail}")]
    Unfit {
        /// What rustls said.
        detail: String,
    },
}

/// The server's side of a TLS handshake. Cheap to clone.
#[derive(Clone)]
pub struct Handshake(TlsAcceptor);

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handshake")
    }
}

impl Handshake {
    /// From a certificate chain and its key in PEM files; with `client_ca`, a client may show a
    /// certificate signed by it instead of a token.
    ///
    /// # Errors
    /// See [`TlsRefused`].
    pub fn from_files(
        chain: &Path,
        key: &Path,
        client_ca: Option<&Path>,
    ) -> Result<Self, TlsRefused> {
        let unfit = |cause: &dyn std::fmt::Display| TlsRefused::Unfit {
            detail: cause.to_string(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|cause| unfit(&cause))?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(file)? {
                    roots.add(certificate).map_err(|cause| unfit(&cause))?;
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .allow_unauthenticated()
                        .build()
                        .map_err(|cause| unfit(&cause))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let private_key =
            PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_cause| TlsRefused::Pem {
                file: key.display().to_string(),
                what: "private key",
            })?;
        let config = builder
            .with_single_cert(certificates(chain)?, private_key)
            .map_err(|cause| unfit(&cause))?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands; gives the stream and the CN of the client's verified certificate.
    pub(super) async fn shake(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<String>)> {
        let stream = self.0.accept(stream).await?;
        let (_, session) = stream.get_ref();
        let common_name = session
            .peer_certificates()
            .and_then(<[_]>::first)
            .and_then(common_name);
        Ok((stream, common_name))
    }
}

fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let name = certificate.subject().iter_common_name().next()?;
    name.as_str().ok().map(str::to_owned)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsRefused> {
    /// More than any chain or key needs.
    const FILE_MAX_BYTES: u64 = 1 << 20;
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| {
            BufReader::new(opened)
                .take(FILE_MAX_BYTES)
                .read_to_end(&mut bytes)
        })
        .map_err(|cause| TlsRefused::File {
            file: file.display().to_string(),
            cause,
        })?;
    Ok(bytes)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsRefused> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(file)?).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| TlsRefused::Pem {
            file: file.display().to_string(),
            what: "certificate",
        })
}
