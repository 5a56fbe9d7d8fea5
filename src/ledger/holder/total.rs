//! A park is the sum of its enterprises, the city of its parks: sums over the members that have the
//! figure, then the ratios of the sums (contract.md 10, rule 8).

use std::collections::BTreeMap;

use crate::ledger::figure::{AccountPeriod, Figure, Formula, Input};

use super::{Gap, GapCode, HolderAccount, ratio, stated};

/// The account `key` that `members` add up to, in their order.
#[must_use]
pub fn total(
    key: &str,
    period: AccountPeriod,
    revision: u32,
    members: &[&HolderAccount],
) -> HolderAccount {
    let mut account = HolderAccount {
        key: key.to_owned(),
        period,
        revision,
        figures: Vec::new(),
        gaps: Vec::new(),
    };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for figure in members.iter().flat_map(|member| &member.figures) {
        let next = kinds.len();
        kinds.entry(&figure.kind).or_insert(next);
    }
    let mut in_order: Vec<(usize, &str)> = kinds
        .into_iter()
        .filter(|(kind, _)| !ratio::is_ratio(kind))
        .map(|(kind, place)| (place, kind))
        .collect();
    in_order.sort_unstable();
    for (_, kind) in in_order {
        add(&mut account, kind, members);
    }
    ratio::add(&mut account);
    account
}

fn add(account: &mut HolderAccount, kind: &str, members: &[&HolderAccount]) {
    let found: Vec<(&HolderAccount, &Figure)> = members
        .iter()
        .filter_map(|member| Some((*member, member.find(kind)?)))
        .collect();
    let Some((_, example)) = found.first() else {
        return;
    };
    let known = |figure: &Figure| figure.value.is_some();
    let inputs: Vec<Input> = found
        .iter()
        .filter(|(_, figure)| known(figure))
        .map(|(member, figure)| Input {
            what: member.key.clone(),
            ..figure.as_input(member.id(kind))
        })
        .collect();
    let lacking = found.iter().filter(|(_, figure)| !known(figure)).count();
    if lacking > 0 {
        let gap = Gap::of(GapCode::MembersLack, kind, lacking.to_string());
        account.gaps.push(gap);
    }
    let touches: Vec<_> = example.touches.iter().copied().collect();
    let unit = (example.unit.as_str(), stated::places(&inputs));
    let figure = Figure::of(kind, unit, Formula::Sum, inputs, &touches);
    account.figures.push(figure);
}
