//! What the HTTP door is told: who may reach it, its limits, and how people sign in.

use std::sync::Arc;
use std::time::Duration;

use crate::access::password::{NotAProfile, Profile};
use crate::http;
use crate::ledger::tariff::{self, Tariffs};
use crate::store::registry::{HashCost, SessionTerms};

use super::base_map;
use super::reader::Reader;

/// Pages and API.
pub(super) fn read(reader: &Reader<'_>) -> http::Settings {
    let settings = http::Settings {
        listen: reader.address("http.listen"),
        tls: certificate(reader),
        trusted_proxies: reader.parsed("http.trusted_proxies"),
        hosts: reader.texts("http.hosts"),
        connections_max: reader.count("http.connections_max"),
        network_percent_max: reader.percent("http.network_percent_max"),
        header_bytes_max: reader.bytes_in_memory("http.header_bytes_max"),
        body_bytes_max: reader.bytes_in_memory("http.body_bytes_max"),
        headers_within: reader.duration("http.headers_within"),
        body_within: reader.duration("http.body_within"),
        answer_within: reader.duration("http.answer_within"),
        commit_within: reader.duration("http.commit_within"),
        events_kept: reader.count("live.events_kept"),
        streams_max: reader.count("live.streams_max"),
        streams_per_account_max: reader.count("live.streams_per_account_max"),
        heartbeat: reader.duration("live.heartbeat"),
        pictures_bytes_max: reader.bytes_in_memory("http.pictures_bytes_max"),
        big_at_once: reader.count("http.big_at_once"),
        big_waiting_max: reader.count("http.big_waiting_max"),
        untaken_bytes_max: reader.bytes_in_memory("http.untaken_bytes_max"),
        rates: rates(reader),
        roles_by_click: false,
        sign_in: sign_in(reader),
        identity: identity(reader),
        base_map: base_map::read(reader),
        tariffs: Arc::new(tariffs(reader)),
    };
    check_reach(reader, &settings);
    settings
}

/// Plan and prices by their names.
fn tariffs(reader: &Reader<'_>) -> Tariffs {
    let names = (reader.text("tariffs.plan"), reader.text("tariffs.prices"));
    tariff::shipped(names.0, names.1).unwrap_or_else(|refused| {
        reader.fault("tariffs.plan", refused.to_string());
        Tariffs::default()
    })
}

fn rates(reader: &Reader<'_>) -> http::Rates {
    http::Rates {
        account: http::Rate {
            per_second: reader.count("rate.account_per_second"),
            at_once: reader.count("rate.account_at_once"),
        },
        network: http::Rate {
            per_second: reader.count("rate.network_per_second"),
            at_once: reader.count("rate.network_at_once"),
        },
    }
}

fn certificate(reader: &Reader<'_>) -> Option<http::CertificateFiles> {
    let chain = reader.path("http.tls_certificate");
    let key = reader.path("http.tls_key");
    if chain.is_some() != key.is_some() {
        let together = "and http.tls_certificate go together: give both or none";
        reader.fault("http.tls_key", together);
    }
    let files = chain.zip(key);
    files.map(|(chain, key)| http::CertificateFiles { chain, key })
}

/// Beyond this machine only where nobody between can read what goes over the network.
fn check_reach(reader: &Reader<'_>, settings: &http::Settings) {
    if settings.listen.ip().is_loopback() {
        return;
    }
    if settings.tls.is_none() && settings.trusted_proxies.is_empty() {
        let what = "is no loopback address, and without TLS passwords would go over the network \
                    readable: give http.tls_certificate and http.tls_key, or put a proxy that \
                    speaks TLS before it and name its address in http.trusted_proxies, or stay \
                    on 127.0.0.1";
        reader.fault("http.listen", what);
    }
    if settings.hosts.is_empty() {
        let what = "must hold the names under which people reach this server, as \
                    [\"park.example\"]: requests under any other name are refused";
        reader.fault("http.hosts", what);
    }
}

/// The longest that a session may live, used or not (contract.md 3 leaves no more).
const SESSION_WHOLE_MAX: Duration = Duration::from_hours(12);
const SESSION_IDLE_MAX: Duration = Duration::from_mins(30);

fn sign_in(reader: &Reader<'_>) -> http::SignIn {
    const PROFILE: &str = "sign_in.password_profile";
    const MEMORY: &str = "sign_in.hash_memory";
    let profile = reader.text(PROFILE).parse();
    let profile = profile.unwrap_or_else(|cause: NotAProfile| {
        reader.fault(PROFILE, cause.to_string());
        Profile::Dengbao3
    });
    let memory = reader.bytes_in_memory(MEMORY) / 1024;
    let cost = HashCost::new(
        u32::try_from(memory).unwrap_or(u32::MAX),
        reader.count("sign_in.hash_passes"),
    );
    let cost = cost.unwrap_or_else(|cause| {
        reader.fault(MEMORY, cause.to_string());
        HashCost::LEAST
    });
    let limited = |key: &str, most: Duration| {
        let wanted = reader.duration(key);
        if wanted > most {
            reader.fault(
                key,
                format!("must be at most {} minutes", most.as_secs() / 60),
            );
        }
        wanted.min(most)
    };
    http::SignIn {
        profile,
        cost,
        hashes_at_once: reader.count("sign_in.hashes_at_once"),
        hashes_waiting_max: reader.count("sign_in.hashes_waiting_max"),
        wrong_max: reader.count("sign_in.wrong_max"),
        locked_for: reader.duration("sign_in.locked_for"),
        terms: SessionTerms {
            idle: limited("sign_in.session_idle", SESSION_IDLE_MAX),
            whole: limited("sign_in.session_whole", SESSION_WHOLE_MAX),
        },
        factor_fresh_for: limited("sign_in.factor_fresh_for", SESSION_WHOLE_MAX),
    }
}

/// The clocks of two servers that are kept right are not farther apart.
const SKEW_MAX: Duration = Duration::from_mins(5);

fn identity(reader: &Reader<'_>) -> Option<http::IdentitySettings> {
    let text = |key: &str| reader.text(key).to_owned();
    let settings = http::IdentitySettings {
        issuer: text("identity.issuer"),
        client: text("identity.client_id"),
        secret_file: reader.path("identity.client_secret_file"),
        redirect: text("identity.redirect"),
        authority: reader.path("identity.authority"),
        claim: text("identity.claim"),
        skew: reader.duration("identity.clock_skew"),
    };
    if settings.issuer.is_empty() {
        return None;
    }
    let is_server =
        |address: &str| address.starts_with("https://") || address.starts_with("http://127.0.0.1:");
    for (key, address) in [
        ("identity.issuer", &settings.issuer),
        ("identity.redirect", &settings.redirect),
    ] {
        if !is_server(address) {
            reader.fault(key, "must be https://…, or http://127.0.0.1:… for a trial");
        }
    }
    if settings.client.is_empty() {
        reader.fault(
            "identity.client_id",
            "must say what the identity server calls us",
        );
    }
    if settings.issuer.starts_with("https://") && settings.authority.is_none() {
        let what = "must name a PEM file of the authorities that may stand for the issuer";
        reader.fault("identity.authority", what);
    }
    if settings.skew > SKEW_MAX {
        reader.fault("identity.clock_skew", "must be at most 5 minutes");
    }
    Some(settings)
}
