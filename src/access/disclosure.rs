//! When a sum over enterprises may be shown to whoever may not see each of them (contract.md 6): at
//! least three, none with more than 80 % of it.

use crate::units::Exact;

/// Enterprises without which a sum tells too much.
const LEAST: usize = 3;
/// The most of a sum that one of them may be, in percent.
const MOST_PERCENT: i64 = 80;

/// Whether the sum of `parts`, one an enterprise, may be shown. Parts that are 0 do not count;
/// negative ones weigh by their size.
#[must_use]
pub fn may_disclose(parts: &[Exact]) -> bool {
    let size = |part: &Exact| {
        if part.is_negative() {
            &Exact::zero() - part
        } else {
            part.clone()
        }
    };
    let sizes: Vec<Exact> = parts
        .iter()
        .filter(|part| !part.is_zero())
        .map(size)
        .collect();
    let limit = sizes.iter().sum::<Exact>().share(MOST_PERCENT, 100);
    sizes.len() >= LEAST && sizes.iter().all(|size| *size <= limit)
}
