//! Open sessions, as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::registry::{OpenSession, Which};

/// `GET /api/v1/sessions` and `GET /api/v1/me/sessions`.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenSessions)]
pub(in crate::http) struct Sessions {
    items: Vec<Shown>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OpenSession)]
struct Shown {
    /// Names it, and opens nothing.
    session: String,
    account: String,
    name: String,
    begun_at: String,
    /// When somebody last did something in it, to the half minute.
    used_at: String,
    /// Whether it is the one that asks.
    here: bool,
}

/// Which sessions are to end.
#[derive(Deserialize, ToSchema)]
#[schema(as = EndSessions)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Ended {
    /// The one to end; null: all, but for the one that asks where they are its own.
    session: Option<String>,
}

impl Ended {
    pub(super) fn which<'a>(&'a self, here: Option<&'a str>) -> Which<'a> {
        match &self.session {
            Some(mark) => Which::Of(mark),
            None => Which::AllBut(here),
        }
    }
}

impl Sessions {
    pub(super) fn of(found: &[OpenSession], here: Option<&str>) -> Self {
        let shown = |one: &OpenSession| Shown {
            session: one.mark.clone(),
            account: one.account.to_string(),
            name: one.name.clone(),
            begun_at: one.begun_at.to_string(),
            used_at: one.used_at.to_string(),
            here: here == Some(one.mark.as_str()),
        };
        Self {
            items: found.iter().map(shown).collect(),
        }
    }
}
