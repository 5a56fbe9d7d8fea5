//! What people sign in with, without a door: offices, passwords, second factors, sessions. What is
//! done to an account meanwhile is in `people_meanwhile`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::password::{Profile, Weak};
use parkpulse::access::{AccountName, Office, Parks, Principal, Role, totp};
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::store::registry::{
    Account, HashCost, Instead, NewPerson, Registry, RegistryFault, SessionTerms, Settings, Stage,
    Token,
};

use crate::stage::unbase32;

const TERMS: SessionTerms = SessionTerms {
    idle: Duration::from_mins(30),
    whole: Duration::from_hours(12),
};

pub(crate) fn noon() -> Moment {
    "2026-11-22T12:00:00+08:00".parse().unwrap()
}

pub(crate) fn account(text: &str) -> AccountName {
    text.parse().unwrap()
}

pub(crate) fn minutes(count: i64) -> i64 {
    count * 60_000
}

pub(crate) async fn opened(directory: &Path, clock: &Arc<ClockAt>) -> Registry {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Registry::open(Settings::of(directory.to_owned()), clock)
        .await
        .unwrap()
}

/// Adds somebody and gives their number and principal.
pub(crate) async fn added(registry: &Registry, name: &str, office: Office) -> (i64, Principal) {
    let person = NewPerson {
        account: account(name),
        name: name.parse().unwrap(),
        office,
        until: None,
    };
    let hash = registry.hash_password(HashCost::LEAST, "x").unwrap();
    let local = Principal::local();
    registry
        .add_person(&local, &person, Some(&hash))
        .await
        .unwrap();
    let found = registry.find_account(&account(name)).await.unwrap();
    let who = Principal {
        name: name.into(),
        role: Role::Bureau,
    };
    (found.unwrap().person, who)
}

/// The account as it is now.
pub(crate) async fn looked_at(registry: &Registry, name: &str) -> Account {
    let found = registry.find_account(&account(name)).await.unwrap();
    found.unwrap()
}

/// A session of whoever that is.
pub(crate) async fn begun(registry: &Registry, who: &Principal, stage: Stage) -> Token {
    let account = looked_at(registry, &who.name).await;
    let begun = registry.begin_browser_session(who, &account, stage, Instead::OfAny(None));
    begun.await.unwrap()
}

#[test]
fn codes_are_those_of_rfc_6238() {
    let secret = b"12345678901234567890";
    let table = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000_i64, "65353130"),
    ];
    for (second, code) in table {
        let step = totp::step_at(Moment::from_unix_ms(second * 1000));
        assert_eq!(totp::code(secret, step, 8), code, "{second}");
        assert_eq!(totp::code(secret, step, 6), code[2..], "{second}");
    }
    assert_eq!(totp::base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(unbase32(&totp::base32(secret)), secret);
}

#[test]
fn a_code_counts_in_its_step_and_the_two_beside_it_and_never_again() {
    let secret = b"12345678901234567890";
    let step = totp::step_at(noon());
    let find = |at: i64, used: i64| {
        let code = totp::code(secret, at, 6);
        totp::find_step(secret, &code, noon(), used)
    };
    for (at, used, found) in [
        (step, 0, Some(step)),
        (step - 1, 0, Some(step - 1)),
        (step + 1, 0, Some(step + 1)),
        (step - 2, 0, None),
        (step + 2, 0, None),
        (step, step, None),
        (step - 1, step, None),
        (step + 1, step, Some(step + 1)),
    ] {
        assert_eq!(find(at, used), found, "{} after {}", at - step, used - step);
    }
    for nonsense in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
        assert_eq!(totp::find_step(secret, nonsense, noon(), 0), None);
    }
}

#[test]
fn passwords_are_judged_by_profile() {
    use Profile::{Asvs5, Dengbao3};
    let who = account("wang.wei");
    let table: &[(Profile, &str, Option<&str>)] = &[
        (Dengbao3, "Regen fällt 47 mal", None),
        (Dengbao3, "gK7#mQ2pLx", None),
        (Dengbao3, "gK7#mQ2pL", Some("short")),
        (Dengbao3, "correct horse battery", Some("plain")),
        (Dengbao3, "Passw0rd2027!", Some("common")),
        (Dengbao3, "P@ssw0rd123456", Some("common")),
        (Dengbao3, "Qwertyuiop123!", Some("common")),
        (Dengbao3, "1qaz@WSX3edc", Some("common")),
        (Dengbao3, "Admin@123456", Some("common")),
        (Dengbao3, "Huawei@12345", Some("common")),
        (Dengbao3, "Aa111111111!", Some("common")),
        (Dengbao3, "AbcAbcAbc123!", Some("common")),
        (Dengbao3, "Wang.Wei+gK7#mQ2", Some("telling")),
        (Dengbao3, "parkPulse+gK7#mQ2", Some("telling")),
        (Asvs5, "correct horse battery staple", None),
        (Asvs5, "乌鸦在第七根电线杆上数星星", None),
        (Asvs5, "gK7#mQ2pLx", Some("short")),
        (Asvs5, "password123456", Some("common")),
        (Asvs5, "woaini5201314", Some("common")),
    ];
    for (profile, password, why) in table {
        let judged = profile.check(password, &who).map_err(Weak::as_str);
        assert_eq!(judged.err(), *why, "{profile:?} {password}");
    }
    let long = "aB3 ".repeat(40);
    assert_eq!(Dengbao3.check(&long, &who), Err(Weak::Long));
}

