//! The operations of this door as data: method, address, and who may ask; with what answers them.
//!
//! Every resource lists its own; router and document are made of the same list, and an operation
//! that names no row of contract.md 6 does not compile.

use axum::Router;
use axum::extract::{Extension, Request};
use axum::handler::Handler;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::access::{Action, Matter};

use super::Desk;
use super::big::in_turn;
use super::pace::Toll;
use super::record::record;
use super::weight::weighed;

/// A shorter text is not worth it: it fits a packet.
const COMPRESSED_BYTES_MIN: u16 = 1_024;

/// How an operation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// `GET`, and `HEAD` with it.
    Get,
    /// `POST`.
    Post,
}

/// Who may ask for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Everybody: it tells nothing about anybody.
    Everybody,
    /// A gateway with its token, for itself. What it sends is on record with every value.
    Gateway,
    /// Whoever signed in with a browser, for their own account.
    Own,
    /// Whom contract.md 6 lets do this with the matter; what they may not see is not there.
    Row(Matter, Action),
}

/// What is behind an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For programs: it is in the API document.
    Api,
    /// For people: a page or a part of one.
    Page,
}

/// One thing that a client may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// How.
    pub verb: Verb,
    /// Where; a variable part stands in braces.
    pub path: &'static str,
    /// Who may.
    pub right: Right,
    /// For whom.
    pub kind: Kind,
    /// Made for few at a time, tagged, and kept by the asker's browser.
    pub is_big: bool,
}

impl Operation {
    const fn get(path: &'static str, right: Right, kind: Kind) -> Self {
        Self {
            verb: Verb::Get,
            path,
            right,
            kind,
            is_big: false,
        }
    }

    /// Whether its answer may be compressed. The length of a compressed answer that holds both a
    /// secret and what somebody else made the browser ask for tells of the secret (BREACH); so
    /// nothing is compressed that is one's own (sessions, tokens, keys), nothing that an unsafe
    /// operation answers, and nothing that everybody may ask under sign-in.
    fn holds_no_secret(&self) -> bool {
        let is_public = self.path.ends_with("/openapi.json") || self.kind == Kind::Page;
        self.verb == Verb::Get && (is_public || matches!(self.right, Right::Row(..)))
    }
}

/// How answers are compressed: texts, not what is compressed already, and not events, which must
/// leave one by one.
fn compression() -> CompressionLayer<impl Predicate> {
    let texts = SizeAbove::new(COMPRESSED_BYTES_MIN)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("font/"));
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(texts)
}

/// Lets the network pay, or says when to come again.
async fn by_network(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let paid = match (extensions.get::<Toll>(), extensions.get::<Desk>()) {
        (Some(toll), Some(desk)) => toll.by_network(desk),
        _ => Ok(()),
    };
    match paid {
        Ok(()) => next.run(request).await,
        Err(often) => often.into_response(),
    }
}

/// Operations with what answers them.
#[derive(Debug, Default)]
pub(super) struct Routes {
    operations: Vec<Operation>,
    router: Router<Desk>,
}

impl Routes {
    /// The same and one more for programs.
    pub(super) fn get<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.with(Verb::Get, path, right, Kind::Api, handler)
    }

    /// The same and one more whose answer is big: a map, outlines, a table.
    pub(super) fn big<H, T>(mut self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        let operation = Operation {
            is_big: true,
            ..Operation::get(path, right, Kind::Api)
        };
        let made: MethodRouter<Desk> = get(handler).layer(middleware::from_fn(in_turn));
        let made: MethodRouter<Desk> = made.layer(compression());
        let made: MethodRouter<Desk> = made.layer(Extension(right));
        self.router = self.router.route(path, made);
        self.operations.push(operation);
        self
    }

    /// The same and one more that changes something.
    pub(super) fn post<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.with(Verb::Post, path, right, Kind::Api, handler)
    }

    /// The same and one more for people; what a page shows it asks the API for.
    pub(super) fn page<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.with(Verb::Get, path, Right::Everybody, Kind::Page, handler)
    }

    fn with<H, T>(
        mut self,
        verb: Verb,
        path: &'static str,
        right: Right,
        kind: Kind,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        let operation = Operation {
            verb,
            ..Operation::get(path, right, kind)
        };
        let answering = match verb {
            Verb::Get if operation.holds_no_secret() => {
                let made: MethodRouter<Desk> = get(handler).layer(middleware::from_fn(weighed));
                made.layer(compression())
            }
            Verb::Get => get(handler),
            Verb::Post if right == Right::Gateway => post(handler),
            Verb::Post => post(handler).layer(middleware::from_fn(move |request, next| {
                record(path, request, next)
            })),
        };
        self.operations.push(operation);
        // Whoever is asked for by the handler is held against it (`Asker`).
        self.router = self.router.route(path, answering.layer(Extension(right)));
        self
    }

    /// The same, each paid for by the network before anything is done, whatever credential comes with
    /// it: none was looked at, and nobody in particular is asked for.
    pub(super) fn paid_by_network(self) -> Self {
        let Self { operations, router } = self;
        let router = router.route_layer(middleware::from_fn(by_network));
        Self { operations, router }
    }

    /// These and those.
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.operations.extend(other.operations);
        self.router = self.router.merge(other.router);
        self
    }

    /// What is served.
    pub(super) fn operations(self) -> Vec<Operation> {
        self.operations
    }

    /// What serves it.
    pub(super) fn into_router(self) -> Router<Desk> {
        self.router
    }
}
