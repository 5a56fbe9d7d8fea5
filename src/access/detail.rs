//! How much of a figure about one enterprise a map shows to whom (contract.md 6, screens.md 6): the
//! value, only the band it lies in, or nothing.

use crate::park::{EnterpriseCode, ParkId};

use super::{Action, Matter, Object, Principal, Scope, may, scope};

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// That there is one, and nothing of it.
    Nothing,
    /// In which of the bands that were fixed beforehand it lies.
    Band,
    /// All of it.
    Value,
}

/// How much `who` sees of a figure that was made of `touched`, about `enterprise` in `park`.
#[must_use]
pub fn detail(
    who: &Principal,
    touched: &[Matter],
    enterprise: &EnterpriseCode,
    park: &ParkId,
) -> Detail {
    least(touched, |matter| {
        let object = Object {
            matter,
            enterprise: Some(enterprise),
            park: Some(park),
        };
        may(who, Action::Read, &object).is_allowed()
    })
}

/// The most that `who` sees of any such figure: [`Detail::Nothing`] locks a whole layer.
#[must_use]
pub fn most_detail(who: &Principal, touched: &[Matter]) -> Detail {
    least(touched, |matter| {
        scope(who, Action::Read, matter) != Scope::Nothing
    })
}

/// Whoever may see the cells of a park sees of output its band ("band or index only").
fn least(touched: &[Matter], may_see: impl Fn(Matter) -> bool) -> Detail {
    if !may_see(Matter::HeatCell) {
        return Detail::Nothing;
    }
    let of_each = touched.iter().map(|matter| match matter {
        matter if may_see(*matter) => Detail::Value,
        Matter::Output => Detail::Band,
        _ => Detail::Nothing,
    });
    of_each.min().unwrap_or(Detail::Value)
}
