//! The registry: tokens, the directory's snapshot, sessions, migrations.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::{Principal, Role};
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::park::{EnterpriseCode, GatewayId, GatewayNo};
use parkpulse::store::registry::{
    GatewayState, Registry, RegistryFault, SESSIONS_PER_GATEWAY, Settings, Subscription,
};

const OWN: &str = "91320583MA1TEXT018";
const OTHER: &str = "91320583MA1TEXT026";

fn noon() -> Moment {
    "2026-11-22T12:00:00+08:00".parse().unwrap()
}

fn code(text: &str) -> EnterpriseCode {
    let body = &text[..17];
    let check = EnterpriseCode::check_character(body).unwrap();
    format!("{body}{check}").parse().unwrap()
}

fn id(text: &str) -> GatewayId {
    text.parse().unwrap()
}

fn clerk_of(text: &str) -> Principal {
    Principal {
        name: "clerk".into(),
        role: Role::Enterprise(code(text)),
    }
}

async fn open(directory: &Path, clock: &Arc<ClockAt>) -> Result<Registry, RegistryFault> {
    let clock = Arc::clone(clock);
    Registry::open(Settings::of(directory.to_owned()), clock as Arc<dyn Clock>).await
}

/// A registry with two enterprises, put there by SQL: who may register them is not at stake here.
async fn opened(directory: &Path, clock: &Arc<ClockAt>) -> Registry {
    open(directory, clock).await.unwrap().close().await;
    let file = rusqlite::Connection::open(directory.join("registry.db")).unwrap();
    for enterprise in [OWN, OTHER] {
        let sql = "INSERT OR IGNORE INTO enterprise VALUES (?1, 0)";
        file.execute(sql, [code(enterprise).as_str()]).unwrap();
    }
    open(directory, clock).await.unwrap()
}

fn clock() -> Arc<ClockAt> {
    Arc::new(ClockAt::new(noon()))
}

#[tokio::test]
async fn a_token_counts_for_its_gateway_alone() {
    let directory = tempfile::tempdir().unwrap();
    let registry = opened(directory.path(), &clock()).await;
    let local = Principal::local();
    let token = registry
        .add_gateway(&local, &id("GW-1"), &code(OWN))
        .await
        .unwrap();
    registry
        .add_gateway(&local, &id("GW-2"), &code(OTHER))
        .await
        .unwrap();
    let doors = registry.directory();
    assert_eq!(token.reveal().len(), 64);
    assert!(!format!("{token:?}").contains(token.reveal()));
    let came_in = doors.verify_token("GW-1", token.reveal(), noon()).unwrap();
    assert_eq!(came_in.gateway.enterprise, code(OWN));
    let changed = format!("{}x", &token.reveal()[..63]);
    for (gateway, secret) in [
        ("GW-2", token.reveal()),
        ("GW-3", token.reveal()),
        ("", token.reveal()),
        ("GW-1", changed.as_str()),
        ("GW-1", &token.reveal()[..63]),
        ("GW-1", ""),
    ] {
        let came_in = doors.verify_token(gateway, secret, noon());
        assert!(came_in.is_none(), "{gateway} came in with {secret}");
    }
}

