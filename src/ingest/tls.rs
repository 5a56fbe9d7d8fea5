//! TLS of every door: certificates from files, taken anew when the files change; client
//! certificates optional. Must not know what is said over it.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::vitals::Vitals;

use super::event::{CertificateTaken, CertificateUnusable};

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

/// Where the parts of a handshake lie, in PEM.
#[derive(Clone, Debug)]
struct Files {
    chain: PathBuf,
    key: PathBuf,
    client_authority: Option<PathBuf>,
}

/// What the files held when they were read last, and what was made of them.
struct Taken {
    digest: [u8; 32],
    acceptor: TlsAcceptor,
}

struct Kept {
    files: Files,
    taken: Mutex<Taken>,
}

/// The server's side of a TLS handshake. Cheap to clone; all clones take a new certificate at once.
#[derive(Clone)]
pub struct Handshake(Arc<Kept>);

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handshake({:?})", self.0.files)
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
        let files = Files {
            chain: chain.to_owned(),
            key: key.to_owned(),
            client_authority: client_ca.map(Path::to_owned),
        };
        let held = Held::read(&files)?;
        let taken = Mutex::new(Taken {
            digest: held.digest(),
            acceptor: held.acceptor(&files)?,
        });
        Ok(Self(Arc::new(Kept { files, taken })))
    }

    /// Reads the files again and takes what they hold, if it is new: `true`. Connections that stand
    /// go on as they began. Reads the disk.
    ///
    /// # Errors
    /// See [`TlsRefused`]; what was taken before stays.
    pub fn look_again(&self) -> Result<bool, TlsRefused> {
        let held = Held::read(&self.0.files)?;
        let digest = held.digest();
        if self.taken().digest == digest {
            return Ok(false);
        }
        let acceptor = held.acceptor(&self.0.files)?;
        *self.taken() = Taken { digest, acceptor };
        Ok(true)
    }

    /// Shakes hands; gives the stream and the CN of the client's verified certificate.
    ///
    /// # Errors
    /// The client speaks no TLS that we do, or shows a certificate that does not count.
    pub async fn shake<S>(&self, stream: S) -> io::Result<(TlsStream<S>, Option<String>)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let acceptor = self.taken().acceptor.clone();
        let stream = acceptor.accept(stream).await?;
        let (_, session) = stream.get_ref();
        let common_name = session
            .peer_certificates()
            .and_then(<[_]>::first)
            .and_then(common_name);
        Ok((stream, common_name))
    }

    /// Whole between any two calls, whoever died.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at the files of `handshakes` every so often until `stop`, so that a renewed certificate
/// holds without a restart. Half a renewal (a key that does not fit yet) is told once, and what was
/// there before goes on.
pub async fn watch_certificates(
    handshakes: Vec<Handshake>,
    every: Duration,
    vitals: Arc<Vitals>,
    stop: CancellationToken,
) {
    let mut told = vec![String::new(); handshakes.len()];
    while stop.run_until_cancelled(sleep(every)).await.is_some() {
        for (handshake, told) in handshakes.iter().zip(&mut told) {
            let file = handshake.0.files.chain.display().to_string();
            let looking = handshake.clone();
            let looked = spawn_blocking(move || looking.look_again()).await;
            match looked {
                Ok(Ok(is_new)) => {
                    told.clear();
                    if is_new {
                        vitals.record(&CertificateTaken { file: &file });
                    }
                }
                Ok(Err(refused)) => {
                    let words = refused.to_string();
                    if *told != words {
                        vitals.record(&CertificateUnusable { cause: &words });
                        *told = words;
                    }
                }
                Err(_stopping) => return,
            }
        }
    }
}

/// The bytes of the files.
struct Held {
    chain: Vec<u8>,
    key: Vec<u8>,
    client_authority: Option<Vec<u8>>,
}

impl Held {
    fn read(files: &Files) -> Result<Self, TlsRefused> {
        let authority = files.client_authority.as_deref();
        Ok(Self {
            chain: read(&files.chain)?,
            key: read(&files.key)?,
            client_authority: authority.map(read).transpose()?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let parts = [&self.chain, &self.key].into_iter();
        let digest = parts
            .chain(&self.client_authority)
            .fold(Sha256::new(), |digest, part| {
                // Each part by itself first, so that no border between two can move.
                digest.chain_update(Sha256::digest(part))
            });
        digest.finalize().into()
    }

    fn acceptor(&self, files: &Files) -> Result<TlsAcceptor, TlsRefused> {
        let unfit = |cause: &dyn std::fmt::Display| TlsRefused::Unfit {
            detail: cause.to_string(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|cause| unfit(&cause))?;
        let authority = self.client_authority.as_deref();
        let builder = match authority.zip(files.client_authority.as_deref()) {
            None => builder.with_no_client_auth(),
            Some((pem, file)) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(pem, file)? {
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
            PrivateKeyDer::from_pem_slice(&self.key).map_err(|_cause| TlsRefused::Pem {
                file: files.key.display().to_string(),
                what: "private key",
            })?;
        let config = builder
            .with_single_cert(certificates(&self.chain, &files.chain)?, private_key)
            .map_err(|cause| unfit(&cause))?;
        Ok(TlsAcceptor::from(Arc::new(config)))
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

fn certificates(pem: &[u8], file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsRefused> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| TlsRefused::Pem {
            file: file.display().to_string(),
            what: "certificate",
        })
}
