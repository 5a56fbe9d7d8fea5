//! MQTT over TLS: certificates of our own making, and clients that show one.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::ingest::{Handshake, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use super::mqtt_ground::{Ground, Plug, Wire};
use super::mqtt_script::Player;

impl Wire for StreamOwned<ClientConnection, TcpStream> {
    fn patience(&self, within: Duration) {
        self.sock.set_read_timeout(Some(within)).unwrap();
    }

    fn write_patience(&self, within: Option<Duration>) {
        self.sock.set_write_timeout(within).unwrap();
    }
}

/// An authority with a server certificate for localhost, in files.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::of("localhost")
    }

    /// The same with a server certificate for `name`.
    pub(crate) fn of(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "test authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let authority = Self { issuer, directory };
        let (certificate, key) = authority.issue(name);
        std::fs::write(authority.file("ca.pem"), authority.issuer.pem()).unwrap();
        std::fs::write(authority.file("server.pem"), certificate.pem()).unwrap();
        std::fs::write(authority.file("server.key"), key.serialize_pem()).unwrap();
        authority
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    pub(crate) fn handshake(&self) -> Handshake {
        let ca = self.file("ca.pem");
        Handshake::from_files(
            &self.file("server.pem"),
            &self.file("server.key"),
            Some(&ca),
        )
        .unwrap()
    }

    /// A TLS connection; with `name`, showing a certificate of that CN.
    pub(crate) fn dial(&self, address: SocketAddr, name: Option<&str>) -> Plug {
        self.try_dial(address, name).unwrap()
    }

    fn try_dial(&self, address: SocketAddr, name: Option<&str>) -> io::Result<Plug> {
        Ok(Plug::new(self.connect(address, name)?))
    }

    /// A stream to whoever listens there; the handshake happens with the first byte.
    pub(crate) fn connect(
        &self,
        address: impl ToSocketAddrs,
        name: Option<&str>,
    ) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match name {
            None => builder.with_no_client_auth(),
            Some(name) => {
                let (certificate, key) = self.issue(name);
                let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
                let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        let server = "localhost".try_into().unwrap();
        let connection = ClientConnection::new(Arc::new(config), server).unwrap();
        let socket = TcpStream::connect(address)?;
        Ok(StreamOwned::new(connection, socket))
    }

    /// Lays its own certificate or key over those of `shown`.
    pub(crate) fn renew(&self, shown: &Self, parts: &[&str]) {
        for part in parts {
            std::fs::copy(self.file(part), shown.file(part)).unwrap();
        }
    }
}

fn ground(authority: &Authority) -> Ground {
    Ground::in_directory(
        tempfile::tempdir().unwrap(),
        Settings::default(),
        &["GW-1", "GW-2"],
        Some(authority.handshake()),
    )
}

#[test]
fn a_client_certificate_names_its_gateway() {
    let authority = Authority::new();
    let ground = ground(&authority);
    for (name, gateway, script) in [
        (
            Some("GW-1"),
            "GW-1",
            "> connect user=- token=-\n< in 0\n> pub id=1\n< 40 02 00 01",
        ),
        (Some("GW-1"), "GW-1", "> connect token=-\n< in 0"),
        (
            Some("GW-1"),
            "GW-1",
            "> connect user=GW-2 token=- id=GW-2\n< 20 03 00 86 00\n< closed",
        ),
        (
            Some("GW-2"),
            "GW-1",
            "> connect\n< 20 03 00 86 00\n< closed",
        ),
        (
            Some("GW-2"),
            "GW-1",
            "> connect user=- token=-\n< 20 03 00 85 00\n< closed",
        ),
        (
            Some("GW-9"),
            "GW-1",
            "> connect user=- token=-\n< 20 03 00 86 00\n< closed",
        ),
        (
            None,
            "GW-1",
            "> connect user=- token=-\n< 20 03 00 86 00\n< closed",
        ),
    ] {
        let dial = |ground: &Ground| authority.dial(ground.address, name);
        let played = Player::new(&ground, gateway, 5, &dial).play(script);
        played.unwrap_or_else(|fault| panic!("{name:?}: {fault}"));
    }
}

#[test]
fn a_certificate_of_a_stranger_does_not_come_in() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let ground = ground(&authority);
    let mut roots = RootCertStore::empty();
    roots.add(authority.issuer.der().clone()).unwrap();
    let (certificate, key) = stranger.issue("GW-1");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let connection = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap());
    let socket = TcpStream::connect(ground.address).unwrap();
    let plug = || StreamOwned::new(connection.unwrap(), socket);
    let mut plug = Plug::new(plug());
    plug.send(&[0x10, 0]);
    let came = plug.next(super::mqtt_ground::PATIENCE);
    assert_eq!(came, super::mqtt_ground::Came::Closed);
}

#[test]
fn a_handshake_that_never_ends_is_cut() {
    let authority = Authority::new();
    let settings = Settings {
        connect_within: Duration::from_millis(200),
        ..Settings::default()
    };
    let directory = tempfile::tempdir().unwrap();
    let ground = Ground::in_directory(directory, settings, &[], Some(authority.handshake()));
    let mut silent = ground.plug();
    silent.send(&[0x16, 3, 1]);
    let came = silent.next(super::mqtt_ground::PATIENCE);
    assert_eq!(came, super::mqtt_ground::Came::Closed);
}

#[test]
fn a_renewed_certificate_holds_from_the_next_connection_on() {
    let (old, new) = (Authority::new(), Authority::new());
    let handshake = old.handshake();
    let directory = tempfile::tempdir().unwrap();
    let shown = Some(handshake.clone());
    let ground = Ground::in_directory(directory, Settings::default(), &["GW-1"], shown);
    let enters = |authority: &Authority| {
        let dial = |ground: &Ground| authority.dial(ground.address, None);
        let script = "> connect\n< in 0";
        Player::new(&ground, "GW-1", 5, &dial).play(script).is_ok()
    };
    assert!(enters(&old) && !enters(&new));
    assert!(!handshake.look_again().unwrap(), "nothing is new");
    // Half a renewal: the key fits no certificate, and what was there before goes on.
    new.renew(&old, &["server.key"]);
    assert!(handshake.look_again().is_err());
    assert!(enters(&old) && !enters(&new));
    new.renew(&old, &["server.pem"]);
    assert!(handshake.look_again().unwrap());
    assert!(!enters(&old) && enters(&new));
    assert!(!handshake.look_again().unwrap());
}
