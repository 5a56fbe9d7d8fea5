//! An account that is changed while somebody signs in to it, or holds a token of it.

use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::{Office, Parks, Principal, Role, totp};
use parkpulse::calendar::ClockAt;
use parkpulse::store::registry::{
    HashCost, Instead, NewPerson, Registry, RegistryFault, Settled, Stage,
};

use crate::people::{account, added, begun, looked_at, minutes, noon, opened};
use crate::stage::unbase32;

/// What may be done to an account while somebody signs in to it.
const CHANGES: [&str; 6] = ["reset", "end", "grant", "end_office", "password", "factor"];

async fn changed(registry: &Registry, who: &Principal, person: i64, what: &str) {
    let (local, name) = (Principal::local(), account(&who.name));
    let hash = registry.hash_password(HashCost::LEAST, "y").unwrap();
    let all = Office::Operator(Parks::All);
    match what {
        "reset" => registry.reset_person(&local, &name, &hash).await.map(drop),
        "end" => registry.end_person(&local, &name).await.map(drop),
        "grant" => registry
            .grant_office(&local, &name, &all, None)
            .await
            .map(drop),
        "end_office" => registry.end_office(&local, &name, &all).await.map(drop),
        "password" => {
            let session = begun(registry, who, Stage::Full).await;
            let changed = registry.change_password(who, person, session.reveal(), &hash);
            changed.await.map(drop)
        }
        "factor" => {
            let session = begun(registry, who, Stage::Full).await;
            let begun = registry.begin_factor(who, person).await.unwrap();
            let secret = unbase32(begun.secret.reveal());
            let code = totp::code(&secret, totp::step_at(registry.now()), 6);
            let confirmed = registry.confirm_factor(who, person, session.reveal(), &code);
            assert!(confirmed.await.unwrap().is_some());
            Ok(())
        }
        _ => Ok(()),
    }
    .unwrap();
}

#[tokio::test]
async fn whoever_is_on_the_way_in_while_the_account_is_changed_does_not_come_in() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    for (at, what) in (1..).zip(["nothing"].iter().chain(&CHANGES)) {
        clock.set(noon().plus_ms(minutes(at)));
        let name = format!("anna.{at}");
        let (person, who) = added(&registry, &name, Office::Operator(Parks::All)).await;
        let before = looked_at(&registry, &name).await;
        let step = begun(&registry, &who, Stage::Code).await;
        clock.set(noon().plus_ms(minutes(at) + 1));
        changed(&registry, &who, person, what).await;
        let is_same = *what == "nothing";
        // From the password, and from a step: with the account as it is now, too.
        let from_password =
            registry.begin_browser_session(&who, &before, Stage::Full, Instead::OfAny(None));
        assert_eq!(from_password.await.is_ok(), is_same, "{what}: password");
        let now = registry.find_account(&account(&name)).await.unwrap();
        let now = now.unwrap_or(before.clone());
        let instead = Instead::OfStep(step.reveal());
        let from_step = registry.begin_browser_session(&who, &now, Stage::Password, instead);
        let from_step = from_step.await;
        assert_eq!(from_step.is_ok(), is_same, "{what}: step");
        if let Err(refused) = from_step {
            assert!(matches!(refused, RegistryFault::SessionEnded), "{refused}");
        }
        // Neither a password nor a token comes out of a session that ended.
        let hash = registry.hash_password(HashCost::LEAST, "mine").unwrap();
        let mine = registry.change_password(&who, person, step.reveal(), &hash);
        assert!(
            matches!(mine.await, Err(RegistryFault::SessionEnded)),
            "{what}"
        );
        let (label, life) = ("x".parse().unwrap(), Duration::from_hours(1));
        let session = Some(step.reveal());
        let account = account(&name);
        let token = registry.add_api_token(&who, &account, &label, true, life, session);
        assert!(token.await.is_err(), "{what}");
        // Nor does the password that was compared come back under another cost.
        registry.renew_hash(&before, &hash).await.unwrap();
        if let Some(after) = registry.find_account(&account).await.unwrap() {
            let is_back = registry.is_password(&after.hash, "mine");
            let is_kept = after.password == before.password;
            assert_eq!(is_back, is_kept, "{what}: renewed");
            assert_eq!(is_kept, !["reset", "password"].contains(what), "{what}");
        }
    }
}

#[tokio::test]
async fn every_repair_of_an_account_ends_the_tokens_of_its_programs() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    let mut left = Vec::new();
    for (at, what) in (1..).zip(CHANGES) {
        clock.set(noon().plus_ms(minutes(at)));
        let name = format!("anna.{at}");
        let (person, who) = added(&registry, &name, Office::Operator(Parks::All)).await;
        let (label, life) = ("BI".parse().unwrap(), Duration::from_hours(1));
        let account = account(&name);
        let token = registry.add_api_token(&who, &account, &label, true, life, None);
        let (token, _) = token.await.unwrap();
        clock.set(noon().plus_ms(minutes(at) + 1));
        changed(&registry, &who, person, what).await;
        let found = registry.find_api_token(token.reveal()).await.unwrap();
        let listed = registry.list_api_tokens(&account).await.unwrap();
        assert_eq!(found.is_some(), !listed.is_empty(), "{what}");
        if found.is_some() {
            left.push(what);
        }
    }
    // Another telephone says nothing of what the programs hold.
    assert_eq!(left, ["factor"]);
}

#[tokio::test]
async fn an_office_whose_end_is_past_is_refused_and_not_a_failure() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ClockAt::new(noon()));
    let registry = opened(directory.path(), &clock).await;
    for (name, office) in [
        ("anna", Office::AdminSecurity),
        ("bert", Office::AdminAudit),
        ("carl", Office::AdminSystem),
    ] {
        added(&registry, name, office).await;
    }
    let of = |name: &str, role| Principal {
        name: name.into(),
        role,
    };
    let sec = of("anna", Role::AdminSecurity);
    let (until, dora) = (noon().plus_ms(minutes(60)), account("dora"));
    let person = NewPerson {
        account: dora.clone(),
        name: "d".parse().unwrap(),
        office: Office::AdminSystem,
        until: Some(until),
    };
    let asked = registry.add_person(&sec, &person, None).await.unwrap();
    let Settled::Waits(proposal) = asked else {
        panic!("{asked:?}");
    };
    clock.set(until);
    let late = registry
        .confirm_proposal(&of("bert", Role::AdminAudit), proposal.number, None)
        .await;
    assert!(matches!(late, Err(RegistryFault::UntilPast)), "{late:?}");
    let local = Principal::local();
    let late = registry.add_person(&local, &person, None).await;
    assert!(matches!(late, Err(RegistryFault::UntilPast)), "{late:?}");
}
