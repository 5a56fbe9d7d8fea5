//! One's own credentials, as JSON.

use qrcode::{Color, QrCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::registry::{ApiToken, FactorBegun, RecoveryCode, Token};

/// `POST /api/v1/me/password`.
#[derive(Deserialize, ToSchema)]
#[schema(as = OwnPassword)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Password {
    pub(super) present: String,
    pub(super) password: String,
}

/// `POST /api/v1/me/factor`.
#[derive(Deserialize, ToSchema)]
#[schema(as = BeginFactor)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Begin {
    /// The present one; not asked for on the way in.
    pub(super) password: Option<String>,
}

/// A second factor that waits for its first code.
#[derive(Serialize, ToSchema)]
#[schema(as = FactorBegun)]
pub(in crate::http) struct Begun {
    /// To type, in base 32.
    secret: String,
    /// `otpauth://…`.
    address: String,
    /// The same as the rows of a QR code: `1` is dark.
    picture: Vec<String>,
}

/// The codes for the day on which the telephone is lost, shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = FactorConfirmed)]
pub(in crate::http) struct Confirmed {
    recovery_codes: Vec<String>,
}

/// What a token may.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[schema(as = TokenScope)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Scope {
    Read,
    Write,
}

/// `POST /api/v1/me/tokens`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewToken {
    /// What it is for.
    pub(super) label: String,
    pub(super) scope: Scope,
    /// For how many days, 1 to 366.
    pub(super) days: u16,
    /// The present one: a browser that somebody left open gives no token.
    pub(super) password: String,
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub(in crate::http) struct Entry {
    number: i64,
    label: String,
    scope: Scope,
    created_at: String,
    expires_at: String,
}

/// One's own tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiTokens)]
pub(in crate::http) struct Tokens {
    items: Vec<Entry>,
}

/// A new token.
#[derive(Serialize, ToSchema)]
#[schema(as = GivenApiToken)]
pub(in crate::http) struct Given {
    /// Shown this once.
    token: String,
    #[serde(flatten)]
    entry: Entry,
}

impl Scope {
    pub(super) const fn may_write(self) -> bool {
        matches!(self, Self::Write)
    }
}

impl Begun {
    pub(super) fn of(begun: &FactorBegun) -> Self {
        // An address of ours always fits; without a picture one types the secret.
        let picture = QrCode::new(begun.address.reveal()).map_or_else(
            |_too_long| Vec::new(),
            |code| {
                let dark = |colour: &Color| if *colour == Color::Dark { '1' } else { '0' };
                let squares = code.to_colors();
                let rows = squares.chunks(code.width());
                rows.map(|row| row.iter().map(dark).collect()).collect()
            },
        );
        Self {
            picture,
            secret: begun.secret.reveal().to_owned(),
            address: begun.address.reveal().to_owned(),
        }
    }
}

impl Confirmed {
    pub(super) fn of(codes: &[RecoveryCode]) -> Self {
        let shown = codes.iter().map(|code| code.reveal().to_owned());
        Self {
            recovery_codes: shown.collect(),
        }
    }
}

impl Entry {
    fn of(token: &ApiToken) -> Self {
        Self {
            number: token.number,
            label: token.label.clone(),
            scope: if token.may_write {
                Scope::Write
            } else {
                Scope::Read
            },
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
        }
    }
}

impl Tokens {
    pub(super) fn of(tokens: &[ApiToken]) -> Self {
        Self {
            items: tokens.iter().map(Entry::of).collect(),
        }
    }
}

impl Given {
    pub(super) fn of(token: &Token, entry: &ApiToken) -> Self {
        Self {
            token: token.reveal().to_owned(),
            entry: Entry::of(entry),
        }
    }
}
