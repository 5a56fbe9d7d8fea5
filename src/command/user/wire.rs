//! People as JSON.

use serde::Serialize;

use crate::store::registry::{ApiToken, NewPerson, Token};

/// Somebody new (contract.md 5, `user add`).
#[derive(Serialize)]
pub(super) struct Added<'a> {
    account: &'a str,
    role: &'static str,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

impl<'a> Added<'a> {
    fn of(person: &'a NewPerson) -> Self {
        Self {
            account: person.account.as_str(),
            role: person.office.role(),
            scope: person.office.scope(),
            password: None,
            token: None,
            expires_at: None,
        }
    }

    pub(super) fn with_password(person: &'a NewPerson, password: &'a Token) -> Self {
        Self {
            password: Some(password.reveal()),
            ..Self::of(person)
        }
    }

    pub(super) fn with_token(person: &'a NewPerson, token: &'a Token, entry: &ApiToken) -> Self {
        Self {
            token: Some(token.reveal()),
            expires_at: Some(entry.expires_at.to_string()),
            ..Self::of(person)
        }
    }
}
