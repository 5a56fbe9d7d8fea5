//! What a query of the map asks for, read once: layer, period, classes, colours, and what of it is
//! looked at. Knows no answer.

use crate::access::{Detail, Principal, most_detail};
use crate::heatmap::{self, Column, Palette, Shading};
use crate::http::figures::{Figures, Layer, When};
use crate::http::{Desk, Problem, Purpose, Trouble};
use crate::park::{ParcelId, ParkId};

use super::chosen::Chosen;
use super::look::{self, Manner, palette};
use super::{column, layer, park, period, wire};

/// What a query asks for, read once.
pub(super) struct Sight {
    pub(super) purpose: Purpose,
    pub(super) park: Option<ParkId>,
    pub(super) layer: Layer,
    pub(super) when: When,
    pub(super) lettered: bool,
    pub(super) written: String,
    pub(super) manner: Manner,
    pub(super) palette: Palette,
    /// Which parcels are looked at.
    pub(super) chosen: Chosen,
    /// The same as it was written, and the one that is outlined.
    pub(super) written_choice: String,
    pub(super) selected: Option<ParcelId>,
}

impl Sight {
    pub(super) fn of(
        query: &wire::Query,
        who: &Principal,
        purpose: Purpose,
    ) -> Result<Self, Problem> {
        let layer = layer(query.k.as_deref())?;
        let against = period(query.c.as_deref())?;
        if against.is_some() && most_detail(who, layer.touched()) == Detail::Band {
            let detail = "of this layer you see bands, which have no difference: leave c out";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let usual = against.map_or(layer.manner(), |_| look::ABOUT_ZERO);
        let written = query.m.as_deref().unwrap_or(usual);
        // Whoever may choose the breaks finds the value by halving.
        if written != layer.manner() && most_detail(who, layer.touched()) == Detail::Band {
            let detail = "of this layer you see bands, whose borders are fixed: leave m out";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        Ok(Self {
            purpose,
            park: park(query.park.as_deref())?,
            layer,
            when: When {
                period: period(query.p.as_deref())?,
                revision: query.v,
                against,
            },
            lettered: lettered(query.g.as_deref())?,
            written: written.to_owned(),
            manner: written.parse()?,
            palette: palette(query.r.as_deref(), layer, against.is_some())?,
            chosen: query.f.as_deref().unwrap_or_default().parse()?,
            written_choice: query.f.clone().unwrap_or_default(),
            selected: query.s.as_deref().and_then(|text| text.parse().ok()),
        })
    }

    pub(super) async fn figures(&self, desk: &Desk, who: &Principal) -> Result<Figures, Problem> {
        Figures::load(
            desk,
            (who, &self.purpose),
            self.layer,
            self.park.as_ref(),
            self.when,
        )
        .await
    }

    /// By what two pictures of the same figures differ.
    pub(super) fn choice_key(&self) -> String {
        let selected = self.selected.as_ref().map_or("", ParcelId::as_str);
        format!("{} {selected}", self.written_choice)
    }

    /// What a picture of the column fades and outlines; nothing where nothing was chosen.
    pub(super) fn choice(&self, figures: &Figures, shading: &Shading) -> Option<heatmap::Chosen> {
        let passes = self.chosen.passing(figures, &shading.marks);
        let selected = self.selected.as_ref();
        let selected = selected.and_then(|id| figures.each().position(|(one, _)| one.id == *id));
        (passes.is_some() || selected.is_some()).then(|| heatmap::Chosen {
            passes: passes.unwrap_or_default(),
            selected,
        })
    }

    pub(super) fn shading(&self, column: &Column<'_>) -> Result<Shading, Problem> {
        column::shading(column, self.manner.method(), &self.palette)
    }
}

/// The key `g`: whether the published grade stands in the parcels, or the value.
fn lettered(asked: Option<&str>) -> Result<bool, Problem> {
    match asked {
        None | Some("value" | "none") => Ok(false),
        Some("grade") => Ok(true),
        Some(_) => {
            let detail = "g is not a label: value, grade or none";
            Err(Problem::new(Trouble::BadRequest, detail))
        }
    }
}
