//! What an asker gets of a rated year.

use crate::access::{Action, Matter, Object, Principal, Role, Scope, may, scope};
use crate::store::registry::{Assessed, Assessment};

use super::wire::{Group, Unit};

/// The eyes of an asker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eyes<'a> {
    who: &'a Principal,
    all: bool,
}

impl<'a> Eyes<'a> {
    pub(super) fn of(who: &'a Principal) -> Self {
        let all = scope(who, Action::Read, Matter::Score) == Scope::Everything;
        Self { who, all }
    }

    /// Whether everybody's scores are theirs to see.
    pub(super) const fn sees_all(&self) -> bool {
        self.all
    }

    /// Whether their looking goes into the log.
    pub(super) const fn is_logged(&self) -> bool {
        matches!(self.who.role, Role::Bureau)
    }

    fn sees(&self, entry: &Assessed) -> bool {
        let object = Object {
            matter: Matter::Score,
            enterprise: Some(&entry.enterprise),
            park: Some(&entry.park),
        };
        may(self.who, Action::Read, &object).is_allowed()
    }

    /// The result behind the grade, if it is theirs to see. Members of a group see theirs without
    /// the ids of the others.
    pub(super) fn result(&self, entry: &Assessed, assessment: &Assessment) -> Option<Unit> {
        if !self.sees(entry) {
            return None;
        }
        let mut unit: Unit = serde_json::from_str(&entry.body).ok()?;
        if !self.all {
            unit.hide_others(entry.enterprise.as_str());
        }
        unit.link(entry, assessment);
        Some(unit)
    }

    /// The groups with terms and band lines: all of them for whoever sees all; the own group's,
    /// without the totals of others at the borders but the line itself, for an enterprise; terms
    /// and shares alone for everybody else.
    pub(super) fn lines(&self, assessment: &Assessment, own: Option<&Assessed>) -> Vec<Group> {
        let groups: Vec<Group> = serde_json::from_str(&assessment.lines).unwrap_or_default();
        if self.all {
            return groups;
        }
        let own = own.filter(|entry| self.sees(entry));
        let own: Option<Unit> = own.and_then(|entry| serde_json::from_str(&entry.body).ok());
        groups
            .into_iter()
            .map(|group| match &own {
                Some(unit) if unit.is_of(&group) => group.for_member(),
                _ => group.for_everybody(),
            })
            .collect()
    }
}