#[tokio::test]
async fn a_rotation_leaves_two_tokens_and_a_revocation_none() {
    let directory = tempfile::tempdir().unwrap();
    let time = clock();
    let registry = opened(directory.path(), &time).await;
    let local = Principal::local();
    let doors = registry.directory();
    let valid = |token: &str, at| doors.verify_token("GW-1", token, at).is_some();
    let gateway = id("GW-1");
    let first = registry
        .add_gateway(&local, &gateway, &code(OWN))
        .await
        .unwrap();
    let by_first = doors.verify_token("GW-1", first.reveal(), noon()).unwrap();
    let second = registry.rotate_gateway(&local, &gateway).await.unwrap();
    assert!(valid(first.reveal(), noon()) && valid(second.reveal(), noon()));
    let later = noon().plus_ms(7 * 86_400_000);
    assert!(!valid(first.reveal(), later) && valid(second.reveal(), later));
    assert!(doors.holds(&by_first, noon()) && !doors.holds(&by_first, later));
    let third = registry.rotate_gateway(&local, &gateway).await.unwrap();
    assert!(!valid(first.reveal(), noon()), "three tokens count at once");
    assert!(valid(second.reveal(), noon()) && valid(third.reveal(), noon()));

    let mut changes = doors.changes();
    let by_third = doors.verify_token("GW-1", third.reveal(), noon()).unwrap();
    let by_certificate = doors.admit_certificate("GW-1").unwrap();
    registry.revoke_gateway(&local, &gateway).await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(5), changes.next()).await;
    assert!(heard.unwrap());
    assert!(!doors.holds(&by_third, noon()) && !doors.holds(&by_certificate, noon()));
    assert!(!valid(third.reveal(), noon()) && doors.admit_certificate("GW-1").is_none());
    let page = registry.list_gateways(&local, None, 10).await.unwrap();
    assert_eq!(page.entries[0].state, GatewayState::Revoked);
    assert!(
        doors.current().find_gateway("GW-1").is_some(),
        "ended is not deleted"
    );
    // Whose it is does not undo what was done to it; whoever gives keys does.
    let clerk = clerk_of(OWN);
    let refused = registry.rotate_gateway(&clerk, &gateway).await.unwrap_err();
    assert!(
        refused.to_string().contains("GW-1 was revoked"),
        "{refused}"
    );
    assert!(doors.admit_certificate("GW-1").is_none());
    let fourth = registry.rotate_gateway(&local, &gateway).await.unwrap();
    assert!(valid(fourth.reveal(), noon()));
    assert!(registry.rotate_gateway(&clerk, &gateway).await.is_ok());
}

#[tokio::test]
async fn tokens_survive_a_restart_and_need_their_key() {
    let directory = tempfile::tempdir().unwrap();
    let time = clock();
    let registry = opened(directory.path(), &time).await;
    let local = Principal::local();
    let token = registry
        .add_gateway(&local, &id("GW-1"), &code(OWN))
        .await
        .unwrap();
    registry.close().await;
    let registry = open(directory.path(), &time).await.unwrap();
    assert!(
        registry
            .directory()
            .verify_token("GW-1", token.reveal(), noon())
            .is_some()
    );
    registry.close().await;
    let database = std::fs::read(directory.path().join("registry.db")).unwrap();
    let shown = token.reveal().as_bytes();
    assert!(!database.windows(shown.len()).any(|window| window == shown));

    let key = directory.path().join("token.key");
    assert_eq!(
        std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = open(directory.path(), &time).await.unwrap_err().to_string();
    assert!(refused.contains("chmod 600"), "{refused}");
    std::fs::remove_file(&key).unwrap();
    let refused = open(directory.path(), &time).await.unwrap_err().to_string();
    assert!(refused.contains("missing"), "{refused}");
}

#[tokio::test]
async fn not_yours_is_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let registry = opened(directory.path(), &clock()).await;
    let local = Principal::local();
    for (gateway, enterprise) in [("GW-1", OWN), ("GW-2", OTHER)] {
        let added = registry
            .add_gateway(&local, &id(gateway), &code(enterprise))
            .await;
        added.unwrap();
    }
    let clerk = clerk_of(OWN);
    registry.rotate_gateway(&clerk, &id("GW-1")).await.unwrap();
    let foreign = registry
        .rotate_gateway(&clerk, &id("GW-2"))
        .await
        .unwrap_err();
    let absent = registry
        .rotate_gateway(&clerk, &id("GW-9"))
        .await
        .unwrap_err();
    assert_eq!(
        foreign.to_string().replace("GW-2", "GW-9"),
        absent.to_string()
    );
    let page = registry.list_gateways(&clerk, None, 10).await.unwrap();
    let seen: Vec<_> = page
        .entries
        .iter()
        .map(|entry| entry.gateway.as_str())
        .collect();
    assert_eq!(seen, ["GW-1"]);
    let added = registry.add_gateway(&clerk, &id("GW-3"), &code(OWN)).await;
    assert!(matches!(added, Err(RegistryFault::NotYours)));
    let log = registry.list_audit(&local, None, 10).await.unwrap();
    let told = |entry: &parkpulse::store::registry::AuditEntry| {
        format!(
            "{} {} {} {}",
            entry.who, entry.action, entry.object, entry.result
        )
    };
    let lines: Vec<_> = log.entries.iter().map(told).collect();
    assert_eq!(
        lines,
        [
            "clerk gateway.add GW-3 refused",
            "clerk gateway.rotate GW-9 refused",
            "clerk gateway.rotate GW-2 refused",
            "clerk gateway.rotate GW-1 done",
            "local gateway.add GW-2 done",
            "local gateway.add GW-1 done",
        ]
    );
    let own = registry.list_audit(&clerk, None, 10).await.unwrap();
    assert_eq!(own.entries.len(), 4);
}

