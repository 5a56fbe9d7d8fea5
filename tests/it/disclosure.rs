//! Which sums and values are shown to whom (contract.md 6, screens.md 6): tables, and for hidden
//! groups every difference that anybody could make.

use parkpulse::access::{
    Detail, Matter, Principal, Role, detail, may_disclose, may_disclose_beside, most_detail,
    suppressed,
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
fn a_hidden_group_takes_another_one_along() {
    #[rustfmt::skip]
    let table: &[(&[&[i64]], &[bool])] = &[
        (&[&[4, 5, 6], &[7, 8, 9]], &[false, false]),
        // The second alone would be the total less the others.
        (&[&[40, 50, 60], &[7, 8], &[1, 2, 3]], &[false, true, true]),
        // Two hidden ones together are four enterprises: nobody else is needed.
        (&[&[40, 50, 60], &[7, 8], &[9, 6]], &[false, true, true]),
        // One that outweighs whatever is hidden with it needs more company.
        (&[&[400], &[10, 20, 20], &[50, 60, 70]], &[true, true, true]),
        // Nobody on a group: nothing to hide.
        (&[&[], &[4, 5, 6]], &[false, false]),
        (&[&[1], &[2]], &[true, true]),
    ];
    for (groups, expected) in table {
        let groups: Vec<Vec<Exact>> = groups.iter().map(|group| amounts(group)).collect();
        assert_eq!(suppressed(&groups), *expected, "{groups:?}");
    }
}

proptest! {
    /// Whatever is shown may be; and what is hidden, as the total less all that is shown, may be
    /// shown too, unless nothing is shown at all.
    #[test]
    fn no_difference_of_what_is_shown_tells_more(
        numbers in prop::collection::vec(prop::collection::vec(0_i64..1000, 0..6), 0..7),
    ) {
        let groups: Vec<Vec<Exact>> = numbers.iter().map(|group| amounts(group)).collect();
        let hidden = suppressed(&groups);
        let mut together = Vec::new();
        let mut shown = 0;
        for (group, hidden) in groups.iter().zip(&hidden) {
            if *hidden {
                together.extend(group.iter().cloned());
            } else if !group.is_empty() {
                prop_assert!(may_disclose(group));
                shown += 1;
            }
        }
        prop_assert!(together.is_empty() || shown == 0 || may_disclose(&together));
        let bad = groups.iter().any(|group| !group.is_empty() && !may_disclose(group));
        prop_assert_eq!(hidden.contains(&true), bad);
    }
}
