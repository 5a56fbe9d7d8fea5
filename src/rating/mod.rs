//! A year's facts and a scheme in; indicators, scores, grades and the reason for each out.
//!
//! The rules are contract.md 10, in its order: land and merging ([`entity`]), indicators
//! ([`indicator`]), who is not rated and what a sub-score is ([`score`]), rank, grade, veto and
//! caps ([`grade`]), parks ([`park`]). Everything is exact until it is printed. Knows no
//! database, no clock and no assessment procedure: same input, same bytes out.

pub mod entity;
pub mod facts;
mod file;
pub mod grade;
pub mod indicator;
pub mod park;
pub mod part;
pub mod scheme;
pub mod score;
mod sheet;
mod wire;

use std::fmt;

pub use facts::Facts;
pub use scheme::Scheme;
pub use sheet::{PART_PLACES, Sheet, SheetEntry, rate_year, written};

/// A facts file or scheme that cannot be rated, with the field that is wrong. Nothing was rated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// Where, as `schemes[0].groups.above[1].weight`.
    pub path: String,
    /// What is wrong there and what would be right.
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; nothing was rated", self.path, self.reason)
    }
}

/// Shorthand for a refusal at `path`.
fn refused(path: impl Into<String>, reason: impl Into<String>) -> Refused {
    Refused {
        path: path.into(),
        reason: reason.into(),
    }
}

/// All units of one scheme, rated, and the parks they add up to.
#[derive(Clone, Debug)]
pub struct Rated<'a> {
    /// The scheme that was used.
    pub scheme: &'a Scheme,
    /// Baselines by scale group, in the scheme's order; empty for min-max schemes.
    pub baselines: Vec<(scheme::Scale, Vec<score::Baseline>)>,
    /// The units, in order of first appearance.
    pub units: Vec<grade::Outcome<'a>>,
    /// The parks that have enterprises, by id.
    pub parks: Vec<park::ParkSum>,
}

/// Rates all enterprises of `facts` by `scheme` (contract.md 10).
///
/// # Errors
/// A fact that contradicts itself, a carrier without a factor, a scale without a group, a
/// baseline that is not above 0, a total that no threshold fits.
pub fn rate<'a>(facts: &'a Facts, scheme: &'a Scheme) -> Result<Rated<'a>, Refused> {
    let entities = entity::of_facts(facts, scheme.basis)?;
    let units = entity::merge(facts, &entities)?;
    let standing = score::standing(&units, scheme, facts.as_of);
    let pools = score::pools(&units, &standing, scheme)?;
    let outcomes = grade::outcomes(&units, &standing, &pools, scheme)?;
    let parks = park::roll_up(&entities, &outcomes);
    let baselines = pools
        .into_iter()
        .map(|pool| (pool.scale, pool.baselines))
        .collect();
    Ok(Rated {
        scheme,
        baselines,
        units: outcomes,
        parks,
    })
}

/// Rates the enterprises of a facts file as `parkpulse rate` prints it: an array, one element per
/// scheme, indent 1. `scheme` replaces the schemes of the file: its name (for messages) and text,
/// JSON or TOML.
///
/// # Errors
/// A file that cannot be read or rated, with the field's path.
pub fn rate_text(facts: &str, scheme: Option<(&str, &str)>) -> Result<String, Refused> {
    let (facts, own_schemes) = facts::read_facts(facts)?;
    let schemes = match scheme {
        Some((name, text)) => vec![scheme::read_scheme(name, text)?],
        None if own_schemes.is_empty() => {
            return Err(refused(
                "schemes",
                "the file has no scheme: add one or name one with --scheme",
            ));
        }
        None => own_schemes,
    };
    rate_all(&facts, &schemes)
}

/// The same by the scheme that calls itself `id`: one that stands in the facts, else one that is
/// compiled in.
///
/// # Errors
/// As [`rate_text`], and an id that no scheme has.
pub fn rate_text_by(facts: &str, id: &str) -> Result<String, Refused> {
    let (facts, mut schemes) = facts::read_facts(facts)?;
    schemes.retain(|scheme| scheme.id == id);
    if schemes.is_empty() {
        let (name, text) = scheme::named(id)?;
        schemes.push(scheme::read_scheme(name, text)?);
    }
    rate_all(&facts, &schemes)
}

fn rate_all(facts: &Facts, schemes: &[Scheme]) -> Result<String, Refused> {
    let rated = schemes.iter().map(|scheme| rate(facts, scheme));
    Ok(wire::print(&rated.collect::<Result<Vec<_>, _>>()?))
}
