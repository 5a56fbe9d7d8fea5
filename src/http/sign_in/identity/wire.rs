//! What an identity server says (`OpenID` Connect Discovery 1.0, RFC 7517, RFC 6749), as JSON.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `/.well-known/openid-configuration`, what we need of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Discovered {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
}

/// Its keys.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Keys {
    pub(super) keys: Vec<Key>,
}

/// One key; those of kinds that we do not know are passed over.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    pub(super) kty: String,
    pub(super) kid: Option<String>,
    #[serde(rename = "use")]
    pub(super) used_for: Option<String>,
    pub(super) n: Option<String>,
    pub(super) e: Option<String>,
    pub(super) crv: Option<String>,
    pub(super) x: Option<String>,
    pub(super) y: Option<String>,
}

/// What a code is exchanged for.
#[derive(Deserialize)]
pub(super) struct Exchanged {
    pub(super) id_token: Option<String>,
}

/// The head of a token.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
}

/// One text or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What a token says of somebody.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: Option<String>,
    pub(super) aud: Audience,
    pub(super) azp: Option<String>,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) nbf: Option<i64>,
    pub(super) nonce: Option<String>,
    #[serde(flatten)]
    pub(super) more: BTreeMap<String, serde_json::Value>,
}

/// How the identity server sends somebody back.
#[derive(Deserialize)]
pub(in crate::http) struct Back {
    pub(super) code: Option<String>,
    pub(super) state: Option<String>,
}
