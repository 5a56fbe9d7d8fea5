//! A park is the sum of its enterprises, the city of its parks: sums over the members that have the
//! figure, then the ratios of the sums (contract.md 10, rule 8).

use std::collections::BTreeMap;

use crate::ledger::figure::{AccountPeriod, Figure, Formula, Input};
use crate::units::Exact;

use super::metered::share;
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
    for code in [GapCode::NoMeter, GapCode::NoLand] {
        let lacking: i64 = members.iter().map(|member| without(member, code)).sum();
        if lacking > 0 {
            account.gaps.push(Gap::of(code, key, lacking.to_string()));
        }
    }
    ratio::add(&mut account);
    account
}

/// How many enterprises of a member lack it altogether: itself, or of a sum as many as it says.
fn without(member: &HolderAccount, code: GapCode) -> i64 {
    let lacking = member.gaps.iter().filter(|gap| gap.code == code);
    lacking.map(|gap| gap.detail.parse().unwrap_or(1)).sum()
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
    let mut figure = Figure::of(kind, unit, Formula::Sum, inputs, &touches);
    figure.known_share = known_share(&found);
    account.figures.push(figure);
}

/// The mean of the shares of the enterprises that have the figure, whether or not anything is known
/// of it; `None` for what is not metered.
fn known_share(found: &[(&HolderAccount, &Figure)]) -> Option<String> {
    let (mut known, mut firms) = (Exact::zero(), 0);
    for (member, figure) in found {
        let Some(own) = &figure.known_share else {
            continue;
        };
        let weight = enterprises(member, figure);
        known += &(&share(Some(own)) * &Exact::whole(weight));
        firms += weight;
    }
    (firms > 0).then(|| known.share(1, firms).rounded(4))
}

/// Of how many enterprises a member's figure is: one, unless it is a sum itself. That one says so
/// by its inputs, and by how many lack it.
fn enterprises(member: &HolderAccount, figure: &Figure) -> i64 {
    let is_member = |input: &&Input| {
        let of = input.figure.as_ref();
        of.is_some_and(|of| of.kind == figure.kind && of.key != member.key)
    };
    let with = figure.inputs.iter().filter(is_member).count();
    let lacking = member.gaps.iter();
    let lacking = lacking
        .filter(|gap| gap.code == GapCode::MembersLack && gap.what == figure.kind)
        .filter_map(|gap| gap.detail.parse::<i64>().ok());
    let with = i64::try_from(with).unwrap_or(i64::MAX);
    with.saturating_add(lacking.sum()).max(1)
}
