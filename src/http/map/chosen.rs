//! The key `f` of an address (screens.md 3): which parcels are looked at. Tables hold just those, as
//! the page shows them.

use std::str::FromStr;

use crate::heatmap::Mark;
use crate::http::figures::{Figure, Figures};
use crate::http::{Problem, Trouble};
use crate::park::Parcel;

use super::wire::{number, state};

/// The parts of a filter, which hold together; without any everything passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    mark: Option<Wanted>,
    industry: Option<String>,
    /// As an enterprise's scale is written.
    scale: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Class(usize),
    Grade(String),
    State(String),
}

impl FromStr for Chosen {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let refused = || {
            let detail = "f is not a filter: class:3, grade:A or state:no_data, then ind:C39, then \
                          size:big or size:small, with commas between";
            Problem::new(Trouble::BadRequest, detail)
        };
        let mut chosen = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once(':').ok_or_else(refused)?;
            match key {
                "class" => {
                    let class = value.parse().map_err(|_no_number| refused())?;
                    chosen.mark = Some(Wanted::Class(class));
                }
                "grade" => chosen.mark = Some(Wanted::Grade(value.to_owned())),
                "state" => chosen.mark = Some(Wanted::State(value.to_owned())),
                "ind" => chosen.industry = Some(value.to_owned()),
                "size" => {
                    chosen.scale = Some(match value {
                        "big" => "above",
                        "small" => "below",
                        _ => return Err(refused()),
                    });
                }
                _ => return Err(refused()),
            }
        }
        Ok(chosen)
    }
}

impl Chosen {
    /// Whether a parcel passes.
    pub(super) fn passes(
        &self,
        figures: &Figures,
        (parcel, figure): (&Parcel, &Figure),
        mark: Mark,
    ) -> bool {
        let fits = match &self.mark {
            None => true,
            Some(Wanted::Class(class)) => number(mark) == Some(*class),
            Some(Wanted::Grade(grade)) => {
                let letter = figures.letter(&parcel.id);
                letter.is_some_and(|letter| letter.letter() == grade.as_str())
            }
            Some(Wanted::State(wanted)) if wanted == "incomplete" => figure.has_gaps(),
            Some(Wanted::State(wanted)) => state(figure.state) == wanted.as_str(),
        };
        fits && self.is_of(figures, parcel, figure)
    }

    /// Whether somebody who fits stands there.
    fn is_of(&self, figures: &Figures, parcel: &Parcel, figure: &Figure) -> bool {
        if self.industry.is_none() && self.scale.is_none() {
            return true;
        }
        let known = &figures.ground.enterprises;
        let here = figures.holders(&parcel.id, figure).iter();
        let mut here = here.filter_map(|one| known.get(&one.enterprise));
        here.any(|one| {
            let is_industry = self.industry.as_deref();
            is_industry.is_none_or(|wanted| one.industry.as_str() == wanted)
                && self.scale.is_none_or(|wanted| one.scale.as_str() == wanted)
        })
    }
}
