//! The key `f` of an address (screens.md 3): which parcels are looked at. Tables hold just those, as
//! the page shows them.

use std::str::FromStr;

use crate::heatmap::{Category, Mark};
use crate::http::figures::{Figure, Figures};
use crate::http::{Problem, Trouble};
use crate::park::Parcel;
use crate::text::{Language, filled, sentence};

use super::wire::{number, state};

/// The parts of a filter, which hold together; without any everything passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct Chosen {
    mark: Option<Wanted>,
    industry: Option<String>,
    /// As an enterprise's scale is written.
    scale: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Class(usize),
    Grade(String),
    Category(Category),
    State(String),
}

/// A sentence of the pictures' language.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

impl FromStr for Chosen {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let refused = || {
            let detail = "f is not a filter: class:3, grade:A, category:vacant or state:no_data, then \
                          ind:C39, then size:big or size:small, with commas between";
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
                "category" => {
                    let category = Category::coded(value).ok_or_else(refused)?;
                    chosen.mark = Some(Wanted::Category(category));
                }
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
    /// Whether each parcel passes, in the order of the figures; nothing where all do.
    pub(super) fn passing(&self, figures: &Figures, marks: &[Mark]) -> Option<Vec<bool>> {
        let all = figures.each().zip(marks);
        let passes = all.map(|(cell, mark)| self.passes(figures, cell, *mark));
        (*self != Self::default()).then(|| passes.collect())
    }

    /// What is looked at, in the words of the pictures.
    pub(in crate::http) fn words(&self) -> Option<String> {
        let mark = self.mark.as_ref().map(|wanted| match wanted {
            Wanted::Class(class) => {
                let class = class.to_string();
                filled(const { said("picture.only_class") }, &[("class", &class)])
            }
            Wanted::Grade(grade) => {
                filled(const { said("picture.only_grade") }, &[("grade", grade)])
            }
            Wanted::Category(category) => filled(
                const { said("picture.only_category") },
                &[("category", category.label())],
            ),
            Wanted::State(state) => match state.as_str() {
                "incomplete" => const { said("picture.only_incomplete") }.to_owned(),
                "no_data" => const { said("picture.only_no_data") }.to_owned(),
                "hidden" => const { said("picture.only_hidden") }.to_owned(),
                _ => const { said("picture.only_not_counted") }.to_owned(),
            },
        });
        let industry = self
            .industry
            .as_deref()
            .map(|code| filled(const { said("picture.only_industry") }, &[("code", code)]));
        let size = self.scale.map(|scale| match scale {
            "above" => const { said("picture.only_big") }.to_owned(),
            _ => const { said("picture.only_small") }.to_owned(),
        });
        let parts: Vec<String> = [mark, industry, size].into_iter().flatten().collect();
        let what = parts.join("、");
        let only = filled(const { said("picture.only") }, &[("what", &what)]);
        (!parts.is_empty()).then_some(only)
    }

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
            Some(Wanted::Category(wanted)) => figure.category == Some(*wanted),
            Some(Wanted::Grade(grade)) => {
                let letter = figures.letter(&parcel.id);
                letter.is_some_and(|letter| letter.letter() == grade.as_str())
            }
            Some(Wanted::State(wanted)) if wanted == "incomplete" => figure.has_gaps(),
            Some(Wanted::State(wanted)) => state(figure.state) == wanted.as_str(),
        };
        fits && self.is_of(figures, parcel, figure)
    }

    /// Whether it asks for nothing but whose parcels they are.
    pub(in crate::http) const fn is_of_firms(&self) -> bool {
        self.mark.is_none()
    }

    /// Whether somebody who fits stands there.
    pub(in crate::http) fn is_of(
        &self,
        figures: &Figures,
        parcel: &Parcel,
        figure: &Figure,
    ) -> bool {
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
