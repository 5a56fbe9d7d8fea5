//! How a map is looked at: the keys `m` and `r` of an address (screens.md 3).

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::heatmap::{ClassCount, FixedBreaks, Method, Palette};
use crate::http::figures::Layer;
use crate::http::{Problem, Trouble};

/// The key `m` of a difference where nobody says it.
pub(super) const ABOUT_ZERO: &str = "d5";
/// The palette of a difference where nobody says one: its middle is the class of zero.
const DIVERGING: &str = "RdYlBu";

/// Most breaks between classes that an address may hold.
const BREAKS_MAX: usize = 8;

/// The key `m` as written: `q5`, `j5`, `e5`, `d5` (about zero), or the breaks between the classes, `f:1,2,3.5,5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) struct Manner(Method);

impl Manner {
    /// The method.
    pub(in crate::http) const fn method(&self) -> &Method {
        &self.0
    }
}

impl FromStr for Manner {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let refused = || {
            let detail = "m is not a method: q5, j5, e5 (2 to 9 classes), d5 (about zero: 3, 5, 7 or 9) or \
                          f:1,2,3.5,5 (rising)";
            Problem::new(Trouble::BadRequest, detail)
        };
        if let Some(breaks) = text.strip_prefix("f:") {
            let inner = breaks.split(',').map(Decimal::from_str_exact);
            let inner = inner.collect::<Result<Vec<_>, _>>();
            let fixed = inner.ok().and_then(with_ends);
            return Ok(Self(Method::Fixed(fixed.ok_or_else(refused)?)));
        }
        let (method, count) = text.split_at_checked(1).unwrap_or_default();
        let count = count.parse().ok().and_then(ClassCount::new);
        let count = count.filter(|count| count.get() > 1).ok_or_else(refused)?;
        match method {
            "q" => Ok(Self(Method::Quantile(count))),
            "j" => Ok(Self(Method::Jenks(count))),
            "e" => Ok(Self(Method::Equal(count))),
            "d" if count.get() % 2 == 1 => Ok(Self(Method::Diverging(count))),
            _ => Err(refused()),
        }
    }
}

/// The breaks with outer ones around them, which the outer classes ignore.
fn with_ends(inner: Vec<Decimal>) -> Option<FixedBreaks> {
    if inner.len() > BREAKS_MAX {
        return None;
    }
    let (first, last) = (*inner.first()?, *inner.last()?);
    let below = if first > Decimal::ZERO {
        Decimal::ZERO
    } else {
        first.checked_sub(Decimal::ONE)?
    };
    let mut breaks = vec![below];
    breaks.extend(inner);
    breaks.push(last.checked_add(Decimal::ONE)?);
    FixedBreaks::new(breaks).ok()
}

/// The key `r`: a palette by name, or that of the layer.
pub(in crate::http) fn palette(
    asked: Option<&str>,
    layer: Layer,
    is_difference: bool,
) -> Result<Palette, Problem> {
    let usual = if is_difference {
        DIVERGING
    } else {
        layer.palette()
    };
    Palette::named(asked.unwrap_or(usual))
        .ok()
        .filter(|palette| !palette.has_letters())
        .ok_or_else(|| {
            Problem::new(
                Trouble::BadRequest,
                "r is not a palette: ylorbr, ylgnbu, rdylbu, viridis or cividis",
            )
        })
}
