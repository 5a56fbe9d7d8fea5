//! What a change of outlines comes to: outlines, areas, land, and all that speaks against it.
//! Calculates alone; the registry was read before.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rust_decimal::Decimal;

use crate::calendar::{Day, Moment};
use crate::park::outline::{
    self, CityBox, Crs, Outline, ParkProperty, Position, Reading, What, each_overlap,
};
use crate::park::reshape::{
    KeptHolding, LandNotMoved, Reshape, Share, divided, gathered_on, returned, running, suggested,
};
use crate::park::{Parcel, ParcelId, ParkId};
use crate::store::registry::{Basis, OutlineAct, OutlineChange, ParcelVersion};
use crate::units::Mu;

use super::asked::Asked;
use super::wire::ShownFault;

/// Overlaps that are told; more say nothing new.
const OVERLAPS_MAX: usize = 20;

/// From what a plan is made.
pub(super) struct Given {
    /// What is asked for.
    pub(super) asked: Asked,
    /// What is known of the parcels it touches.
    pub(super) basis: Basis,
    /// All other parcels as they are now.
    pub(super) others: Vec<Parcel>,
    /// The change that is taken back.
    pub(super) undone: Option<OutlineChange>,
    /// Now.
    pub(super) now: Moment,
    /// Where the city lies.
    pub(super) city: CityBox,
}

/// A holding with how it is shared out, and whether somebody said so.
pub(super) struct SharedOut {
    /// The holding.
    pub(super) kept: KeptHolding,
    /// Whether the shares were asked for.
    pub(super) given: bool,
    /// Its shares.
    pub(super) shares: Vec<Share>,
}

/// What a change comes to.
pub(super) struct Plan {
    /// What is to be laid; only with no fault.
    pub(super) reshape: Reshape,
    /// Parcels that it changes or ends, as they are.
    pub(super) before: Vec<Parcel>,
    /// The pieces of a cut.
    pub(super) pieces: Vec<Outline>,
    /// Holdings of a cut parcel.
    pub(super) shared: Vec<SharedOut>,
    /// What speaks against it.
    pub(super) faults: Vec<ShownFault>,
}

/// Works a change out.
pub(super) fn plan(given: &Given) -> Plan {
    let mut plan = Plan {
        reshape: Reshape {
            from: given.from(),
            parcels: Vec::new(),
            ended: Vec::new(),
            land: Vec::new(),
        },
        before: Vec::new(),
        pieces: Vec::new(),
        shared: Vec::new(),
        faults: Vec::new(),
    };
    if given.asked.from.is_some_and(|day| day > Day::of(given.now)) {
        plan.object(
            "from_in_future",
            None,
            "a day in the future cannot be registered yet; take today or a day before",
        );
    }
    match given.asked.act {
        OutlineAct::Draw => plan.draw(given),
        OutlineAct::Split => plan.split(given),
        OutlineAct::Merge => plan.merge(given),
        OutlineAct::Undo => plan.undo(given),
    }
    plan.find_later_versions(given);
    plan.find_overlaps(given);
    plan
}

impl Given {
    /// The first instant of the day; of today, now, so that what was done today stays told apart.
    fn from(&self) -> Moment {
        let today = Day::of(self.now);
        match self.asked.from {
            Some(day) if day < today && self.asked.act != OutlineAct::Undo => day.start(),
            _ => self.now,
        }
    }

    const fn reading(&self) -> Reading {
        Reading {
            crs: Crs::Cgcs2000,
            city: self.city,
            park: ParkProperty::Optional,
        }
    }

    /// The parcel as it is now.
    fn held(&self, id: &ParcelId) -> Option<&Parcel> {
        self.basis.held(id).map(|version| &version.parcel)
    }
}

impl Plan {
    fn object(&mut self, code: &'static str, parcel: Option<&ParcelId>, what: impl Into<String>) {
        self.faults.push(ShownFault {
            code,
            parcel: parcel.map(ToString::to_string),
            params: BTreeMap::new(),
            what: what.into(),
        });
    }

    fn object_to_outline(&mut self, parcel: Option<&ParcelId>, what: &What) {
        let mut params = BTreeMap::new();
        if let What::AreaOff { outline, declared } = what {
            params.insert("outline", outline.get().round_dp(2).to_string());
            params.insert("declared", declared.get().round_dp(2).to_string());
        }
        self.faults.push(ShownFault {
            code: what.code(),
            parcel: parcel.map(ToString::to_string),
            params,
            what: what.to_string(),
        });
    }

    fn object_to_land(&mut self, why: &LandNotMoved) {
        self.object(why.code(), None, why.to_string());
    }

    fn object_to_unknown(&mut self, parcel: &ParcelId) {
        self.object(
            "unknown_parcel",
            Some(parcel),
            "no such parcel is registered now; read the map again",
        );
    }

    /// An id for a new parcel: not one that there is or was, but for `own`.
    fn check_new(&mut self, given: &Given, id: &ParcelId, own: &[ParcelId]) {
        if !own.contains(id) && given.basis.newest(id).is_some() {
            self.object(
                "id_taken",
                Some(id),
                "there is or was a parcel of this id; give another one",
            );
        }
    }

