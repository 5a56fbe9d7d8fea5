//! People and their offices, as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{AccountName, NotAnAccountName, NotAnOffice, Office};
use crate::calendar::Moment;
use crate::http::{Problem, Trouble};
use crate::park::NameRefused;
use crate::store::registry::{self, PersonEntry, StaffEntry};

/// `POST /api/v1/people`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewPerson {
    /// 3 to 32 of a-z, 0-9 and . _ -
    account: String,
    name: String,
    /// enterprise, operator, kiosk, bureau, sys, sec, aud
    role: String,
    /// The social credit code, the park (`*`: all, for operators), or nothing.
    #[serde(default)]
    scope: String,
    /// Until when; null: until it is ended.
    until: Option<String>,
}

/// An office, from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewOffice {
    role: String,
    #[serde(default)]
    scope: String,
    until: Option<String>,
}

/// A page of people.
#[derive(Serialize, ToSchema)]
#[schema(as = PeoplePage)]
pub(in crate::http) struct Page {
    items: Vec<Person>,
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Person {
    account: String,
    name: String,
    offices: Vec<Held>,
    second_factor: bool,
    added_at: String,
    /// When an open session of theirs was last used; null: there is none.
    seen_at: Option<String>,
    ended_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Office)]
struct Held {
    role: &'static str,
    scope: String,
}

/// `GET /api/v1/staff`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct StaffList {
    items: Vec<Colleague>,
}

/// Somebody who works for the same, with one of their offices.
#[derive(Serialize, ToSchema)]
struct Colleague {
    account: String,
    name: String,
    role: &'static str,
    scope: String,
    since: String,
    until: Option<String>,
}

impl StaffList {
    pub(super) fn of(found: &[StaffEntry]) -> Self {
        let shown = |one: &StaffEntry| Colleague {
            account: one.account.to_string(),
            name: one.name.clone(),
            role: one.office.role(),
            scope: one.office.scope().to_owned(),
            since: one.since.to_string(),
            until: one.until.map(|at| at.to_string()),
        };
        Self {
            items: found.iter().map(shown).collect(),
        }
    }
}

fn unreadable(cause: impl std::fmt::Display) -> Problem {
    Problem::new(Trouble::BadRequest, cause.to_string())
}

fn moment(text: Option<&String>) -> Result<Option<Moment>, Problem> {
    text.map(|text| text.parse::<Moment>())
        .transpose()
        .map_err(unreadable)
}

/// Until when, if that is still to come.
fn until(text: Option<&String>, now: Moment) -> Result<Option<Moment>, Problem> {
    let until = moment(text)?;
    if until.is_some_and(|until| until <= now) {
        return Err(unreadable(
            "`until` is past: an office ends after it begins",
        ));
    }
    Ok(until)
}

impl NewPerson {
    pub(super) fn read(&self, now: Moment) -> Result<registry::NewPerson, Problem> {
        let account: Result<AccountName, NotAnAccountName> = self.account.trim().parse();
        let name: Result<_, NameRefused> = self.name.parse();
        let office: Result<Office, NotAnOffice> = Office::read(&self.role, &self.scope);
        Ok(registry::NewPerson {
            account: account.map_err(unreadable)?,
            name: name.map_err(unreadable)?,
            office: office.map_err(unreadable)?,
            until: until(self.until.as_ref(), now)?,
        })
    }
}

impl NewOffice {
    pub(super) fn read(&self, now: Moment) -> Result<(Office, Option<Moment>), Problem> {
        Ok((self.office()?, until(self.until.as_ref(), now)?))
    }

    /// Which it is, whatever is said of its end.
    pub(super) fn office(&self) -> Result<Office, Problem> {
        Office::read(&self.role, &self.scope).map_err(unreadable)
    }
}

impl Page {
    pub(super) fn of(page: &registry::Page<PersonEntry>) -> Self {
        Self {
            items: page.entries.iter().map(Person::of).collect(),
            next: page.next.clone(),
        }
    }
}

impl Person {
    fn of(entry: &PersonEntry) -> Self {
        let office = |office: &Office| Held {
            role: office.role(),
            scope: office.scope().to_owned(),
        };
        Self {
            account: entry.account.to_string(),
            name: entry.name.clone(),
            offices: entry.offices.iter().map(office).collect(),
            second_factor: entry.has_factor,
            added_at: entry.added_at.to_string(),
            seen_at: entry.seen_at.map(|at| at.to_string()),
            ended_at: entry.ended_at.map(|at| at.to_string()),
        }
    }
}