#[tokio::test]
async fn gateways_come_in_pages_and_ids_are_given_once() {
    let directory = tempfile::tempdir().unwrap();
    let registry = opened(directory.path(), &clock()).await;
    let local = Principal::local();
    for number in 1..=5 {
        let gateway = id(&format!("GW-{number}"));
        registry
            .add_gateway(&local, &gateway, &code(OWN))
            .await
            .unwrap();
    }
    let twice = registry.add_gateway(&local, &id("GW-5"), &code(OWN)).await;
    assert!(matches!(twice, Err(RegistryFault::GatewayTaken(_))));
    let stranger = code("91320583MA1TEXT03");
    let unknown = registry.add_gateway(&local, &id("GW-6"), &stranger).await;
    assert!(matches!(unknown, Err(RegistryFault::NoSuchEnterprise(_))));
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = registry
            .list_gateways(&local, after.as_ref(), 2)
            .await
            .unwrap();
        seen.extend(
            page.entries
                .into_iter()
                .map(|entry| entry.gateway.to_string()),
        );
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["GW-1", "GW-2", "GW-3", "GW-4", "GW-5"]);
    let roster = registry.directory().current();
    let numbers: Vec<_> = roster
        .gateways()
        .map(|gateway| gateway.number.get())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn sessions_survive_a_restart_and_the_ninth_takes_the_oldest_place() {
    let directory = tempfile::tempdir().unwrap();
    let time = clock();
    let registry = opened(directory.path(), &time).await;
    let local = Principal::local();
    registry
        .add_gateway(&local, &id("GW-1"), &code(OWN))
        .await
        .unwrap();
    let gateway = GatewayNo::new(1);
    let granted = vec![Subscription {
        filter: "parkpulse/v1/X/GW-1/receipts".into(),
        qos: 1,
    }];
    for number in 0..=SESSIONS_PER_GATEWAY {
        let client = format!("GW-1/{number}");
        let at = noon().plus_ms(i64::from(number));
        registry
            .keep_session(gateway, &client, &granted, at)
            .await
            .unwrap();
    }
    registry.close().await;
    let registry = open(directory.path(), &time).await.unwrap();
    let resume = |client: &'static str, at| registry.resume_session(gateway, client, at);
    assert_eq!(resume("GW-1/0", noon()).await.unwrap(), None);
    assert_eq!(
        resume("GW-1/8", noon()).await.unwrap(),
        Some(granted.clone())
    );
    registry
        .keep_session(gateway, "GW-1/8", &[], noon())
        .await
        .unwrap();
    assert_eq!(resume("GW-1/8", noon()).await.unwrap(), Some(Vec::new()));
    let end = noon().plus_ms(1_000);
    registry
        .expire_session(gateway, "GW-1/7", Some(end))
        .await
        .unwrap();
    assert_eq!(resume("GW-1/7", end).await.unwrap(), None);
    registry.forget_session(gateway, "GW-1/6").await.unwrap();
    assert_eq!(resume("GW-1/6", noon()).await.unwrap(), None);
    assert_eq!(resume("GW-1/5", noon()).await.unwrap(), Some(granted));
}

#[tokio::test]
async fn a_file_from_the_future_and_a_foreign_file_are_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path(), &clock()).await.close().await;
    let file = rusqlite::Connection::open(directory.path().join("registry.db")).unwrap();
    let sql = "INSERT INTO registry_format VALUES (9000, 0)";
    file.execute(sql, []).unwrap();
    let refused = open(directory.path(), &clock())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("registry.db is from the future"),
        "{refused}"
    );
    assert!(refused.contains("9000"), "{refused}");

    let directory = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(directory.path().join("registry.db")).unwrap();
    file.execute("CREATE TABLE recipes (name)", []).unwrap();
    drop(file);
    let refused = open(directory.path(), &clock())
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("not a parkpulse registry"), "{refused}");
}
