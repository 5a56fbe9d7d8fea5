//! Which sums and values are shown to whom (contract.md 6, screens.md 6): tables, and for hidden
//! groups every difference that anybody could make.

use std::collections::BTreeMap;

use parkpulse::access::{
    Detail, Matter, Principal, Role, detail, may_disclose, may_disclose_beside,
    may_disclose_to_members, may_disclose_total, most_detail,
};
use parkpulse::park::{EnterpriseCode, ParkId};
use parkpulse::units::Exact;
use proptest::prelude::*;

use crate::import::code;

fn amounts(numbers: &[i64]) -> Vec<Exact> {
    numbers.iter().map(|number| Exact::whole(*number)).collect()
}

#[test]
fn a_layer_shows_the_value_the_band_or_nothing() {
    use Detail::{Band, Nothing, Value};
    let (own, here): (EnterpriseCode, ParkId) = (code(1), "P1".parse().unwrap());
    let elsewhere: ParkId = "P2".parse().unwrap();
    let roles = [
        Role::Enterprise(own.clone()),
        Role::Enterprise(code(9)),
        Role::Public,
        Role::Operator(vec![here.clone()]),
        Role::Operator(vec![elsewhere]),
        Role::Kiosk(here.clone()),
        Role::Bureau,
        Role::AdminSystem,
    ];
    #[rustfmt::skip]
    let table: [(&[Matter], [Detail; 8]); 4] = [
        //                                 own    other    public   here   else     kiosk  bureau sys
        (&[],                             [Value, Nothing, Nothing, Value, Nothing, Value, Value, Nothing]),
        (&[Matter::Output],               [Value, Nothing, Nothing, Band, Nothing, Band, Value, Nothing]),
        (&[Matter::Tax],                  [Value, Nothing, Nothing, Nothing, Nothing, Nothing, Value, Nothing]),
        (&[Matter::Output, Matter::Tax],  [Value, Nothing, Nothing, Nothing, Nothing, Nothing, Value, Nothing]),
    ];
    for (touched, expected) in table {
        for (role, expected) in roles.iter().zip(expected) {
            let who = Principal {
                name: "somebody".into(),
                role: role.clone(),
            };
            assert_eq!(
                detail(&who, touched, &own, &here),
                expected,
                "{role:?} {touched:?}"
            );
            assert!(
                most_detail(&who, touched) >= expected,
                "{role:?} {touched:?}"
            );
        }
        let operator = Principal {
            name: "somebody".into(),
            role: Role::Operator(vec![here.clone()]),
        };
        assert_eq!(most_detail(&operator, touched), expected[3], "{touched:?}");
    }
}

#[test]
fn a_sum_beside_what_one_knows_must_not_tell_of_a_single_enterprise() {
    #[rustfmt::skip]
    let table: &[(&[(i64, bool)], bool)] = &[
        // Three and more, none above 80 %.
        (&[(5, false), (5, false), (5, false)], true),
        (&[(5, false), (5, false)], false),
        (&[(81, false), (10, false), (9, false)], false),
        (&[(80, false), (10, false), (10, false)], true),
        // One's own amount is known: the others must hold alone.
        (&[(5, true), (5, false), (5, false)], false),
        (&[(5, true), (5, false), (5, false), (5, false)], true),
        (&[(900, true), (80, false), (10, false), (10, false)], true),
        (&[(10, true), (90, false), (5, false), (5, false)], false),
        // Who knows all of them learns nothing.
        (&[(5, true), (7, true)], true),
        (&[], true),
    ];
    for (parts, expected) in table {
        let parts: Vec<_> = parts
            .iter()
            .map(|(n, seen)| (Exact::whole(*n), *seen))
            .collect();
        assert_eq!(may_disclose_beside(&parts), *expected, "{parts:?}");
    }
}

#[test]
fn a_total_must_not_tell_of_a_group_that_is_not_shown_alone() {
    #[rustfmt::skip]
    let table: &[(&[&[i64]], bool)] = &[
        (&[&[4, 5, 6], &[7, 8, 9]], true),
        // The total less the first is the second: two enterprises.
        (&[&[40, 50, 60], &[7, 8]], false),
        // Two groups that are not shown alone are four enterprises together.
        (&[&[40, 50, 60], &[7, 8], &[9, 6]], true),
        // One that outweighs whatever is hidden with it.
        (&[&[400], &[10, 20, 20], &[50, 60, 70]], false),
        // Nobody in a group: nothing to hide.
        (&[&[], &[4, 5, 6]], true),
        (&[&[1], &[2]], false),
        (&[&[1], &[2], &[3]], true),
        (&[], true),
    ];
    for (groups, expected) in table {
        let groups: Vec<Vec<(Exact, bool)>> = groups.iter().map(|group| unseen(group)).collect();
        assert_eq!(may_disclose_total(&apart(&groups)), *expected, "{groups:?}");
    }
    // What one sees anyway is no secret.
    let seen = vec![(Exact::whole(7), true), (Exact::whole(8), true)];
    let groups = apart(&[unseen(&[40, 50, 60]), seen]);
    assert!(may_disclose_total(&groups));
}

