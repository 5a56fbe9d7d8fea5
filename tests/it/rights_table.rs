//! The rights of every operation as one table (contract.md 6): somebody of every role, really signed
//! in, asks for a thing of its own, of another enterprise in the same park, in another park, for one
//! that was ended, for one that does not exist, and for a name that cannot exist. Which operations
//! and objects there are is read from the operation list and the API document; a cell that is
//! missing here fails. The rows about people and their keys are in `rights_people`, those of
//! the daily work in `rights_work`.

use std::collections::BTreeSet;

use parkpulse::http::{Kind, Operation, Right, Verb, operations};

use crate::pages_rights::text;
use crate::rights_books;
use crate::rights_meters;
use crate::rights_notifications;
use crate::rights_people;
use crate::rights_work;
use crate::stage::Stage;

/// Parameters that name a thing which is somebody's.
const OBJECTS: [&str; 8] = [
    "account",
    "enterprise",
    "figure",
    "gateway",
    "meter",
    "number",
    "parcel",
    "park",
];
/// Parameters of that name that only pick rows out of an answer, or say where to look.
const FILTERS: [(&str, &str); 2] = [
    ("/api/v1/ratings/{year}/{enterprise}", "park"),
    ("/api/v1/parcels/{parcel}/card", "park"),
];
/// Parameters in a path that name nothing of anybody's.
const PLAIN: [&str; 2] = ["kind", "year"];
/// Own, another's in the same park, another park's, nobody's, nonsense.
const FIVE: [&str; 5] = ["own", "other", "foreign", "absent", "malformed"];
/// Where it can be ended by this door, which is all the deleting there is: that, too.
const SIX: [&str; 6] = ["own", "other", "foreign", "deleted", "absent", "malformed"];
/// A delivery is the platform's: given up, sent long ago, none.
const SENT: [&str; 4] = ["own", "deleted", "absent", "malformed"];
/// A file that was taken is the bureau's, as all its like, or there is none.
const TAKEN: [&str; 3] = ["own", "absent", "malformed"];
/// A park is one's own or another one.
const FOUR: [&str; 4] = ["own", "foreign", "absent", "malformed"];

/// What waits was asked for by oneself or by another, is decided, or is not there; it is of no park.
const ASKED: [&str; 5] = ["own", "other", "deleted", "absent", "malformed"];

/// The roles, in the order of the letters below.
pub(crate) const ROLES: [&str; 11] = [
    "public",
    "own",
    "other",
    "here",
    "elsewhere",
    "kiosk",
    "bureau",
    "sys",
    "sec",
    "aud",
    "local",
];

/// Parameters that name nothing of anybody's: which days, which look, which part of a list. One that
/// is in none of these lists fails: somebody has to say whose it is.
const PICKS: [&str; 44] = [
    "Last-Event-ID",
    "Sec-WebSocket-Protocol",
    "action",
    "at",
    "beside",
    "by",
    "c",
    "code",
    "columns",
    "confirm",
    "crs",
    "cursor",
    "day",
    "days",
    "f",
    "form",
    "from",
    "g",
    "grade",
    "h",
    "indicator",
    "k",
    "limit",
    "m",
    "month",
    // What a file is called where it comes from.
    "name",
    "new_initial",
    "object",
    "old_final",
    "p",
    "period",
    "r",
    // Why a file corrects what was stated.
    "reason",
    "replayed",
    // The parcel that a picture outlines if it is there; it says nothing of one that is not.
    "s",
    "sheet",
    "state",
    "to",
    "unit",
    "unread",
    "v",
    "w",
    "who",
    "year",
];

