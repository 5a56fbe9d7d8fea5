//! The table of rights (contract.md 6): who may do what to whose.

use parkpulse::access::{Action, Decision, Matter, Object, Principal, Role, Scope, may, scope};
use parkpulse::park::{EnterpriseCode, ParkId};

use crate::import::code;

const R: Option<bool> = Some(false);
const W: Option<bool> = Some(true);
const N: Option<bool> = None;

/// Own enterprise, other enterprise, public, operator here, operator elsewhere, kiosk here,
/// bureau, sys, sec, aud: nothing, read, or read and write.
type Row = (Matter, [Option<bool>; 10]);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                   own oth pub her els kio bur sys sec aud
    (Matter::Series,     [R, N, N, R, N, R, R, N, N, N]),
    (Matter::Output,     [W, N, N, N, N, N, R, N, N, N]),
    (Matter::Tax,        [R, N, N, N, N, N, R, N, N, N]),
    (Matter::Safety,     [R, N, N, W, N, R, R, N, N, N]),
    (Matter::Land,       [R, N, N, R, N, R, W, N, N, N]),
    (Matter::Outline,    [R, R, R, R, R, R, W, N, N, N]),
    (Matter::HeatCell,   [R, N, N, R, N, R, R, N, N, N]),
    (Matter::ParkTotals, [R, N, N, R, R, R, R, N, N, N]),
    (Matter::Grade,      [R, R, R, R, R, R, R, N, N, N]),
    (Matter::Score,      [R, N, N, N, N, N, R, N, N, N]),
    (Matter::DepartmentFile, [N, N, N, N, N, N, W, N, N, N]),
    (Matter::LedgerCheck, [W, N, N, R, N, R, R, N, N, N]),
    (Matter::Aside,      [W, N, N, W, N, R, N, N, N, N]),
    (Matter::Users,      [N, N, N, N, N, N, N, N, W, N]),
    (Matter::Staff,      [N, N, N, R, N, R, R, N, N, N]),
    (Matter::Proposal,   [N, N, N, N, N, N, N, W, W, W]),
    (Matter::Keys,       [W, N, N, N, N, N, N, N, W, N]),
    (Matter::Config,     [N, N, N, N, N, N, N, W, N, N]),
    (Matter::Log,        [N, N, N, N, N, N, N, N, N, R]),
    (Matter::StaffLog,   [R, N, N, R, N, R, R, N, N, R]),
];

fn roles(own: &EnterpriseCode, here: &ParkId) -> [Role; 10] {
    [
        Role::Enterprise(own.clone()),
        Role::Enterprise(code(9)),
        Role::Public,
        Role::Operator(vec!["P7".parse().unwrap(), here.clone()]),
        Role::Operator(vec!["P7".parse().unwrap()]),
        Role::Kiosk(here.clone()),
        Role::Bureau,
        Role::AdminSystem,
        Role::AdminSecurity,
        Role::AdminAudit,
    ]
}

fn principal(role: Role) -> Principal {
    Principal {
        name: "somebody".into(),
        role,
    }
}

#[test]
fn everybody_may_what_the_table_says_and_no_more() {
    let (own, here) = (code(1), "P1".parse().unwrap());
    for (matter, cells) in TABLE {
        let object = Object {
            matter: *matter,
            enterprise: Some(&own),
            park: Some(&here),
        };
        for (role, cell) in roles(&own, &here).into_iter().zip(cells) {
            let who = principal(role);
            let reads = may(&who, Action::Read, &object).is_allowed();
            let writes = may(&who, Action::Write, &object).is_allowed();
            let expected = (cell.is_some(), *cell == W);
            assert_eq!((reads, writes), expected, "{matter:?} for {:?}", who.role);
        }
    }
}

#[test]
fn the_bureau_reads_tax_into_the_log_and_the_machine_everything() {
    let own = code(1);
    let object = |matter| Object {
        matter,
        enterprise: Some(&own),
        park: None,
    };
    let bureau = principal(Role::Bureau);
    let tax = may(&bureau, Action::Read, &object(Matter::Tax));
    assert_eq!(tax, Decision::AllowedLogged);
    let series = may(&bureau, Action::Read, &object(Matter::Series));
    assert_eq!(series, Decision::Allowed);
    let local = Principal::local();
    let keys = may(&local, Action::Write, &object(Matter::Keys));
    assert_eq!(keys, Decision::AllowedLogged);
}

#[test]
fn a_query_finds_own_rows_only() {
    let own = code(1);
    let here: ParkId = "P1".parse().unwrap();
    let clerk = principal(Role::Enterprise(own.clone()));
    let found = scope(&clerk, Action::Read, Matter::Series);
    assert_eq!(found, Scope::Enterprise(own));
    let operator = principal(Role::Operator(vec![here.clone()]));
    let found = scope(&operator, Action::Read, Matter::Land);
    assert_eq!(found, Scope::Parks(vec![here]));
    let found = scope(&operator, Action::Read, Matter::Outline);
    assert_eq!(found, Scope::Everything);
    let public = principal(Role::Public);
    assert_eq!(scope(&public, Action::Read, Matter::Land), Scope::Nothing);
}

#[test]
fn what_belongs_to_nobody_and_stands_nowhere_is_for_those_who_see_everything() {
    let (own, here) = (code(1), "P1".parse().unwrap());
    for (role, own_scope) in [
        (Role::Enterprise(own.clone()), Matter::Series),
        (Role::Operator(vec![here]), Matter::Series),
        (Role::Kiosk("P1".parse().unwrap()), Matter::HeatCell),
    ] {
        let object = Object {
            matter: own_scope,
            enterprise: None,
            park: None,
        };
        let who = principal(role);
        let decision = may(&who, Action::Read, &object);
        assert_eq!(decision, Decision::NotThere, "{:?}", who.role);
    }
    let clerk = principal(Role::Enterprise(own.clone()));
    assert!(clerk.may_read_series(&own, &"P1".parse().unwrap()));
    assert!(!clerk.may_read_series(&code(2), &"P1".parse().unwrap()));
    let operator = principal(Role::Operator(vec!["P2".parse().unwrap()]));
    assert!(operator.may_read_series(&own, &"P2".parse().unwrap()));
    assert!(!operator.may_read_series(&own, &"P1".parse().unwrap()));
}