/// Two enterprises of which one has land in both parks are two, not three.
#[test]
fn whoever_has_a_part_in_several_groups_is_counted_once() {
    let part = |who: &'static str, amount| (who, (Exact::whole(amount), false));
    let one = BTreeMap::from([part("a", 40), part("b", 50)]);
    let other = BTreeMap::from([part("a", 60)]);
    assert!(!may_disclose_total(&[one.clone(), other]));
    let other = BTreeMap::from([part("c", 60)]);
    assert!(may_disclose_total(&[one, other]));
    // More than 80 % of it in parts that each are less.
    let one = BTreeMap::from([part("a", 45), part("b", 5), part("c", 5)]);
    let other = BTreeMap::from([part("a", 45), part("d", 5), part("e", 5)]);
    assert!(!may_disclose_total(&[one, other]));
}

/// Groups of which no two have a member in common.
fn apart(groups: &[Vec<(Exact, bool)>]) -> Vec<BTreeMap<(usize, usize), (Exact, bool)>> {
    let own = |(number, group): (usize, &Vec<(Exact, bool)>)| {
        let members = group.iter().cloned().enumerate();
        members
            .map(|(member, part)| ((number, member), part))
            .collect()
    };
    groups.iter().enumerate().map(own).collect()
}

fn unseen(numbers: &[i64]) -> Vec<(Exact, bool)> {
    numbers.iter().map(|n| (Exact::whole(*n), false)).collect()
}

#[test]
fn a_sum_told_to_its_members_must_not_tell_them_of_each_other() {
    #[rustfmt::skip]
    let table: &[(&[i64], bool)] = &[
        (&[5, 5, 5, 5], true),
        (&[40, 30, 20, 10], true),
        (&[60, 20, 20, 20], true),
        (&[5, 5, 5], false),
        (&[], false),
        // For the second largest the rest is more than 80 % one other.
        (&[100, 20, 10, 10], false),
        (&[100, 90, 10, 10], false),
        (&[-100, 90, 10, 10], false),
        // For the largest, too.
        (&[100, 90, 11, 11], false),
        (&[100, 90, 80, 10], true),
    ];
    for (parts, expected) in table {
        assert_eq!(
            may_disclose_to_members(&amounts(parts)),
            *expected,
            "{parts:?}"
        );
        // The same by trying every member.
        let each = (0..parts.len()).all(|own| {
            let mut rest = amounts(parts);
            rest.remove(own);
            may_disclose(&rest)
        });
        assert_eq!(each && !parts.is_empty(), *expected, "{parts:?}");
    }
}

proptest! {
    /// Every difference of what is shown may be shown itself: of the total and any of the groups
    /// that are shown alone.
    #[test]
    fn no_difference_of_what_is_shown_tells_more(
        numbers in prop::collection::vec(prop::collection::vec(0_i64..1000, 0..6), 0..7),
    ) {
        let groups: Vec<Vec<(Exact, bool)>> = numbers.iter().map(|group| unseen(group)).collect();
        if may_disclose_total(&apart(&groups)) {
            let shown = groups.iter().filter(|group| may_disclose_beside(group));
            let shown: Vec<Exact> = shown.flatten().map(|(one, _)| one.clone()).collect();
            let hidden = groups.iter().filter(|group| !may_disclose_beside(group));
            let hidden: Vec<Exact> = hidden.flatten().map(|(one, _)| one.clone()).collect();
            prop_assert!(hidden.is_empty() || may_disclose(&hidden));
            let all: Vec<Exact> = shown.into_iter().chain(hidden).collect();
            prop_assert!(all.is_empty() || may_disclose(&all));
        }
    }

    /// Whoever takes away the own part is left with a sum that may be shown.
    #[test]
    fn members_learn_nothing_of_each_other(parts in prop::collection::vec(-50_i64..1000, 0..7)) {
        let told = may_disclose_to_members(&amounts(&parts));
        let each = (0..parts.len()).all(|own| {
            let mut rest = amounts(&parts);
            rest.remove(own);
            may_disclose(&rest)
        });
        prop_assert_eq!(told, each && !parts.is_empty());
    }
}