/// Operation; which object of which parameter, or `-`; the address; what each role gets: `Y` it, `C`
/// it without what is not theirs, `n` what does not exist (404), `u` not without a gateway's token
/// (401), `x` not so (409), `q` what is no message (422), `w` not without the handshake of a WebSocket,
/// and then as the MQTT door says (400). A letter for public, own, other, operator here, operator
/// elsewhere, kiosk here, bureau, sys, sec, aud, local operator of all parks.
type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                                                               pub own oth her els kio bur sys sec aud loc
    ("GET /livez",                        "-", "/livez",                              "Y Y Y Y Y Y Y Y Y Y Y"),
    ("GET /readyz",                       "-", "/readyz",                             "Y Y Y Y Y Y Y Y Y Y Y"),
    ("GET /metrics",                      "-", "/metrics",                            "Y Y Y Y Y Y Y Y Y Y Y"),
    ("GET /api/openapi.json",             "-", "/api/openapi.json",                   "Y Y Y Y Y Y Y Y Y Y Y"),
    ("GET /api/v1/me",                    "-", "/api/v1/me",                          "Y Y Y Y Y Y Y Y Y Y Y"),
    ("GET /api/v1/session",               "-", "/api/v1/session",                     "Y Y Y Y Y Y Y Y Y Y Y"),
    ("POST /api/v1/session",              "-", "/api/v1/session",                     "Y Y Y Y Y Y Y Y Y Y Y"),
    ("POST /api/v1/readings",             "-", "/api/v1/readings",                    "u u u u u u u u u u u"),
    ("GET /mqtt",                         "-", "/mqtt",                               "w w w w w w w w w w w"),
    ("GET /api/v1/live",                  "-", "/api/v1/live",                        "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/gateways",              "-", "/api/v1/gateways",                    "n C C Y C Y Y n n n Y"),
    ("GET /api/v1/reconcile",             "-", "/api/v1/reconcile",                   "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/reconcile.csv",         "-", "/api/v1/reconcile.csv",               "n Y Y Y Y n Y n n n Y"),
    ("GET /api/v1/rollups",               "-", "/api/v1/rollups",                     "n n n n n n Y n n n n"),
    ("GET /api/v1/consumption",           "-", "/api/v1/consumption?indicator=kwh_register&by=enterprise&period=2026-11", "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/accounts",              "-", "/api/v1/accounts",                    "n C C Y C Y Y n n n Y"),
    ("GET /api/v1/ratings",               "-", "/api/v1/ratings",                     "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/ratings/{year}",        "-", "/api/v1/ratings/{year}",              "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/map",                   "-", "/api/v1/map",                         "n C C Y Y Y Y n n n Y"),
    ("GET /api/v1/map.csv",               "-", "/api/v1/map.csv",                     "n C C Y Y n Y n n n Y"),
    ("GET /api/v1/map.xlsx",              "-", "/api/v1/map.xlsx",                    "n C C Y Y n Y n n n Y"),
    ("GET /api/v1/map.geojson",           "-", "/api/v1/map.geojson",                 "n C C Y Y n Y n n n Y"),
    ("GET /api/v1/map.svg",               "-", "/api/v1/map.svg",                     "n C C Y Y n Y n n n Y"),
    ("GET /api/v1/map.png",               "-", "/api/v1/map.png",                     "n Y Y Y Y n Y n n n Y"),
    ("GET /api/v1/map.pdf",               "-", "/api/v1/map.pdf",                     "n Y Y Y Y n Y n n n Y"),
    ("GET /api/v1/parcels",               "-", "/api/v1/parcels",                     "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/periods",               "-", "/api/v1/periods",                     "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/arrival",               "-", "/api/v1/arrival",                     "n C C Y Y Y Y n n n Y"),
    ("GET /api/v1/arrival.csv",           "-", "/api/v1/arrival.csv",                 "n C C Y Y n Y n n n Y"),
    ("GET /api/v1/quarantine",            "-", "/api/v1/quarantine",                  "n Y Y Y Y Y Y n n n Y"),

    ("GET /api/v1/accounts/{enterprise}", "own enterprise",       "/api/v1/accounts/{own}",     "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/accounts/{enterprise}", "other enterprise",     "/api/v1/accounts/{other}",   "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/accounts/{enterprise}", "foreign enterprise",   "/api/v1/accounts/{foreign}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/accounts/{enterprise}", "absent enterprise",    "/api/v1/accounts/{absent}",  "n n n n n n n n n n n"),
    ("GET /api/v1/accounts/{enterprise}", "malformed enterprise", "/api/v1/accounts/x",         "n n n n n n n n n n n"),
    ("GET /api/v1/accounts/{enterprise}/sheet.pdf", "own enterprise",       "/api/v1/accounts/{own}/sheet.pdf?year={year}",     "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/accounts/{enterprise}/sheet.pdf", "other enterprise",     "/api/v1/accounts/{other}/sheet.pdf?year={year}",   "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/accounts/{enterprise}/sheet.pdf", "foreign enterprise",   "/api/v1/accounts/{foreign}/sheet.pdf?year={year}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/accounts/{enterprise}/sheet.pdf", "absent enterprise",    "/api/v1/accounts/{absent}/sheet.pdf?year={year}",  "n n n n n n n n n n n"),
    ("GET /api/v1/accounts/{enterprise}/sheet.pdf", "malformed enterprise", "/api/v1/accounts/x/sheet.pdf?year={year}",         "n n n n n n n n n n n"),

    ("GET /api/v1/arrival", "own enterprise",       "/api/v1/arrival?enterprise={own}",     "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/arrival", "other enterprise",     "/api/v1/arrival?enterprise={other}",   "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/arrival", "foreign enterprise",   "/api/v1/arrival?enterprise={foreign}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/arrival", "absent enterprise",    "/api/v1/arrival?enterprise={absent}",  "n n n n n n n n n n n"),
    ("GET /api/v1/arrival", "malformed enterprise", "/api/v1/arrival?enterprise=x",         "n n n n n n n n n n n"),
    ("GET /api/v1/arrival", "own park",             "/api/v1/arrival?park={here}",          "n C C Y n Y Y n n n Y"),
    ("GET /api/v1/arrival", "foreign park",         "/api/v1/arrival?park={there}",         "n n n n Y n Y n n n Y"),
    ("GET /api/v1/arrival", "absent park",          "/api/v1/arrival?park=NONE",            "n n n n n n n n n n n"),
    ("GET /api/v1/arrival", "malformed park",       "/api/v1/arrival?park=%2F",             "n n n n n n n n n n n"),
    ("GET /api/v1/arrival.csv", "own enterprise",       "/api/v1/arrival.csv?enterprise={own}",     "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/arrival.csv", "other enterprise",     "/api/v1/arrival.csv?enterprise={other}",   "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/arrival.csv", "foreign enterprise",   "/api/v1/arrival.csv?enterprise={foreign}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/arrival.csv", "absent enterprise",    "/api/v1/arrival.csv?enterprise={absent}",  "n n n n n n n n n n n"),
    ("GET /api/v1/arrival.csv", "malformed enterprise", "/api/v1/arrival.csv?enterprise=x",         "n n n n n n n n n n n"),
    ("GET /api/v1/arrival.csv", "own park",             "/api/v1/arrival.csv?park={here}",          "n C C Y n n Y n n n Y"),
    ("GET /api/v1/arrival.csv", "foreign park",         "/api/v1/arrival.csv?park={there}",         "n n n n Y n Y n n n Y"),
    ("GET /api/v1/arrival.csv", "absent park",          "/api/v1/arrival.csv?park=NONE",            "n n n n n n n n n n n"),
    ("GET /api/v1/arrival.csv", "malformed park",       "/api/v1/arrival.csv?park=%2F",             "n n n n n n n n n n n"),

    ("GET /api/v1/surface",               "-", "/api/v1/surface?k=kwh_per_mu",        "n n n Y Y Y Y n n n Y"),
    ("GET /api/v1/surface.svg",           "-", "/api/v1/surface.svg?k=kwh_per_mu",    "n n n Y Y n Y n n n Y"),
    ("GET /api/v1/surface.png",           "-", "/api/v1/surface.png?k=kwh_per_mu",    "n n n Y Y n Y n n n Y"),
    ("GET /api/v1/surface.pdf",           "-", "/api/v1/surface.pdf?k=kwh_per_mu",    "n n n Y Y n Y n n n Y"),
    ("GET /api/v1/surface",     "own park",       "/api/v1/surface?park={here}",          "n n n Y n Y Y n n n Y"),
    ("GET /api/v1/surface",     "foreign park",   "/api/v1/surface?park={there}",         "n n n n Y n Y n n n Y"),
    ("GET /api/v1/surface",     "absent park",    "/api/v1/surface?park=NONE",            "n n n n n n n n n n n"),
    ("GET /api/v1/surface",     "malformed park", "/api/v1/surface?park=%2F",             "n n n n n n n n n n n"),
    ("GET /api/v1/surface.svg", "own park",       "/api/v1/surface.svg?park={here}",      "n n n Y n n Y n n n Y"),
    ("GET /api/v1/surface.svg", "foreign park",   "/api/v1/surface.svg?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/surface.svg", "absent park",    "/api/v1/surface.svg?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/surface.svg", "malformed park", "/api/v1/surface.svg?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/surface.png", "own park",       "/api/v1/surface.png?park={here}",      "n n n Y n n Y n n n Y"),
    ("GET /api/v1/surface.png", "foreign park",   "/api/v1/surface.png?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/surface.png", "absent park",    "/api/v1/surface.png?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/surface.png", "malformed park", "/api/v1/surface.png?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/surface.pdf", "own park",       "/api/v1/surface.pdf?park={here}",      "n n n Y n n Y n n n Y"),
    ("GET /api/v1/surface.pdf", "foreign park",   "/api/v1/surface.pdf?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/surface.pdf", "absent park",    "/api/v1/surface.pdf?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/surface.pdf", "malformed park", "/api/v1/surface.pdf?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/surface.geojson",           "-", "/api/v1/surface.geojson?k=kwh_per_mu",    "n n n Y Y n Y n n n Y"),
    ("GET /api/v1/surface.geojson", "own park",       "/api/v1/surface.geojson?park={here}",      "n n n Y n n Y n n n Y"),
    ("GET /api/v1/surface.geojson", "foreign park",   "/api/v1/surface.geojson?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/surface.geojson", "absent park",    "/api/v1/surface.geojson?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/surface.geojson", "malformed park", "/api/v1/surface.geojson?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/surface.csv",           "-", "/api/v1/surface.csv?k=kwh_per_mu",    "n n n Y Y n Y n n n Y"),
    ("GET /api/v1/surface.csv", "own park",       "/api/v1/surface.csv?park={here}",      "n n n Y n n Y n n n Y"),
    ("GET /api/v1/surface.csv", "foreign park",   "/api/v1/surface.csv?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/surface.csv", "absent park",    "/api/v1/surface.csv?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/surface.csv", "malformed park", "/api/v1/surface.csv?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/map",         "own park",       "/api/v1/map?park={here}",          "n C C Y n Y Y n n n Y"),
    ("GET /api/v1/map",         "foreign park",   "/api/v1/map?park={there}",         "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map",         "absent park",    "/api/v1/map?park=NONE",            "n n n n n n n n n n n"),
    ("GET /api/v1/map",         "malformed park", "/api/v1/map?park=%2F",             "n n n n n n n n n n n"),
    ("GET /api/v1/map.csv",     "own park",       "/api/v1/map.csv?park={here}",      "n C C Y n n Y n n n Y"),
    ("GET /api/v1/map.csv",     "foreign park",   "/api/v1/map.csv?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map.csv",     "absent park",    "/api/v1/map.csv?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/map.csv",     "malformed park", "/api/v1/map.csv?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/map.xlsx",    "own park",       "/api/v1/map.xlsx?park={here}",     "n C C Y n n Y n n n Y"),
    ("GET /api/v1/map.xlsx",    "foreign park",   "/api/v1/map.xlsx?park={there}",    "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map.xlsx",    "absent park",    "/api/v1/map.xlsx?park=NONE",       "n n n n n n n n n n n"),
    ("GET /api/v1/map.xlsx",    "malformed park", "/api/v1/map.xlsx?park=%2F",        "n n n n n n n n n n n"),
    ("GET /api/v1/map.geojson", "own park",       "/api/v1/map.geojson?park={here}",  "n C C Y n n Y n n n Y"),
    ("GET /api/v1/map.geojson", "foreign park",   "/api/v1/map.geojson?park={there}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map.geojson", "absent park",    "/api/v1/map.geojson?park=NONE",    "n n n n n n n n n n n"),
    ("GET /api/v1/map.geojson", "malformed park", "/api/v1/map.geojson?park=%2F",     "n n n n n n n n n n n"),
    ("GET /api/v1/map.svg",     "own park",       "/api/v1/map.svg?park={here}",      "n C C Y n n Y n n n Y"),
    ("GET /api/v1/map.svg",     "foreign park",   "/api/v1/map.svg?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map.svg",     "absent park",    "/api/v1/map.svg?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/map.svg",     "malformed park", "/api/v1/map.svg?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/map.pdf",     "own park",       "/api/v1/map.pdf?park={here}",      "n Y Y Y n n Y n n n Y"),
    ("GET /api/v1/map.pdf",     "foreign park",   "/api/v1/map.pdf?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map.pdf",     "absent park",    "/api/v1/map.pdf?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/map.pdf",     "malformed park", "/api/v1/map.pdf?park=%2F",         "n n n n n n n n n n n"),
    ("GET /api/v1/map.png",     "own park",       "/api/v1/map.png?park={here}",      "n Y Y Y n n Y n n n Y"),
    ("GET /api/v1/map.png",     "foreign park",   "/api/v1/map.png?park={there}",     "n n n n Y n Y n n n Y"),
    ("GET /api/v1/map.png",     "absent park",    "/api/v1/map.png?park=NONE",        "n n n n n n n n n n n"),
    ("GET /api/v1/map.png",     "malformed park", "/api/v1/map.png?park=%2F",         "n n n n n n n n n n n"),

    ("GET /api/v1/backdrop", "-",              "/api/v1/backdrop",              "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/backdrop", "own park",       "/api/v1/backdrop?park={here}",  "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/backdrop", "foreign park",   "/api/v1/backdrop?park={there}", "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/backdrop", "absent park",    "/api/v1/backdrop?park=NONE",    "n n n n n n n n n n n"),
    ("GET /api/v1/backdrop", "malformed park", "/api/v1/backdrop?park=%2F",     "n n n n n n n n n n n"),
    ("GET /api/v1/parcels", "own park",       "/api/v1/parcels?park={here}",  "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/parcels", "foreign park",   "/api/v1/parcels?park={there}", "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/parcels", "absent park",    "/api/v1/parcels?park=NONE",    "n n n n n n n n n n n"),
    ("GET /api/v1/parcels", "malformed park", "/api/v1/parcels?park=%2F",     "n n n n n n n n n n n"),
    ("GET /api/v1/periods", "own park",       "/api/v1/periods?park={here}",  "n Y Y Y n Y Y n n n Y"),
    ("GET /api/v1/periods", "foreign park",   "/api/v1/periods?park={there}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/periods", "absent park",    "/api/v1/periods?park=NONE",    "n n n n n n n n n n n"),
    ("GET /api/v1/periods", "malformed park", "/api/v1/periods?park=%2F",     "n n n n n n n n n n n"),

    ("GET /api/v1/parcels/{parcel}/card", "own parcel",       "/api/v1/parcels/{own.parcel}/card",     "n Y C Y n Y Y n n n Y"),
    ("GET /api/v1/parcels/{parcel}/card", "other parcel",     "/api/v1/parcels/{other.parcel}/card",   "n C Y Y n Y Y n n n Y"),
    ("GET /api/v1/parcels/{parcel}/card", "foreign parcel",   "/api/v1/parcels/{foreign.parcel}/card", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/parcels/{parcel}/card", "absent parcel",    "/api/v1/parcels/NONE/card",             "n n n n n n n n n n n"),
    ("GET /api/v1/parcels/{parcel}/card", "malformed parcel", "/api/v1/parcels/%20/card",              "n n n n n n n n n n n"),

    ("GET /api/v1/meters/{meter}/readings", "own meter",       "/api/v1/meters/{own.meter}/readings?indicator=kwh_register",     "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/meters/{meter}/readings", "other meter",     "/api/v1/meters/{other.meter}/readings?indicator=kwh_register",   "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/meters/{meter}/readings", "foreign meter",   "/api/v1/meters/{foreign.meter}/readings?indicator=kwh_register", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/meters/{meter}/readings", "deleted meter",   "/api/v1/meters/{own.past}/readings?indicator=kw",                "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/meters/{meter}/readings", "absent meter",    "/api/v1/meters/NONE/readings?indicator=kwh_register",            "n n n n n n n n n n n"),
    ("GET /api/v1/meters/{meter}/readings", "malformed meter", "/api/v1/meters/%20/readings?indicator=kwh_register",             "n n n n n n n n n n n"),

    ("GET /api/v1/quarantine", "own gateway",       "/api/v1/quarantine?gateway={own.gateway}",     "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/quarantine", "other gateway",     "/api/v1/quarantine?gateway={other.gateway}",   "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/quarantine", "foreign gateway",   "/api/v1/quarantine?gateway={foreign.gateway}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/quarantine", "deleted gateway",   "/api/v1/quarantine?gateway={own.ended}",       "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/quarantine", "absent gateway",    "/api/v1/quarantine?gateway=NONE",              "n n n n n n n n n n n"),
    ("GET /api/v1/quarantine", "malformed gateway", "/api/v1/quarantine?gateway=%2F",               "n n n n n n n n n n n"),

    ("GET /api/v1/ledgers/{enterprise}", "own enterprise", "/api/v1/ledgers/{own}", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}", "other enterprise", "/api/v1/ledgers/{other}", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}", "foreign enterprise", "/api/v1/ledgers/{foreign}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}", "absent enterprise", "/api/v1/ledgers/{absent}", "n n n n n n n n n n n"),
    ("GET /api/v1/ledgers/{enterprise}", "malformed enterprise", "/api/v1/ledgers/x", "n n n n n n n n n n n"),
    ("GET /api/v1/ledgers/{enterprise}/table.csv", "own enterprise", "/api/v1/ledgers/{own}/table.csv", "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}/table.csv", "other enterprise", "/api/v1/ledgers/{other}/table.csv", "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}/table.csv", "foreign enterprise", "/api/v1/ledgers/{foreign}/table.csv", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}/table.csv", "absent enterprise", "/api/v1/ledgers/{absent}/table.csv", "n n n n n n n n n n n"),
    ("GET /api/v1/ledgers/{enterprise}/table.csv", "malformed enterprise", "/api/v1/ledgers/x/table.csv", "n n n n n n n n n n n"),
    ("GET /api/v1/ledgers/{enterprise}/time_of_use", "own enterprise", "/api/v1/ledgers/{own}/time_of_use?month=2026-10", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}/time_of_use", "other enterprise", "/api/v1/ledgers/{other}/time_of_use?month=2026-10", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}/time_of_use", "foreign enterprise", "/api/v1/ledgers/{foreign}/time_of_use?month=2026-10", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/ledgers/{enterprise}/time_of_use", "absent enterprise", "/api/v1/ledgers/{absent}/time_of_use?month=2026-10", "n n n n n n n n n n n"),
    ("GET /api/v1/ledgers/{enterprise}/time_of_use", "malformed enterprise", "/api/v1/ledgers/x/time_of_use?month=2026-10", "n n n n n n n n n n n"),
    ("GET /api/v1/ratings/{year}", "own park",       "/api/v1/ratings/{year}?park={here}",  "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/ratings/{year}", "foreign park",   "/api/v1/ratings/{year}?park={there}", "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/ratings/{year}", "absent park",    "/api/v1/ratings/{year}?park=NONE",    "n n n n n n n n n n n"),
    ("GET /api/v1/ratings/{year}", "malformed park", "/api/v1/ratings/{year}?park=%2F",     "n n n n n n n n n n n"),
    ("GET /api/v1/arrival/quarantine.csv", "own enterprise", "/api/v1/arrival/quarantine.csv?enterprise={own}", "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/arrival/quarantine.csv", "other enterprise", "/api/v1/arrival/quarantine.csv?enterprise={other}", "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/arrival/quarantine.csv", "foreign enterprise", "/api/v1/arrival/quarantine.csv?enterprise={foreign}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/arrival/quarantine.csv", "absent enterprise", "/api/v1/arrival/quarantine.csv?enterprise={absent}", "n n n n n n n n n n n"),
    ("GET /api/v1/arrival/quarantine.csv", "malformed enterprise", "/api/v1/arrival/quarantine.csv?enterprise=x", "n n n n n n n n n n n"),
    ("GET /api/v1/arrival/quarantine.csv", "own park", "/api/v1/arrival/quarantine.csv?park={here}", "n C C Y n n Y n n n Y"),
    ("GET /api/v1/arrival/quarantine.csv", "foreign park", "/api/v1/arrival/quarantine.csv?park={there}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/arrival/quarantine.csv", "absent park", "/api/v1/arrival/quarantine.csv?park=NONE", "n n n n n n n n n n n"),
    ("GET /api/v1/arrival/quarantine.csv", "malformed park", "/api/v1/arrival/quarantine.csv?park=%2F", "n n n n n n n n n n n"),
    ("GET /api/v1/arrival/quarantine.csv", "-", "/api/v1/arrival/quarantine.csv", "n C C Y Y n Y n n n Y"),
    ("GET /api/v1/quarantine/{number}", "own number", "/api/v1/quarantine/{own.number}", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/quarantine/{number}", "other number", "/api/v1/quarantine/{other.number}", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/quarantine/{number}", "foreign number", "/api/v1/quarantine/{foreign.number}", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/quarantine/{number}", "deleted number", "/api/v1/quarantine/{own.taken}", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/quarantine/{number}", "absent number", "/api/v1/quarantine/999999999", "n n n n n n n n n n n"),
    ("GET /api/v1/quarantine/{number}", "malformed number", "/api/v1/quarantine/x", "n n n n n n n n n n n"),

    ("GET /api/v1/ratings/{year}/{enterprise}", "own enterprise",       "/api/v1/ratings/{year}/{own}",     "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/ratings/{year}/{enterprise}", "other enterprise",     "/api/v1/ratings/{year}/{other}",   "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/ratings/{year}/{enterprise}", "foreign enterprise",   "/api/v1/ratings/{year}/{foreign}", "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/ratings/{year}/{enterprise}", "absent enterprise",    "/api/v1/ratings/{year}/{absent}",  "n n n n n n n n n n n"),
    ("GET /api/v1/ratings/{year}/{enterprise}", "malformed enterprise", "/api/v1/ratings/{year}/x",         "n n n n n n n n n n n"),

    // By what they touch: land, tax, scores, the published grade.
    ("GET /api/v1/sources/{figure}", "own figure",       "/api/v1/sources/land_mu:{own}:{year}:1",       "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/sources/{figure}", "other figure",     "/api/v1/sources/land_mu:{other}:{year}:1",     "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/sources/{figure}", "foreign figure",   "/api/v1/sources/land_mu:{foreign}:{year}:1",   "n n n n Y n Y n n n Y"),
    ("GET /api/v1/sources/{figure}", "absent figure",    "/api/v1/sources/land_mu:{absent}:{year}:1",    "n n n n n n n n n n n"),
    ("GET /api/v1/sources/{figure}", "malformed figure", "/api/v1/sources/land_mu",                      "n n n n n n n n n n n"),
    ("GET /api/v1/sources/{figure}", "own figure",       "/api/v1/sources/tax:{own}:{year}:1",           "n Y n n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "other figure",     "/api/v1/sources/tax:{other}:{year}:1",         "n n Y n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "foreign figure",   "/api/v1/sources/tax:{foreign}:{year}:1",       "n n n n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "own figure",       "/api/v1/sources/rated_tax:{own}:{year}:1",     "n Y n n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "other figure",     "/api/v1/sources/rated_tax:{other}:{year}:1",   "n n Y n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "foreign figure",   "/api/v1/sources/rated_tax:{foreign}:{year}:1", "n n n n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "own figure",       "/api/v1/sources/score:{own}:{year}:1",         "n Y n n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "other figure",     "/api/v1/sources/score:{other}:{year}:1",       "n n Y n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "foreign figure",   "/api/v1/sources/score:{foreign}:{year}:1",     "n n n n n n Y n n n n"),
    ("GET /api/v1/sources/{figure}", "own figure",       "/api/v1/sources/grade:{own}:{year}:1",         "Y Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/sources/{figure}", "foreign figure",   "/api/v1/sources/grade:{foreign}:{year}:1",     "Y Y Y Y Y Y Y n n n Y"),
];

