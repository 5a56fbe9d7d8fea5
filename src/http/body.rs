//! A request body that must be whole by a deadline.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body as AxumBody;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::LengthLimitError;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use serde::de::DeserializeOwned;
use tokio::time::{Sleep, sleep};

use crate::reading::Code;

use super::{Problem, Trouble};

/// The body did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body did not come in time")]
pub(super) struct BodyTooSlow;

/// A body as hyper reads it, that fails with [`BodyTooSlow`] once its time is over.
pub(super) struct TimedBody {
    body: Incoming,
    deadline: Pin<Box<Sleep>>,
}

impl TimedBody {
    pub(super) fn new(body: Incoming, within: Duration) -> Self {
        Self {
            body,
            deadline: Box::pin(sleep(within)),
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(frame.map(|frame| frame.map_err(Into::into))),
            Poll::Pending => {
                let late = self.deadline.as_mut().poll(context);
                late.map(|()| Some(Err(BodyTooSlow.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The whole body, at most `bytes_max`.
///
/// # Errors
/// 413 too large, 408 too slow, 400 cut off.
pub(super) async fn whole_body(body: AxumBody, bytes_max: usize) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, bytes_max)
        .await
        .map_err(|cause| refused(&cause, bytes_max))
}

fn refused(cause: &axum::Error, bytes_max: usize) -> Problem {
    let mut next: Option<&(dyn Error + 'static)> = Some(cause);
    while let Some(error) = next {
        if error.is::<LengthLimitError>() {
            let words = format!("the body is larger than {bytes_max} bytes; send less at a time");
            return Problem::new(Trouble::Refused(Code::TooLarge), words);
        }
        if error.is::<BodyTooSlow>() {
            return Problem::new(Trouble::TooSlow, error.to_string());
        }
        next = error.source();
    }
    Problem::new(Trouble::BadRequest, "the body was cut off; send it again")
}

/// The whole body as the JSON of a `wire.rs`, at most `bytes_max`. What comes under another media
/// type is refused: a foreign page can make a browser send that without being asked for leave.
///
/// # Errors
/// 415 no JSON, 422 unreadable or with an unknown field, and those of [`whole_body`].
pub(super) async fn json_body<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: AxumBody,
    bytes_max: usize,
) -> Result<T, Problem> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let detail = "send application/json";
        return Err(Problem::new(Trouble::UnsupportedMedia, detail));
    }
    let bytes = whole_body(body, bytes_max).await?;
    serde_json::from_slice(&bytes).map_err(|cause| unreadable(&cause))
}

fn unreadable(cause: &serde_json::Error) -> Problem {
    let words = cause.to_string();
    let code = if !cause.is_data() {
        Code::BadEncoding
    } else if words.starts_with("unknown field") {
        Code::UnknownField
    } else if words.starts_with("missing field") {
        Code::MissingField
    } else {
        Code::BadType
    };
    Problem::new(Trouble::Refused(code), words)
}
