//! Signing in, as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::password::Profile;
use crate::store::registry::{Session, Stage};

/// `POST /api/v1/sign-in`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Password {
    pub(super) account: String,
    pub(super) password: String,
}

/// `POST /api/v1/sign-in/code`: six digits, or a recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Code {
    pub(in crate::http) code: String,
}

/// `POST /api/v1/sign-in/password`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewPassword {
    pub(super) password: String,
}

/// `POST /api/v1/sign-in/setup`: the first of all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Setup {
    /// As the first start printed it.
    pub(super) code: String,
    pub(super) account: String,
    pub(super) name: String,
    pub(super) password: String,
}

/// How far a sign-in is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Progress {
    /// What comes next: `account`, `code`, `password`, `enrol`, or `done`.
    next: &'static str,
    account: Option<String>,
    /// Whether nobody was ever added, so that the setup code is asked for.
    setup: bool,
    /// Whether one may sign in with an identity server (`/api/v1/sign-in/identity`).
    identity: bool,
    /// By which rules passwords are chosen.
    profile: &'static str,
    letters_min: usize,
}

impl Progress {
    pub(super) fn of(
        session: Option<&Session>,
        setup: bool,
        identity: bool,
        profile: Profile,
    ) -> Self {
        let stage = session.map(|session| session.stage);
        let account = session.map(|session| session.account.to_string());
        Self::at(stage, account, (setup, identity), profile)
    }

    pub(super) fn at(
        stage: Option<Stage>,
        account: Option<String>,
        (setup, identity): (bool, bool),
        profile: Profile,
    ) -> Self {
        Self {
            next: match stage {
                None => "account",
                Some(Stage::Full) => "done",
                Some(stage) => stage.as_str(),
            },
            account,
            setup,
            identity,
            profile: profile.as_str(),
            letters_min: profile.letters_min(),
        }
    }
}