fn name_of(operation: &Operation) -> String {
    let verb = match operation.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
    };
    format!("{verb} {}", operation.path)
}

/// What can be said of an object of this parameter: a park is one's own or another one. What ends
/// is asked for after its end: accounts, tokens, gateways that were revoked, meters that were taken
/// away, readings that were taken out of quarantine. Enterprises, parcels, parks and figures have no
/// end: they are never deleted (contract.md 2, "Ids"), and a figure's older revisions stay.
fn kinds(path: &str, object: &str) -> &'static [&'static str] {
    let ends = ["account", "gateway", "meter", "number"].contains(&object);
    match object {
        "park" => &FOUR,
        "number" if path.starts_with("/api/v1/deliveries/") => &SENT,
        "number" if path.starts_with("/api/v1/proposals/") => &ASKED,
        "number" if path.starts_with("/api/v1/imported/") => &TAKEN,
        _ if ends => &SIX,
        _ => &FIVE,
    }
}

/// Every operation for programs has a row without object, and one for each object of each of its
/// parameters that name somebody's thing; no row is of an operation that is not there.
#[test]
fn no_operation_role_or_object_is_missing() {
    let stage = Stage::new();
    let server = stage.serve();
    let document = server.get("/api/openapi.json").json();
    let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
    let is_api = |one: &&Operation| one.kind == Kind::Api;
    for operation in operations().iter().filter(is_api) {
        let name = name_of(operation);
        let verb = name.split(' ').next().unwrap().to_lowercase();
        let described = &document["paths"][operation.path][&verb];
        let parameters = described["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let named: Vec<String> = parameters.iter().map(|one| text(&one["name"])).collect();
        for one in named.iter().map(String::as_str) {
            let is_known = [&OBJECTS[..], &PLAIN, &PICKS]
                .iter()
                .any(|all| all.contains(&one));
            assert!(is_known, "{name}: is `{one}` somebody's?");
        }
        for part in operation.path.split('{').skip(1) {
            let part = part.split('}').next().unwrap();
            let is_known = OBJECTS.contains(&part) || PLAIN.contains(&part);
            assert!(is_known, "{name}: whose is `{part}`?");
            assert!(named.iter().any(|one| one == part), "{name}: {part}");
        }
        let is_filter = |one: &str| FILTERS.contains(&(operation.path, one));
        let objects = named.iter().map(String::as_str);
        let objects: Vec<&str> = objects
            .filter(|one| OBJECTS.contains(one) && !is_filter(one))
            .collect();
        let is_needed = |one: &str| operation.path.contains(&format!("{{{one}}}"));
        if !objects.iter().any(|one| is_needed(one)) {
            wanted.insert((name.clone(), "-".to_owned()));
        }
        for object in objects {
            let whose = kinds(operation.path, object).iter();
            wanted.extend(whose.map(|whose| (name.clone(), format!("{whose} {object}"))));
        }
        // Of what is only read a gateway reads nothing here: its line is the MQTT door's.
        let is_line = operation.path == "/mqtt";
        let sends = operation.verb == Verb::Post || is_line;
        assert!(!matches!(operation.right, Right::Gateway) || sends);
    }
    let found: BTreeSet<(String, String)> = rows()
        .map(|cell| (cell.name.to_owned(), cell.object.to_owned()))
        .collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    let idle: Vec<_> = found.difference(&wanted).collect();
    assert!(missing.is_empty(), "no cells for {missing:#?}");
    assert!(idle.is_empty(), "rows of nothing: {idle:#?}");
    for Cells {
        name,
        object,
        letters,
        ..
    } in rows()
    {
        let count = letters.split(' ').count();
        assert_eq!(count, ROLES.len(), "{name} {object}");
    }
}

/// One row of either table.
pub(crate) struct Cells {
    pub(crate) name: &'static str,
    pub(crate) object: &'static str,
    pub(crate) address: &'static str,
    pub(crate) body: &'static str,
    pub(crate) letters: &'static str,
}

pub(crate) fn rows() -> impl Iterator<Item = Cells> {
    let things = TABLE.iter().map(|(name, object, address, letters)| Cells {
        name,
        object,
        address,
        body: "",
        letters,
    });
    // Those about people come last: they sign out.
    let work = rights_work::TABLE.iter().chain(rights_notifications::TABLE);
    let work = work.chain(rights_books::TABLE);
    let work = work.chain(rights_meters::TABLE);
    let people = work.chain(rights_people::TABLE);
    things.chain(people.map(|(name, object, address, body, letters)| Cells {
        name,
        object,
        address,
        body,
        letters,
    }))
}
