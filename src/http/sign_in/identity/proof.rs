//! Whether a token of an identity server proves who somebody is (`OpenID` Connect Core 1.0, 3.1.3.7).
//!
//! Calculates only: keys, expectations and the time come in. RS256 and ES256, and nothing that a
//! token names by itself: not `none`, and no secret that a public key would be taken for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use subtle::ConstantTimeEq;

use super::wire::{Audience, Claims, Head, Key};

/// More than any token has.
const TOKEN_BYTES_MAX: usize = 16_384;

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    /// Seconds since 1970.
    pub(super) now_s: i64,
    /// How far the two clocks may be apart.
    pub(super) skew_s: i64,
}

/// Why it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotProven {
    #[error("it is no token")]
    Shape,
    #[error("it is signed in a way that we do not take: RS256 or ES256")]
    Algorithm,
    #[error("it is signed with a key that the identity server does not publish")]
    UnknownKey,
    #[error("its signature is not right")]
    Signature,
    #[error("its claim `{0}` is not what it must be")]
    Claim(&'static str),
}

/// The claims of `token`, if it is signed by one of `keys` and says what it must.
pub(super) fn proven(
    token: &str,
    keys: &[Key],
    expected: &Expected<'_>,
) -> Result<Claims, NotProven> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NotProven::Shape);
    };
    if token.len() > TOKEN_BYTES_MAX {
        return Err(NotProven::Shape);
    }
    let signed = token
        .get(..head.len() + 1 + body.len())
        .ok_or(NotProven::Shape)?;
    let head: Head = read(head)?;
    let signature = bytes(signature)?;
    let fits = |key: &&Key| {
        let is_named = head.kid.is_none() || key.kid == head.kid;
        is_named && key.used_for.as_deref().is_none_or(|use_of| use_of == "sig")
    };
    let kind = match head.alg.as_str() {
        "RS256" => "RSA",
        "ES256" => "EC",
        _ => return Err(NotProven::Algorithm),
    };
    let mut fitting = keys
        .iter()
        .filter(fits)
        .filter(|key| key.kty == kind)
        .peekable();
    if fitting.peek().is_none() {
        return Err(NotProven::UnknownKey);
    }
    if !fitting.any(|key| is_signed(key, signed.as_bytes(), &signature)) {
        return Err(NotProven::Signature);
    }
    let claims: Claims = read(body)?;
    demand(&claims, expected)?;
    Ok(claims)
}

fn bytes(text: &str) -> Result<Vec<u8>, NotProven> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_not_base64| NotProven::Shape)
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, NotProven> {
    serde_json::from_slice(&bytes(part)?).map_err(|_not_ours| NotProven::Shape)
}

fn is_signed(key: &Key, signed: &[u8], signature: &[u8]) -> bool {
    let part = |text: &Option<String>| text.as_deref().and_then(|text| bytes(text).ok());
    match (key.kty.as_str(), part(&key.n), part(&key.e)) {
        ("RSA", Some(n), Some(e)) => RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            .is_ok(),
        ("EC", ..) if key.crv.as_deref() == Some("P-256") => {
            let (Some(x), Some(y)) = (part(&key.x), part(&key.y)) else {
                return false;
            };
            let point = [&[4][..], &x, &y].concat();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            key.verify(signed, signature).is_ok()
        }
        _ => false,
    }
}

fn demand(claims: &Claims, expected: &Expected<'_>) -> Result<(), NotProven> {
    let (client, now, skew) = (expected.client, expected.now_s, expected.skew_s);
    let is_for_us = match &claims.aud {
        Audience::One(only) => only == client,
        Audience::Many(all) => all.iter().any(|one| one == client),
    };
    let is_alone = matches!(&claims.aud, Audience::One(_))
        || matches!(&claims.aud, Audience::Many(all) if all.len() == 1);
    let by = claims.azp.as_deref();
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    let is_same = nonce.as_bytes().ct_eq(expected.nonce.as_bytes());
    let rules = [
        ("iss", claims.iss == expected.issuer),
        ("aud", is_for_us),
        // Where others are named, too, it must say that it was made for us.
        ("azp", by.map_or(is_alone, |by| by == client)),
        ("exp", claims.exp.saturating_add(skew) > now),
        ("iat", claims.iat <= now.saturating_add(skew)),
        (
            "nbf",
            claims
                .nbf
                .is_none_or(|from| from <= now.saturating_add(skew)),
        ),
        ("nonce", !expected.nonce.is_empty() && bool::from(is_same)),
    ];
    match rules.into_iter().find(|(_, holds)| !holds) {
        Some((claim, _)) => Err(NotProven::Claim(claim)),
        None => Ok(()),
    }
}
