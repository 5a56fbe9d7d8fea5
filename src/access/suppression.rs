//! What may be shown beside what: a sum that may be disclosed alone may still tell of one
//! enterprise when another figure is taken from it (contract.md 6, "not if two allowed queries
//! differ by one enterprise").

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

/// Which of several groups' sums must stay hidden when the sum over all groups is shown, each group
/// given by the amounts of its enterprises: those that must not be disclosed alone, and with them
/// the smallest others until all hidden ones together may be disclosed, for the total less what is
/// shown is their sum. Groups without anybody hide nothing and are never hidden.
#[must_use]
pub fn suppressed(groups: &[Vec<Exact>]) -> Vec<bool> {
    let mut hidden: Vec<bool> = groups
        .iter()
        .map(|group| !group.is_empty() && !may_disclose(group))
        .collect();
    let mut open: Vec<(Exact, usize)> = groups
        .iter()
        .enumerate()
        .filter(|(place, group)| !group.is_empty() && hidden.get(*place) == Some(&false))
        .map(|(place, group)| (group.iter().sum(), place))
        .collect();
    // The smallest first, so that as little as possible is lost; the place decides between equals.
    open.sort_by(|a, b| b.cmp(a));
    while hidden.contains(&true) && !may_disclose(&together(groups, &hidden)) {
        let Some((_, smallest)) = open.pop() else {
            break;
        };
        if let Some(place) = hidden.get_mut(smallest) {
            *place = true;
        }
    }
    hidden
}

/// The amounts of all hidden groups.
fn together(groups: &[Vec<Exact>], hidden: &[bool]) -> Vec<Exact> {
    let groups = groups
        .iter()
        .zip(hidden)
        .filter(|(_, is_hidden)| **is_hidden);
    groups
        .flat_map(|(group, _)| group.iter().cloned())
        .collect()
}
