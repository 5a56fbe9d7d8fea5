//! The pages in the browser, as `make pages` built them: embedded in a release, read from the
//! tree in a debug build. Knows no data; what a page shows it asks the API for.
//!
//! Without built pages every address of a page answers one page that says how to build them.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::access::{Principal, Role};

use super::{Asker, Problem, Routes, big};

/// What Vite wrote.
#[derive(RustEmbed)]
#[folder = "dashboards/web/dist"]
#[allow_missing = true]
struct Built;

/// The address of every page with who may open it; each is a state of the one document. Whoever
/// may not finds what they would find at an address that is none (screens.md 4).
const PAGES: [(&str, For); 41] = [
    ("/", For::Everybody),
    ("/map", For::Mapped),
    ("/arrival", For::Watching),
    ("/today", For::Watching),
    ("/duty", For::Watching),
    ("/my", For::Enterprise),
    ("/my/arrival", For::Enterprise),
    ("/my/quarantine", For::Enterprise),
    ("/my/ledger", For::Enterprise),
    ("/my/ledger/{month}", For::Enterprise),
    ("/my/statements", For::Enterprise),
    ("/my/land", For::Enterprise),
    ("/ent/{enterprise}/statements", For::Watching),
    ("/ent/{enterprise}/land", For::Watching),
    ("/my/grade", For::Enterprise),
    ("/my/grade/{year}", For::Enterprise),
    ("/rating/{year}", For::Graded),
    ("/src/{figure}", For::Mapped),
    ("/login", For::Everybody),
    ("/help/api", For::Everybody),
    ("/notifications", For::Known),
    ("/decisions", For::Mapped),
    ("/me", For::Known),
    ("/sec/users", For::Keys),
    ("/aud/log", For::Log),
    ("/me/log", For::OwnLog),
    ("/my/gateways", For::Enterprise),
    ("/my/gateways/{gateway}/test", For::Enterprise),
    ("/import", For::Bureau),
    ("/rollups", For::Bureau),
    ("/gateways", For::Watching),
    ("/gateways/{gateway}/test", For::Watching),
    ("/sec/credentials", For::Keys),
    ("/sec/logins", For::Keys),
    ("/sec/roles", For::Keys),
    ("/sys", For::System),
    ("/alarms", For::Watching),
    ("/my/alarms", For::Enterprise),
    ("/my/meters/{meter}", For::Enterprise),
    ("/quality", For::Watching),
    ("/my/quality", For::Enterprise),
];

/// Who may open a page; what it then shows the API decides.
#[derive(Clone, Copy, Debug)]
enum For {
    /// Anybody.
    Everybody,
    /// Who may see published grades: all but the administrators (contract.md 6).
    Graded,
    /// Who may see cells of a map.
    Mapped,
    /// Who watches over the meters of others.
    Watching,
    /// A clerk of an enterprise.
    Enterprise,
    /// Whoever is anybody.
    Known,
    /// The bureau.
    Bureau,
    /// Who gives keys.
    Keys,
    /// Who may look at settings and how the platform is.
    System,
    /// Who reads the audit log.
    Log,
    /// Who reads of it what the own staff did.
    OwnLog,
}

impl For {
    fn holds(self, who: &Principal) -> bool {
        let watches = matches!(
            who.role,
            Role::Operator(_) | Role::Kiosk(_) | Role::Bureau | Role::Machine
        );
        let is_clerk = matches!(who.role, Role::Enterprise(_));
        match self {
            Self::Everybody => true,
            Self::Graded => !matches!(
                who.role,
                Role::AdminSystem | Role::AdminSecurity | Role::AdminAudit
            ),
            Self::Mapped => watches || is_clerk,
            Self::Watching => watches,
            Self::Enterprise => is_clerk,
            Self::Known => who.role != Role::Public,
            Self::Bureau => who.role == Role::Bureau,
            Self::Keys => who.role == Role::AdminSecurity,
            Self::System => who.role == Role::AdminSystem,
            Self::Log => who.role == Role::AdminAudit,
            Self::OwnLog => {
                is_clerk || matches!(who.role, Role::Operator(_) | Role::Kiosk(_) | Role::Bureau)
            }
        }
    }
}

const DOCUMENT: &str = "index.html";

/// Names with a digest in them never change their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked about each time, and answered 304 where it is as before.
const ASK_AGAIN: &str = "no-cache";

pub(super) fn routes() -> Routes {
    PAGES
        .into_iter()
        .fold(Routes::default(), |routes, (page, whose)| {
            let show = move |Asker(who): Asker, uri: Uri, headers: HeaderMap| async move {
                if whose.holds(&who) {
                    page_at(&headers)
                } else {
                    missing(uri, headers).await
                }
            };
            routes.page(page, show)
        })
        .page("/mark.svg", file)
        .page("/assets/{*path}", file)
        .page("/font/{*path}", file)
}

/// What is no address of ours: the page that says so to people, a problem to programs. Both hide
/// whether there is something that the asker may not see (contract.md 3).
pub(super) async fn missing(uri: Uri, headers: HeaderMap) -> Response {
    let is_page = !uri.path().starts_with("/api/") && wants_page(&headers);
    match Built::get(DOCUMENT) {
        Some(document) if is_page => {
            // Whatever the browser has kept: "as before" of a page that is not there would be an empty one.
            let whole = answer(DOCUMENT, document, &HeaderMap::new());
            (StatusCode::NOT_FOUND, whole).into_response()
        }
        _ => Problem::not_found().into_response(),
    }
}

fn page_at(headers: &HeaderMap) -> Response {
    match Built::get(DOCUMENT) {
        Some(document) => answer(DOCUMENT, document, headers),
        None => not_built(),
    }
}

async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match Built::get(path) {
        Some(file) => answer(path, file, &headers),
        None => Problem::not_found().into_response(),
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept.is_some_and(|kinds| {
        kinds
            .to_str()
            .is_ok_and(|kinds| kinds.contains("text/html"))
    })
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let keep = if path.starts_with("assets/") {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    if big::has(headers, &tag) {
        let fresh = [
            (header::ETAG, tag),
            (header::CACHE_CONTROL, keep.to_owned()),
        ];
        return (StatusCode::NOT_MODIFIED, fresh).into_response();
    }
    let head = [
        (header::CONTENT_TYPE, kind(file.metadata.mimetype())),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag),
    ];
    (head, file.data).into_response()
}

/// The media type; texts are all UTF-8.
fn kind(mimetype: &str) -> String {
    if mimetype.starts_with("text/") {
        return format!("{mimetype}; charset=utf-8");
    }
    mimetype.to_owned()
}

fn not_built() -> Response {
    let text = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>parkpulse</title>\
                <h1>页面还没有构建</h1>\
                <p>服务器在运行。要看页面，请在源码目录执行 <code>make pages</code>，再重新构建。</p>\
                <p lang=\"en\">The server runs. To see the pages, run <code>make pages</code> in the \
                source tree and build again.</p>\
                <p><a href=\"/api/v1/map.svg\">SVG</a> <a href=\"/api/v1/map.csv\">CSV</a></p></html>";
    let kind = "text/html; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