#[test]
fn nobody_is_two_of_the_three_administrators_or_anything_beside() {
    let office = |role: &str, scope: &str| Office::read(role, scope).unwrap();
    let all = [
        office("sys", ""),
        office("sec", ""),
        office("aud", ""),
        office("bureau", ""),
        office("operator", "p1"),
        office("operator", "*"),
        office("kiosk", "p1"),
        office("enterprise", "91320583MA1N0X0X1M"),
    ];
    for one in &all {
        for other in &all {
            let both = one.role() == "operator" && other.role() == "operator";
            assert_eq!(one.goes_with(other), both || one == other, "{one} {other}");
        }
        assert_eq!(one.demands_second_factor(), one.role() != "enterprise");
        assert_eq!(Office::read(one.role(), one.scope()).as_ref(), Ok(one));
    }
    for (role, scope) in [
        ("sys", "p1"),
        ("machine", ""),
        ("operator", ""),
        ("public", ""),
    ] {
        assert!(Office::read(role, scope).is_err(), "{role} {scope}");
    }
    let parks = ["p1".parse().unwrap(), "p2".parse().unwrap()];
    let operator = Office::role_of(&[Office::Operator(Parks::All)], &parks);
    assert_eq!(operator, Role::Operator(parks.to_vec()));
    assert_eq!(Office::role_of(&[], &parks), Role::Public);
}

#[tokio::test]
async fn offices_that_do_not_go_together_are_refused_and_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    added(&registry, "anna", Office::AdminSystem).await;
    let local = Principal::local();
    let wanted = Office::AdminAudit;
    let anna = account("anna");
    let refused = registry.grant_office(&local, &anna, &wanted, None);
    assert!(matches!(
        refused.await,
        Err(RegistryFault::OfficesClash { .. })
    ));
    let log = registry.list_audit(&local, None, 1).await.unwrap();
    let last = &log.entries[0];
    let told = (last.action.as_str(), last.result.as_str());
    assert_eq!(told, ("grant.add", "refused"));
    // Ended first, it goes.
    let ended = registry.end_office(&local, &anna, &Office::AdminSystem);
    ended.await.unwrap();
    clock.set(noon().plus_ms(1));
    let granted = registry.grant_office(&local, &anna, &wanted, None);
    granted.await.unwrap();
    let found = registry.find_account(&account("anna")).await.unwrap();
    assert_eq!(found.unwrap().offices, [wanted]);
    // What is not registered is no scope, and nobody but who gives keys gives any.
    let nowhere = Office::read("kiosk", "p9").unwrap();
    let person = NewPerson {
        account: account("berta"),
        name: "b".parse().unwrap(),
        office: nowhere,
        until: None,
    };
    let refused = registry.add_person(&local, &person, None).await;
    assert!(matches!(refused, Err(RegistryFault::NoSuchScope(_))));
    let sys = Principal {
        name: "carla".into(),
        role: Role::AdminSystem,
    };
    let refused = registry.end_person(&sys, &account("anna")).await;
    assert!(matches!(refused, Err(RegistryFault::NotYours)));
    let herself = Principal {
        name: "anna".into(),
        role: Role::AdminSecurity,
    };
    let refused = registry.end_person(&herself, &account("anna")).await;
    assert!(matches!(refused, Err(RegistryFault::NotYours)));
}

