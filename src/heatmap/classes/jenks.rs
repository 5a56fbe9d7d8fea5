//! Natural breaks (Jenks): the classes with the least sum of squared deviations, exactly.
//!
//! The cost has the quadrangle inequality, so the best start of a class never moves back when
//! its end moves on; divide and conquer over that costs O(k n log n) and needs no sampling at
//! any size. Equal values are one weighted value: no class can part them.

/// A distinct value and how often it stands there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighted {
    /// The value, shifted near zero by the caller.
    pub(super) value: f64,
    /// How often.
    pub(super) weight: f64,
}

/// How much dearer a split may be and still count as equal to the best.
const TIE: f64 = 1e-12;

/// Sums of weights, values and squares up to each place, for the cost of any span at once.
struct Prefix {
    sums: Vec<[f64; 3]>,
    tie: f64,
}

impl Prefix {
    fn new(values: &[Weighted]) -> Self {
        let mut sums = vec![[0.0; 3]];
        let mut sum = [0.0; 3];
        for Weighted { value, weight } in values {
            let added = [*weight, weight * value, weight * value * value];
            for (total, more) in sum.iter_mut().zip(added) {
                *total += more;
            }
            sums.push(sum);
        }
        let tie = TIE * sum.last().copied().unwrap_or_default();
        Self { sums, tie }
    }

    /// Sum of squared deviations of the values from `start` up to, not including, `end`.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let (Some(a), Some(b)) = (self.sums.get(start), self.sums.get(end)) else {
            return 0.0;
        };
        let [weight, sum, squares] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
        (squares - sum * sum / weight).max(0.0)
    }
}

/// The first place of each class but the first, for `classes` classes of sorted distinct values.
///
/// Among equally good splits the later class starts as early as it can, as the published
/// programs do. Needs `1 <= classes <= values.len()`.
pub(super) fn starts(values: &[Weighted], classes: usize) -> Vec<usize> {
    let prefix = Prefix::new(values);
    let n = values.len();
    let mut costs: Vec<f64> = (0..=n).map(|end| prefix.cost(0, end)).collect();
    let mut chosen: Vec<Vec<usize>> = Vec::with_capacity(classes);
    for class in 1..classes {
        let mut layer = Layer {
            prefix: &prefix,
            before: &costs,
            cost: vec![f64::INFINITY; n + 1],
            start: vec![0; n + 1],
        };
        layer.solve(class + 1, n, class, n);
        let Layer { cost, start, .. } = layer;
        costs = cost;
        chosen.push(start);
    }
    let mut end = n;
    let mut starts = Vec::with_capacity(classes);
    for layer in chosen.iter().rev() {
        end = layer.get(end).copied().unwrap_or_default();
        starts.push(end);
    }
    starts.reverse();
    starts
}

/// The best last class for every end, given the best classes before it.
struct Layer<'a> {
    prefix: &'a Prefix,
    before: &'a [f64],
    cost: Vec<f64>,
    start: Vec<usize>,
}

impl Layer<'_> {
    /// Solves the ends `first..=last`, whose best starts lie in `low..=high`.
    fn solve(&mut self, first: usize, last: usize, low: usize, high: usize) {
        if first > last {
            return;
        }
        let end = usize::midpoint(first, last);
        let (mut best, mut best_start) = (f64::INFINITY, low);
        for start in (low..=high.min(end - 1)).rev() {
            let before = self.before.get(start).copied().unwrap_or(f64::INFINITY);
            let cost = before + self.prefix.cost(start, end);
            if cost <= best + self.prefix.tie {
                best = best.min(cost);
                best_start = start;
            }
        }
        if let (Some(cost), Some(start)) = (self.cost.get_mut(end), self.start.get_mut(end)) {
            *cost = best;
            *start = best_start;
        }
        if end > first {
            self.solve(first, end - 1, low, best_start);
        }
        self.solve(end + 1, last, best_start, high);
    }
}

/// Goodness of variance fit: the share of the squared deviations that the classes explain, 0 to
/// 1; `starts` as [`starts`] gives them.
pub(super) fn goodness(values: &[Weighted], starts: &[usize]) -> f64 {
    let prefix = Prefix::new(values);
    let whole = prefix.cost(0, values.len());
    if whole <= 0.0 {
        return 1.0;
    }
    let begins = std::iter::once(0).chain(starts.iter().copied());
    let ends = starts.iter().copied().chain(std::iter::once(values.len()));
    let within: f64 = begins
        .zip(ends)
        .map(|(start, end)| prefix.cost(start, end))
        .sum();
    1.0 - within / whole
}
