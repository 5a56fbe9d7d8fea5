//! Path and query, validated once: a handler gets domain types or is not called.

use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::{Desk, Problem, Trouble};

/// The one parameter of a path as a `T`. What is no `T` cannot exist: 404, like everything that
/// is not there.
#[derive(Clone, Copy, Debug)]
pub struct Checked<T>(pub T);

impl<T: FromStr + Send> FromRequestParts<Desk> for Checked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let found = RawPathParams::from_request_parts(parts, desk).await;
        let found = found.map_err(|_not_utf8| Problem::not_found())?;
        let (_, text) = found.iter().next().ok_or_else(Problem::not_found)?;
        let checked = text.parse().map_err(|_not_one| Problem::not_found())?;
        Ok(Self(checked))
    }
}

/// The two parameters of a path, in its order; else 404, as [`Checked`].
#[derive(Clone, Copy, Debug)]
pub struct CheckedPair<A, B>(pub A, pub B);

impl<A: FromStr + Send, B: FromStr + Send> FromRequestParts<Desk> for CheckedPair<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let found = RawPathParams::from_request_parts(parts, desk).await;
        let found = found.map_err(|_not_utf8| Problem::not_found())?;
        let mut texts = found.iter().map(|(_, text)| text);
        let (Some(first), Some(second)) = (texts.next(), texts.next()) else {
            return Err(Problem::not_found());
        };
        let first = first.parse().map_err(|_not_one| Problem::not_found())?;
        let second = second.parse().map_err(|_not_one| Problem::not_found())?;
        Ok(Self(first, second))
    }
}

/// The query as a `T` (a shape of `wire.rs` with `deny_unknown_fields`); else 400 in words.
#[derive(Clone, Copy, Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Desk> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, desk).await;
        let Query(asked) = query.map_err(|refused: QueryRejection| {
            Problem::new(Trouble::BadRequest, refused.body_text())
        })?;
        Ok(Self(asked))
    }
}
