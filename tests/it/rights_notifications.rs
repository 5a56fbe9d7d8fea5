//! The rows of the table of rights that are about notifications and their ways. Which notifications one finds is
//! tested in `notifications`; here, who may ask at all.

use crate::rights_people::Row;

const DECIDED: &str = r#"{"meter":"NONE","indicator":"kw","at":"2026-11-22T08:00:00+08:00","chosen":null,"reason":""}"#;

const OWN: &str =
    r#"{"meter":"{own.late}","indicator":"kw","at":"{late.at}","chosen":null,"reason":"x"}"#;
const OTHER: &str =
    r#"{"meter":"{other.late}","indicator":"kw","at":"{late.at}","chosen":null,"reason":"x"}"#;
const FOREIGN: &str =
    r#"{"meter":"{foreign.late}","indicator":"kw","at":"{late.at}","chosen":null,"reason":"x"}"#;
const ABSENT: &str =
    r#"{"meter":"NONE","indicator":"kw","at":"{late.at}","chosen":null,"reason":"x"}"#;

#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    //  pub own oth her els kio bur sys sec aud loc
    ("GET /api/v1/notifications", "-", "/api/v1/notifications", "", "n Y Y Y Y Y Y Y Y Y Y"),
    ("POST /api/v1/notifications/read", "-", "/api/v1/notifications/read", r#"{"numbers":[0]}"#, "n Y Y Y Y n Y Y Y Y Y"),
    ("GET /api/v1/deliveries", "-", "/api/v1/deliveries", "", "n n n n n n n Y n n n"),

    ("GET /api/v1/conflicts", "-", "/api/v1/conflicts", "", "n C C Y Y Y Y n n n Y"),
    ("GET /api/v1/conflicts", "own enterprise", "/api/v1/conflicts?enterprise={own}", "", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/conflicts", "other enterprise", "/api/v1/conflicts?enterprise={other}", "", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/conflicts", "foreign enterprise", "/api/v1/conflicts?enterprise={foreign}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/conflicts", "absent enterprise", "/api/v1/conflicts?enterprise={absent}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/conflicts", "malformed enterprise", "/api/v1/conflicts?enterprise=x", "", "n n n n n n n n n n n"),
    ("GET /api/v1/conflicts", "own park", "/api/v1/conflicts?park={here}", "", "n C C Y n Y Y n n n Y"),
    ("GET /api/v1/conflicts", "foreign park", "/api/v1/conflicts?park={there}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/conflicts", "absent park", "/api/v1/conflicts?park=NONE", "", "n n n n n n n n n n n"),
    ("GET /api/v1/conflicts", "malformed park", "/api/v1/conflicts?park=%2F", "", "n n n n n n n n n n n"),
    // Without a reason nothing is decided.
    ("POST /api/v1/conflicts/decide", "-", "/api/v1/conflicts/decide", DECIDED, "n w w w w n n n n n w"),
    // The first who may decides; whoever may and comes later is told that somebody did.
    ("POST /api/v1/conflicts/decide", "-", "/api/v1/conflicts/decide", OWN, "n Y n x n n n n n n x"),
    ("POST /api/v1/conflicts/decide", "-", "/api/v1/conflicts/decide", OTHER, "n n Y x n n n n n n x"),
    ("POST /api/v1/conflicts/decide", "-", "/api/v1/conflicts/decide", FOREIGN, "n n n n Y n n n n n x"),
    ("POST /api/v1/conflicts/decide", "-", "/api/v1/conflicts/decide", ABSENT, "n n n n n n n n n n n"),
    // Deliveries are the platform's, of no park: one that was given up, one that was sent.
    ("POST /api/v1/deliveries/{number}/again", "own number", "/api/v1/deliveries/{given_up}/again", "", "n n n n n n n Y n n n"),
    ("POST /api/v1/deliveries/{number}/again", "deleted number", "/api/v1/deliveries/{sent}/again", "", "n n n n n n n n n n n"),
    ("POST /api/v1/deliveries/{number}/again", "absent number", "/api/v1/deliveries/999999/again", "", "n n n n n n n n n n n"),
    ("POST /api/v1/deliveries/{number}/again", "malformed number", "/api/v1/deliveries/x/again", "", "n n n n n n n n n n n"),
];