#[tokio::test]
async fn a_session_ends_unused_or_old_or_when_the_clock_is_set_back() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    let (_, who) = added(&registry, "anna", Office::Bureau).await;
    let begin = async |stage| {
        clock.set(noon());
        begun(&registry, &who, stage).await
    };
    // Looked at after these minutes, one after the other: whether it is there at the last.
    let table: &[(Stage, &[i64], bool)] = &[
        (Stage::Full, &[29], true),
        (Stage::Full, &[30], false),
        (Stage::Full, &[20, 49], true),
        (Stage::Full, &[20, 51], false),
        (Stage::Full, &[-4], true),
        (Stage::Full, &[-6], false),
        (Stage::Code, &[9], true),
        (Stage::Code, &[10], false),
    ];
    for (stage, looks, there) in table {
        let token = begin(*stage).await;
        let mut last = None;
        for look in *looks {
            clock.set(noon().plus_ms(minutes(*look)));
            let found = registry.find_browser_session(token.reveal(), TERMS).await;
            last = found.unwrap();
        }
        assert_eq!(last.is_some(), *there, "{stage:?} {looks:?}");
    }
    // A look is no use: a line that stays open does not keep a session.
    for (looks, there) in [(&[20, 29][..], true), (&[20, 31], false)] {
        let token = begin(Stage::Full).await;
        let mut last = None;
        for look in looks {
            clock.set(noon().plus_ms(minutes(*look)));
            let found = registry.look_at_browser_session(token.reveal(), TERMS);
            last = found.await.unwrap();
        }
        assert_eq!(last.is_some(), there, "{looks:?}");
    }
    // Used every 20 minutes it still ends after 12 hours, and does not come back with the clock.
    let token = begin(Stage::Full).await;
    for round in 1..=36 {
        clock.set(noon().plus_ms(minutes(20 * round)));
        let found = registry.find_browser_session(token.reveal(), TERMS).await;
        assert_eq!(found.unwrap().is_some(), round < 36, "{round}");
    }
    clock.set(noon());
    let found = registry.find_browser_session(token.reveal(), TERMS).await;
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn of_two_who_come_with_the_last_recovery_code_one_comes_in() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    let (person, who) = added(&registry, "anna", Office::Bureau).await;
    let session = begun(&registry, &who, Stage::Enrol).await;
    let session = session.reveal();
    let begun = registry.begin_factor(&who, person).await.unwrap();
    let secret = unbase32(begun.secret.reveal());
    let code = totp::code(&secret, totp::step_at(noon()), 6);
    let wrong = registry.confirm_factor(&who, person, session, "000000");
    assert!(wrong.await.unwrap().is_none() || code == "000000");
    let codes = registry.confirm_factor(&who, person, session, &code).await;
    let codes = codes.unwrap().unwrap();
    assert_eq!(codes.len(), 10);
    assert!(
        !registry.use_code(person, &code).await.unwrap(),
        "the code that confirmed was used"
    );
    for code in &codes[..9] {
        assert!(registry.use_code(person, code.reveal()).await.unwrap());
        assert!(!registry.use_code(person, code.reveal()).await.unwrap());
    }
    let last = codes[9].reveal().to_lowercase();
    let tries = (0..8).map(|_| {
        let (registry, last) = (registry.clone(), last.clone());
        tokio::spawn(async move { registry.use_code(person, &last).await.unwrap() })
    });
    let mut right = 0;
    for one in tries.collect::<Vec<_>>() {
        right += u32::from(one.await.unwrap());
    }
    assert_eq!(right, 1);
    assert_eq!(registry.recovery_codes_left(person).await.unwrap(), 0);
    // Nothing of it lies readable on disk.
    registry.close().await;
    let database = std::fs::read(directory.path().join("registry.db")).unwrap();
    for planted in [begun.secret.reveal().as_bytes(), &secret, last.as_bytes()] {
        let is_there = database.windows(planted.len()).any(|part| part == planted);
        assert!(!is_there);
    }
}

#[tokio::test]
async fn a_setup_code_counts_once_and_only_the_last() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    let old = registry.make_setup_code().await.unwrap().unwrap();
    let code = registry.make_setup_code().await.unwrap().unwrap();
    let hash = registry.hash_password(HashCost::LEAST, "x").unwrap();
    let first = |name: &str| NewPerson {
        account: account(name),
        name: "a".parse().unwrap(),
        office: Office::AdminSecurity,
        until: None,
    };
    let by_old = registry.set_up(old.reveal(), &first("old"), &hash).await;
    assert!(by_old.unwrap().is_none());
    let tries = ["one", "two", "three"].map(|name| {
        let (registry, hash) = (registry.clone(), hash.clone());
        let (code, person) = (code.reveal().to_owned(), first(name));
        tokio::spawn(async move { registry.set_up(&code, &person, &hash).await.unwrap() })
    });
    let mut came = 0;
    for one in tries {
        came += u32::from(one.await.unwrap().is_some());
    }
    assert_eq!(came, 1);
    assert!(registry.make_setup_code().await.unwrap().is_none());
}
