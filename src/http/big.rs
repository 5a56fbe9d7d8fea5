//! Big answers (maps, outlines, tables): made for few at a time, and sent only to whoever does not
//! have them already.
//!
//! The tag is a digest of what would be sent, so that nobody is told "as before" of what somebody
//! else saw. Browsers keep such an answer for themselves and ask each time; signing out clears it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use hyper::body::{Frame, SizeHint};
use sha2::{Digest, Sha256};

use super::{Desk, Problem, Trouble};

/// What is held back to be tagged; a longer answer is sent as it comes, without a tag.
const TAGGED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// After how many seconds to come again where too many wait.
const PAUSE_S: u32 = 2;

/// For the asker's own browser, which asks each time whether it still holds.
const KEEP: &str = "private, no-cache";

/// Wraps every big answer.
pub(super) async fn in_turn(request: Request, next: Next) -> Response {
    let Some(desk) = request.extensions().get::<Desk>().cloned() else {
        return Problem::not_found().into_response();
    };
    let Ok(_turn) = desk.turns.take().await else {
        let detail = "as many large answers are being made as may be; come again in a moment";
        let problem = Problem::new(Trouble::Unavailable, detail);
        return problem.retry_after(PAUSE_S).into_response();
    };
    let headers = request.headers().clone();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = next.run(request).await;
    let is_told = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED);
    if is_read && is_told {
        let keep = HeaderValue::from_static(KEEP);
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
    }
    if response.status() == StatusCode::OK && !response.headers().contains_key(header::ETAG) {
        response = tagged(response, &headers).await;
    }
    let weighed = desk.weights.weigh(response);
    weighed.unwrap_or_else(IntoResponse::into_response)
}

/// The answer with a tag of its bytes, or 304 to whoever has them.
async fn tagged(response: Response, asked: &HeaderMap) -> Response {
    let (mut head, body) = response.into_parts();
    let mut pieces = body.into_data_stream();
    let (mut taken, mut bytes) = (Vec::new(), 0_usize);
    while let Some(piece) = pieces.next().await {
        let is_broken = piece.is_err();
        bytes += piece.as_ref().map_or(0, Bytes::len);
        taken.push(piece);
        if is_broken || bytes > TAGGED_BYTES_MAX {
            let all = Body::from_stream(stream::iter(taken).chain(pieces));
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            return Response::from_parts(head, Body::new(AtLeast { all, bytes }));
        }
    }
    let pieces: Vec<Bytes> = taken.into_iter().filter_map(Result::ok).collect();
    let digest = pieces.iter().fold(Sha256::new(), Digest::chain_update);
    // Weak: what is sent may be compressed on the way.
    let tag = format!("W/\"{}\"", hex::encode(digest.finalize()));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, tag);
    }
    if has(asked, &tag) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(head, Body::empty());
    }
    let whole = match <[Bytes; 1]>::try_from(pieces) {
        Ok([only]) => only,
        Err(pieces) => pieces.concat().into(),
    };
    Response::from_parts(head, Body::from(whole))
}

/// A stream of which so much is there already.
struct AtLeast {
    all: Body,
    bytes: u64,
}

impl hyper::body::Body for AtLeast {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.all).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.bytes);
        hint
    }
}

/// Whether the asker says that it has what `tag` names (RFC 9110, 13.1.2: weak comparison).
pub(super) fn has(asked: &HeaderMap, tag: &str) -> bool {
    fn opaque(tag: &str) -> &str {
        let tag = tag.trim();
        tag.strip_prefix("W/").unwrap_or(tag)
    }
    let lines = asked.get_all(header::IF_NONE_MATCH).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|one| one.trim() == "*" || opaque(one) == opaque(tag))
}
