//! The operations of this door as data: method, address, and who may ask; with what answers them.
//!
//! Every resource lists its own; router and document are made of the same list, and an operation
//! that names no row of contract.md 6 does not compile.

use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{get, post};

use crate::access::{Action, Matter};

use super::Desk;
use super::record::record;

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
        self.operations.push(Operation {
            verb,
            path,
            right,
            kind,
        });
        let answering = match verb {
            Verb::Get => get(handler),
            Verb::Post if right == Right::Gateway => post(handler),
            Verb::Post => post(handler).layer(middleware::from_fn(move |request, next| {
                record(path, request, next)
            })),
        };
        self.router = self.router.route(path, answering);
        self
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
