//! What may be shown beside what: a sum that may be disclosed alone may still tell of one
//! enterprise when another figure is taken from it (contract.md 6, "not if two allowed queries
//! differ by one enterprise").

use std::collections::BTreeMap;

use crate::units::Exact;

use super::disclosure::may_disclose;

/// Whether the sum of all enterprises' amounts may be shown to somebody who sees some of them one by
/// one: what is left when those are taken away must be nothing, or itself a sum that may be shown.
/// Each amount comes with whether it is seen.
#[must_use]
pub fn may_disclose_beside(amounts: &[(Exact, bool)]) -> bool {
    let unseen: Vec<Exact> = amounts
        .iter()
        .filter(|(_, is_seen)| !is_seen)
        .map(|(amount, _)| amount.clone())
        .collect();
    unseen.is_empty() || may_disclose(&unseen)
}

/// Whether the sum of `parts`, one a member, may be told to each of the members, who know their own:
/// what is left for any of them must be a sum that may be shown.
#[must_use]
pub fn may_disclose_to_members(parts: &[Exact]) -> bool {
    let mut by_size: Vec<&Exact> = parts.iter().collect();
    by_size.sort_by_key(|part| {
        if part.is_negative() {
            (*part).clone()
        } else {
            &Exact::zero() - *part
        }
    });
    // Whoever takes away the largest or the second largest part leaves the most lopsided rest.
    let without = |place: usize| -> Vec<Exact> {
        let rest = by_size.iter().enumerate();
        let rest = rest.filter(|(other, _)| *other != place);
        rest.map(|(_, part)| (*part).clone()).collect()
    };
    may_disclose(&without(0)) && may_disclose(&without(1))
}

/// Whether the sum over several groups may be shown to somebody who may ask for each group's sum
/// alone: the total less the groups that are shown alone is the sum of those that are not, which
/// must be nothing, or itself a sum that may be shown. Amounts as in [`may_disclose_beside`], by
/// whose they are: whoever has a part in several groups is one, not several.
#[must_use]
pub fn may_disclose_total<K: Ord>(groups: &[BTreeMap<K, (Exact, bool)>]) -> bool {
    let apart = |group: &BTreeMap<K, (Exact, bool)>| -> Vec<(Exact, bool)> {
        group.values().cloned().collect()
    };
    let hidden = groups
        .iter()
        .filter(|group| !may_disclose_beside(&apart(group)));
    may_disclose_beside(&together(hidden)) && may_disclose_beside(&together(groups))
}

/// The amounts of several groups, one for each member.
fn together<'a, K: Ord + 'a>(
    groups: impl IntoIterator<Item = &'a BTreeMap<K, (Exact, bool)>>,
) -> Vec<(Exact, bool)> {
    let mut whole: BTreeMap<&K, (Exact, bool)> = BTreeMap::new();
    for (member, (amount, is_seen)) in groups.into_iter().flatten() {
        let own = whole.entry(member).or_insert((Exact::zero(), true));
        own.0 += amount;
        // Of whom a part is not seen the whole is not.
        own.1 &= is_seen;
    }
    whole.into_values().collect()
}