    fn draw(&mut self, given: &Given) {
        let Some(id) = &given.asked.parcel else {
            return self.object("missing_field", None, "parcel is missing; give its id");
        };
        let known = given.held(id);
        self.before.extend(known.cloned());
        let park: Option<&ParkId> =
            known.map_or(given.asked.park.as_ref(), |known| Some(&known.park));
        let Some(park) = park.cloned() else {
            return self.object(
                "missing_field",
                Some(id),
                "a new parcel needs its park; give it",
            );
        };
        if known.is_none() {
            self.check_new(given, id, &[]);
        }
        let outline = match outline::drawn(&given.asked.outline, &given.reading()) {
            Ok(outline) => outline,
            Err(what) => return self.object_to_outline(Some(id), &what),
        };
        let declared = given
            .asked
            .declared
            .or_else(|| known.and_then(|known| known.declared));
        if let Some(what) = declared.and_then(|declared| outline::off_declared(&outline, declared))
        {
            self.object_to_outline(Some(id), &what);
        }
        self.reshape.parcels.push(Parcel {
            id: id.clone(),
            park,
            area: known.and_then(|known| known.area.clone()),
            declared,
            plot_ratio: known.and_then(|known| known.plot_ratio),
            state: known.and_then(|known| known.state.clone()),
            outline,
        });
    }

    fn split(&mut self, given: &Given) {
        let Some(id) = &given.asked.parcel else {
            return self.object("missing_field", None, "parcel is missing; give its id");
        };
        let Some(whole) = given.held(id) else {
            return self.object_to_unknown(id);
        };
        self.before.push(whole.clone());
        let line: Vec<Position> = given
            .asked
            .line
            .iter()
            .map(|[longitude_deg, latitude_deg]| Position {
                longitude_deg: *longitude_deg,
                latitude_deg: *latitude_deg,
            })
            .collect();
        self.pieces = match outline::split(&whole.outline, &line) {
            Ok(pieces) => pieces,
            Err(what) => return self.object_to_outline(Some(id), &what),
        };
        let names = &given.asked.into;
        let different: BTreeSet<&ParcelId> = names.iter().collect();
        if names.len() != self.pieces.len() || different.len() < 2 {
            let what = format!(
                "the line makes {} pieces; give each an id, from west to east, at least two different ones",
                self.pieces.len()
            );
            return self.object("pieces_unnamed", Some(id), what);
        }
        for name in &different {
            self.check_new(given, name, std::slice::from_ref(id));
        }
        for name in different {
            let own: Vec<&Outline> = names
                .iter()
                .zip(&self.pieces)
                .filter(|(of, _)| *of == name)
                .map(|(_, piece)| piece)
                .collect();
            match outline::gathered(&own) {
                Ok(outline) => self.reshape.parcels.push(Parcel {
                    id: name.clone(),
                    // A certificate is of the whole: each piece gets its own.
                    declared: None,
                    outline,
                    ..whole.clone()
                }),
                Err(what) => self.object_to_outline(Some(name), &what),
            }
        }
        if !names.contains(id) {
            self.reshape.ended.push(id.clone());
        }
        self.share_out(given);
    }

    fn share_out(&mut self, given: &Given) {
        let pieces: Vec<(ParcelId, Mu)> = self
            .reshape
            .parcels
            .iter()
            .map(|parcel| (parcel.id.clone(), parcel.outline.area()))
            .collect();
        let shares = &given.asked.shares;
        let kept: Vec<KeptHolding> = given
            .basis
            .land
            .iter()
            .filter(|one| Some(&one.holding.parcel) == given.asked.parcel.as_ref())
            .cloned()
            .collect();
        self.shared = running(&kept, self.reshape.from)
            .map(|one| {
                let asked = shares.get(&one.number);
                SharedOut {
                    given: asked.is_some(),
                    shares: asked
                        .cloned()
                        .unwrap_or_else(|| suggested(&one.holding, &pieces)),
                    kept: one.clone(),
                }
            })
            .collect();
        let ids: Vec<ParcelId> = pieces.into_iter().map(|(id, _)| id).collect();
        match divided(&kept, self.reshape.from, &ids, shares) {
            Ok(rows) => self.reshape.land = rows,
            Err(why) => self.object_to_land(&why),
        }
    }

