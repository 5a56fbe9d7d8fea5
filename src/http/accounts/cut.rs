//! Which figures of an account an asker gets.

use std::collections::BTreeSet;

use crate::access::{
    Action, Decision, Matter, Object, Principal, Role, Scope, may, may_disclose_beside, scope,
};
use crate::ledger::figure::{Figure, Formula, Input};
use crate::ledger::holder::HolderAccount;
use crate::park::EnterpriseCode;
use crate::store::registry::{Holder, KeptAccount};

/// The eyes of an asker, and whether they fell on something whose reading is logged.
#[derive(Debug)]
pub(in crate::http) struct Sight<'a> {
    who: &'a Principal,
    kinds: BTreeSet<String>,
    logged: bool,
}

impl<'a> Sight<'a> {
    /// Of `who`, for these kinds of figures; none: for all.
    pub(in crate::http) const fn of(who: &'a Principal, kinds: BTreeSet<String>) -> Self {
        Self {
            who,
            kinds,
            logged: false,
        }
    }

    /// Whether something was seen whose reading goes into the log.
    pub(in crate::http) const fn is_logged(&self) -> bool {
        self.logged
    }

    /// Whether a figure of many, whose output the asker may see of each, is shown.
    pub(in crate::http) fn sees(&mut self, figure: &Figure) -> bool {
        let is_seen = self.wants(figure);
        self.logged |= is_seen && self.is_bureau() && figure.touches.contains(&Matter::Tax);
        is_seen
    }

    fn wants(&self, figure: &Figure) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&figure.kind)
    }

    /// The figures of an enterprise.
    pub(in crate::http) fn cut<'k>(&mut self, kept: &'k KeptAccount) -> Vec<&'k Figure> {
        let Holder::Enterprise(code, park) = &kept.holder else {
            return Vec::new();
        };
        let mut seen = Vec::new();
        for figure in &kept.account.figures {
            let decisions: Vec<Decision> = figure
                .touches
                .iter()
                .map(|matter| {
                    let object = Object {
                        matter: *matter,
                        enterprise: Some(code),
                        park: Some(park),
                    };
                    may(self.who, Action::Read, &object)
                })
                .collect();
            if self.wants(figure) && decisions.iter().all(|one| one.is_allowed()) {
                self.logged |= self.is_bureau() && figure.touches.contains(&Matter::Tax);
                seen.push(figure);
            }
        }
        seen
    }

    /// The figures of a park or the city: all for whoever may see each enterprise; else those of a
    /// park whose sums tell nothing of one of them.
    pub(in crate::http) fn cut_total<'k>(&mut self, kept: &'k KeptAccount) -> Vec<&'k Figure> {
        let sees_all = scope(self.who, Action::Read, Matter::Output) == Scope::Everything;
        let park = match &kept.holder {
            Holder::Park(park) => Some(park),
            Holder::City if sees_all => None,
            _ => return Vec::new(),
        };
        let enterprise = match &self.who.role {
            Role::Enterprise(own) => Some(own),
            _ => None,
        };
        let object = Object {
            matter: Matter::ParkTotals,
            enterprise,
            park,
        };
        if !may(self.who, Action::Read, &object).is_allowed() || !self.is_of_park(&kept.account) {
            return Vec::new();
        }
        let is_operator = matches!(self.who.role, Role::Operator(_) | Role::Kiosk(_));
        let is_shown = |figure: &&Figure| {
            let is_tax = figure.touches.contains(&Matter::Tax);
            self.wants(figure)
                && (sees_all || !(is_operator && is_tax) && self.tells_nobody(kept, figure))
        };
        kept.account.figures.iter().filter(is_shown).collect()
    }

    /// An enterprise sees the sums of the park that its own figures are part of.
    fn is_of_park(&self, account: &HolderAccount) -> bool {
        let Role::Enterprise(own) = &self.who.role else {
            return true;
        };
        let mut inputs = account.figures.iter().flat_map(|figure| &figure.inputs);
        inputs.any(|input| input.what == own.as_str())
    }

    const fn is_bureau(&self) -> bool {
        matches!(self.who.role, Role::Bureau)
    }

    /// Whether the sums that a figure of a park is made of may be shown (contract.md 6): what is
    /// left of them without the parts that the asker sees anyway tells of nobody.
    fn tells_nobody(&self, kept: &KeptAccount, figure: &Figure) -> bool {
        let is_sum_shown = |figure: &Figure| {
            let inputs = figure.inputs.iter();
            let parts = inputs
                .filter_map(|input| Some((input.amount()?, self.sees_part(kept, figure, input))));
            may_disclose_beside(&parts.collect::<Vec<_>>())
        };
        match figure.formula {
            Formula::Sum => is_sum_shown(figure),
            Formula::Ratio(_) => figure.inputs.iter().all(|input| {
                let part = kept.account.find(&input.what);
                part.is_some_and(is_sum_shown)
            }),
        }
    }

    /// Whether a member's part of a park's sum is theirs to see.
    fn sees_part(&self, kept: &KeptAccount, figure: &Figure, input: &Input) -> bool {
        let Ok(code) = input.what.parse::<EnterpriseCode>() else {
            return false;
        };
        figure.touches.iter().all(|matter| {
            let object = Object {
                matter: *matter,
                enterprise: Some(&code),
                park: kept.holder.park(),
            };
            may(self.who, Action::Read, &object).is_allowed()
        })
    }
}
