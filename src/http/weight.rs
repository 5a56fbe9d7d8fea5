//! What large answers weigh that are made and not yet taken: all together no more than a bound, however
//! many ask and however slowly they read (contract.md C4).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Desk, Problem, Trouble};

/// What an answer is handed on in, so that it weighs until its reader has taken it.
const PIECE_BYTES: usize = 64 * 1024;

/// Weights are counted in these.
const UNIT_BYTES: usize = 1024;

/// After how many seconds to come again where too much lies untaken.
const PAUSE_S: u32 = 2;

/// Answers that are made at a time, big ones apart: what is made has no weight yet. More than our
/// cores are busy with; whoever waits holds nothing but a request.
const MADE_AT_ONCE: usize = 32;

/// How much all answers together may weigh. One in a process.
#[derive(Debug)]
pub struct Weights {
    making: Semaphore,
    free: Arc<Semaphore>,
    most: u32,
}

impl Weights {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let units = (bytes / UNIT_BYTES).clamp(1, Semaphore::MAX_PERMITS);
        let most = u32::try_from(units).unwrap_or(u32::MAX);
        Self {
            making: Semaphore::new(MADE_AT_ONCE),
            free: Arc::new(Semaphore::new(units)),
            most,
        }
    }

    /// The room of an answer; one that is larger than all of it takes all of it.
    fn take(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let units = bytes.div_ceil(u64::try_from(UNIT_BYTES).unwrap_or(u64::MAX));
        let units = u32::try_from(units).unwrap_or(u32::MAX).min(self.most);
        Arc::clone(&self.free).try_acquire_many_owned(units).ok()
    }

    /// The answer, which weighs until it is taken; one that fits the pieces of a connection weighs
    /// nothing, nor does one that is made as it is read.
    ///
    /// # Errors
    /// 503: too much lies untaken.
    pub(super) fn weigh(&self, response: Response) -> Result<Response, Problem> {
        let bytes = response.body().size_hint().lower();
        if bytes <= u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX) {
            return Ok(response);
        }
        let weight = self.take(bytes).ok_or_else(|| {
            let detail = "as much is on its way to others as may be; come again in a moment";
            Problem::new(Trouble::Unavailable, detail).retry_after(PAUSE_S)
        })?;
        Ok(response.map(|body| {
            Body::new(Weighed {
                body,
                left: Bytes::new(),
                _weight: weight,
            })
        }))
    }
}

/// Wraps what answers with more than a few rows.
pub(super) async fn weighed(request: Request, next: Next) -> Response {
    let Some(desk) = request.extensions().get::<Desk>().cloned() else {
        return Problem::not_found().into_response();
    };
    // Never closed: the error is of a process that ends.
    let making = desk.weights.making.acquire().await;
    let response = next.run(request).await;
    drop(making);
    let weighed = desk.weights.weigh(response);
    weighed.unwrap_or_else(IntoResponse::into_response)
}

/// A body that is handed on in pieces, with its weight.
struct Weighed {
    body: Body,
    left: Bytes,
    _weight: OwnedSemaphorePermit,
}

impl hyper::body::Body for Weighed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        while self.left.is_empty() {
            let next = ready!(Pin::new(&mut self.body).poll_frame(context));
            let frame = match next {
                Some(Ok(frame)) => frame,
                other => return Poll::Ready(other),
            };
            match frame.into_data() {
                Ok(bytes) => self.left = bytes,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let count = self.left.len().min(PIECE_BYTES);
        let piece = self.left.split_to(count);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let left = u64::try_from(self.left.len()).unwrap_or(u64::MAX);
        let rest = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(left));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(left));
        }
        hint
    }
}
