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
}

impl AddedShown {
    pub(super) fn of(one: &Added) -> Self {
        Self {
            enterprise: one.enterprise.to_string(),
            amount: one.amount.clone(),
            below: one.below.clone(),
            figure: one.figure.clone(),
        }
    }
}
