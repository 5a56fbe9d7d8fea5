//! What an enterprise adds to a total, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::figures::Added;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceAdded)]
pub(in crate::http) struct AddedShown {
    enterprise: String,
    amount: String,
    below: String,
    /// The figure of its account.
    figure: Option<String>,
    /// It has one, which is not shown: it is over land in parks that are not the asker's.
    land_elsewhere: bool,
}

impl AddedShown {
    pub(super) fn of(one: &Added, is_shown: bool) -> Self {
        Self {
            enterprise: one.enterprise.to_string(),
            amount: one.amount.clone(),
            below: one.below.clone(),
            figure: one.figure.clone().filter(|_| is_shown),
            land_elsewhere: one.figure.is_some() && !is_shown,
        }
    }
}