    fn merge(&mut self, given: &Given) {
        let Some(into) = &given.asked.parcel else {
            return self.object(
                "missing_field",
                None,
                "parcel is missing; say what the parcels become",
            );
        };
        let several: BTreeSet<&ParcelId> = given.asked.parcels.iter().collect();
        for id in &several {
            match given.held(id) {
                Some(known) => self.before.push(known.clone()),
                None => self.object_to_unknown(id),
            }
        }
        let (Some(first), true) = (self.before.first().cloned(), self.before.len() >= 2) else {
            return self.object(
                "too_few_parcels",
                None,
                "two parcels at least become one; choose more",
            );
        };
        self.check_new(given, into, &given.asked.parcels);
        if self.before.iter().any(|one| one.park != first.park) {
            return self.object(
                "other_park",
                None,
                "the parcels lie in different parks; only those of one park become one",
            );
        }
        let outlines: Vec<&Outline> = self.before.iter().map(|one| &one.outline).collect();
        let outline = match outline::merged(&outlines) {
            Ok(outline) => outline,
            Err(what) => return self.object_to_outline(None, &what),
        };
        let every =
            |same: fn(&Parcel, &Parcel) -> bool| self.before.iter().all(|one| same(one, &first));
        let declared = self.before.iter().map(|one| one.declared.map(Mu::get));
        let declared: Option<Decimal> = declared.sum();
        let merged = Parcel {
            id: into.clone(),
            park: first.park.clone(),
            area: first
                .area
                .clone()
                .filter(|_| every(|a, b| a.area == b.area)),
            declared: declared.and_then(|sum| Mu::new(sum).ok()),
            plot_ratio: first
                .plot_ratio
                .filter(|_| every(|a, b| a.plot_ratio == b.plot_ratio)),
            state: first
                .state
                .clone()
                .filter(|_| every(|a, b| a.state == b.state)),
            outline,
        };
        self.reshape.parcels.push(merged);
        let gone = several.into_iter().filter(|id| *id != into);
        self.reshape.ended = gone.cloned().collect();
        match gathered_on(&given.basis.land, self.reshape.from, into) {
            Ok(rows) => self.reshape.land = rows,
            Err(why) => self.object_to_land(&why),
        }
    }

    fn undo(&mut self, given: &Given) {
        let Some(undone) = &given.undone else {
            return self.object("unknown_change", None, "there is no such change");
        };
        if undone.undone_by.is_some() {
            return self.object("undone_already", None, "this change was taken back before");
        }
        let touched: BTreeSet<&ParcelId> = undone.before.iter().chain(&undone.after).collect();
        for id in touched {
            let version = |is_it: &dyn Fn(&ParcelVersion) -> bool| {
                let mut versions = given.basis.versions.iter();
                let found = versions.find(|one| one.parcel.id == *id && is_it(one));
                found.map(|one| &one.parcel)
            };
            let before = version(&|one| one.until == Some(undone.valid_from));
            let after = version(&|one| one.since == undone.valid_from);
            let held = given.held(id);
            if held != after {
                let what = "the parcel was changed again since; take the later change back first";
                self.object("changed_since", Some(id), what);
                continue;
            }
            self.before.extend(held.cloned());
            match before {
                Some(parcel) => self.reshape.parcels.push(parcel.clone()),
                None => self.reshape.ended.push(id.clone()),
            }
        }
        let moved = returned(&given.basis.land, undone.valid_from, self.reshape.from);
        match moved {
            Ok(rows) => self.reshape.land = rows,
            Err(why) => self.object_to_land(&why),
        }
    }

    /// A version that begins on that day or later would be overwritten.
    fn find_later_versions(&mut self, given: &Given) {
        let touched = self.reshape.parcels.iter().map(|parcel| &parcel.id);
        let touched: Vec<ParcelId> = touched.chain(&self.reshape.ended).cloned().collect();
        for id in &touched {
            let Some(newest) = given.basis.newest(id) else {
                continue;
            };
            let last = newest.until.unwrap_or(newest.since).max(newest.since);
            if last >= self.reshape.from {
                let what =
                    format!("the parcel has its outline only since {last}; choose a later day");
                self.object("later_version", Some(id), what);
            }
        }
    }

    /// Where what is new lies over what is registered beside it, or over each other.
    fn find_overlaps(&mut self, given: &Given) {
        let gone: BTreeSet<&ParcelId> = self
            .before
            .iter()
            .map(|one| &one.id)
            .chain(&self.reshape.ended)
            .collect();
        let beside = given.others.iter().filter(|one| !gone.contains(&one.id));
        let all: Vec<&Parcel> = self.reshape.parcels.iter().chain(beside).collect();
        let outlines: Vec<&Outline> = all.iter().map(|one| &one.outline).collect();
        let new = self.reshape.parcels.len();
        let mut faults = Vec::new();
        each_overlap(
            &outlines,
            |one, other| one.min(other) < new,
            |overlap| {
                let [one, other] = overlap.pair;
                if let (Some(own), Some(there)) = (all.get(one.min(other)), all.get(one.max(other)))
                {
                    let mu = overlap.shared.get().round_dp(3).to_string();
                    faults.push(ShownFault {
                        code: "overlap",
                        parcel: Some(own.id.to_string()),
                        what: format!(
                            "it lies over parcel {} with {mu} mu; move the border",
                            there.id
                        ),
                        params: BTreeMap::from([("other", there.id.to_string()), ("mu", mu)]),
                    });
                }
                if faults.len() < OVERLAPS_MAX {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        );
        self.faults.append(&mut faults);
    }
}
