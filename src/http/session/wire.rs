//! Who asks, and the roles of a demo, as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Principal;
use crate::park::{Enterprise, Park};
use crate::store::registry::{Session, SessionTerms};

/// `POST /api/v1/session`: `{"role": "operator", "park": "WJ"}`.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "role", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::http) enum Choice {
    Public {},
    Bureau {},
    Operator { park: String },
    Kiosk { park: String },
    Sys {},
    Sec {},
    Aud {},
    Enterprise { enterprise: String },
}

/// `GET /api/v1/me`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Me {
    role: &'static str,
    /// The account in the audit log.
    name: String,
    /// Whether one may be somebody else by one click.
    demo: bool,
    /// What they are called, if they signed in with this browser.
    person: Option<String>,
    /// After so many minutes without a question they are signed out.
    idle_minutes: u64,
    /// When this session ends, however much it is used; null for whoever has none.
    ends_at: Option<String>,
    /// The parks whose map they may see.
    parks: Vec<NamedPark>,
    enterprise: Option<NamedEnterprise>,
    /// The layer that a map begins with: energy, or electricity where no month is closed yet or no
    /// 等价 value of it is set.
    first_layer: &'static str,
}

#[derive(Serialize, ToSchema)]
struct NamedPark {
    park: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct NamedEnterprise {
    enterprise: String,
    name: String,
    park: String,
}

/// `GET /api/v1/session`: what there is to choose from.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Choices {
    parks: Vec<NamedPark>,
    enterprises: Vec<NamedEnterprise>,
}

impl NamedPark {
    fn of(park: &Park) -> Self {
        Self {
            park: park.id.to_string(),
            name: park.name.to_string(),
        }
    }
}

impl NamedEnterprise {
    fn of(enterprise: &Enterprise) -> Self {
        Self {
            enterprise: enterprise.code.to_string(),
            name: enterprise.name.to_string(),
            park: enterprise.park.to_string(),
        }
    }
}

impl Me {
    pub(super) fn of(
        who: &Principal,
        parks: &[Park],
        enterprise: Option<&Enterprise>,
        demo: bool,
        (session, terms): (Option<Session>, SessionTerms),
        first_layer: &'static str,
    ) -> Self {
        let whole_ms = i64::try_from(terms.whole.as_millis()).unwrap_or(i64::MAX);
        let ends_at = session.as_ref().map(|one| one.begun_at.plus_ms(whole_ms));
        Self {
            role: who.role.as_str(),
            name: who.name.clone(),
            demo,
            person: session.map(|one| one.name),
            idle_minutes: terms.idle.as_secs() / 60,
            ends_at: ends_at.map(|at| at.to_string()),
            parks: parks.iter().map(NamedPark::of).collect(),
            enterprise: enterprise.map(NamedEnterprise::of),
            first_layer,
        }
    }
}

impl Choices {
    pub(super) fn of(parks: &[Park], enterprises: &[Enterprise]) -> Self {
        Self {
            parks: parks.iter().map(NamedPark::of).collect(),
            enterprises: enterprises.iter().map(NamedEnterprise::of).collect(),
        }
    }
}
