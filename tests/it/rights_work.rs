//! The rows of the table of rights that are about the daily work: what needs an operator, gateways and
//! their tokens, files that are handed over.

use crate::rights_people::Row;

const NEW: &str = r#"{"gateway":"gw-of-the-table","enterprise":"{own}"}"#;
const PARKS: &str = "park,name,district,kind\nof-the-table,新园,高新区,\n";

#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    //  pub own oth her els kio bur sys sec aud loc
    ("GET /api/v1/today", "-", "/api/v1/today", "", "n C C Y Y Y Y n n n Y"),
    ("GET /api/v1/today", "own park", "/api/v1/today?park={here}", "", "n C C Y n Y Y n n n Y"),
    ("GET /api/v1/today", "foreign park", "/api/v1/today?park={there}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/today", "absent park", "/api/v1/today?park=NONE", "", "n n n n n n n n n n n"),
    ("GET /api/v1/today", "malformed park", "/api/v1/today?park=%2F", "", "n n n n n n n n n n n"),

    ("GET /api/v1/imports", "-", "/api/v1/imports", "", "n n n n n n Y n n n n"),
    ("GET /api/v1/imports/{kind}/template", "-", "/api/v1/imports/parks/template", "", "n n n n n n Y n n n n"),
    ("POST /api/v1/imports/{kind}", "-", "/api/v1/imports/parks", PARKS, "n n n n n n Y n n n n"),
    ("GET /api/v1/imported", "-", "/api/v1/imported", "", "n n n n n n Y n n n n"),
    ("GET /api/v1/imported/{number}/report", "own number", "/api/v1/imported/1/report", "", "n n n n n n Y n n n n"),
    ("GET /api/v1/imported/{number}/report", "malformed number", "/api/v1/imported/x/report", "", "n n n n n n n n n n n"),
    ("GET /api/v1/imported/{number}/report", "absent number", "/api/v1/imported/999999/report", "", "n n n n n n n n n n n"),
    ("GET /api/v1/imported/{number}/undo", "own number", "/api/v1/imported/1/undo", "", "n n n n n n Y n n n n"),
    ("GET /api/v1/imported/{number}/undo", "malformed number", "/api/v1/imported/x/undo", "", "n n n n n n n n n n n"),
    ("GET /api/v1/imported/{number}/undo", "absent number", "/api/v1/imported/999999/undo", "", "n n n n n n n n n n n"),
    ("POST /api/v1/imported/{number}/undo", "own number", "/api/v1/imported/1/undo", "", "n n n n n n x n n n n"),
    ("POST /api/v1/imported/{number}/undo", "malformed number", "/api/v1/imported/x/undo", "", "n n n n n n n n n n n"),
    ("POST /api/v1/imported/{number}/undo", "absent number", "/api/v1/imported/999999/undo", "", "n n n n n n n n n n n"),

    ("GET /api/v1/parcels/changes", "-", "/api/v1/parcels/changes", "", "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/parcels/changes", "own park", "/api/v1/parcels/changes?park={here}", "", "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/parcels/changes", "foreign park", "/api/v1/parcels/changes?park={there}", "", "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/parcels/changes", "absent park", "/api/v1/parcels/changes?park=NONE", "", "n Y Y Y Y Y Y n n n Y"),
    ("GET /api/v1/parcels/changes", "malformed park", "/api/v1/parcels/changes?park=%2F", "", "n n n n n n n n n n n"),
    ("POST /api/v1/parcels/changes", "-", "/api/v1/parcels/changes", r#"{"act":"merge","parcel":"{own.parcel}","parcels":["{own.parcel}"],"reason":"of the table"}"#, "n n n n n n Y n n n n"),

    ("GET /api/v1/gateways/{gateway}/log", "own gateway", "/api/v1/gateways/{own.gateway}/log", "", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/gateways/{gateway}/log", "other gateway", "/api/v1/gateways/{other.gateway}/log", "", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/gateways/{gateway}/log", "foreign gateway", "/api/v1/gateways/{foreign.gateway}/log", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/gateways/{gateway}/log", "deleted gateway", "/api/v1/gateways/{own.ended}/log", "", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/gateways/{gateway}/log", "absent gateway", "/api/v1/gateways/NONE/log", "", "n n n n n n n n n n n"),
    ("GET /api/v1/gateways/{gateway}/log", "malformed gateway", "/api/v1/gateways/%2F/log", "", "n n n n n n n n n n n"),

    ("GET /api/v1/credentials", "-", "/api/v1/credentials", "", "n C C n n n n n Y n n"),
    ("POST /api/v1/credentials", "-", "/api/v1/credentials", NEW, "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/test", "own gateway", "/api/v1/credentials/{own.gateway}/test", "", "n Y n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/test", "other gateway", "/api/v1/credentials/{other.gateway}/test", "", "n n Y n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/test", "foreign gateway", "/api/v1/credentials/{foreign.gateway}/test", "", "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/test", "deleted gateway", "/api/v1/credentials/{own.ended}/test", "", "n x n n n n n n x n n"),
    ("POST /api/v1/credentials/{gateway}/test", "absent gateway", "/api/v1/credentials/NONE/test", "", "n n n n n n n n n n n"),
    ("POST /api/v1/credentials/{gateway}/test", "malformed gateway", "/api/v1/credentials/%2F/test", "", "n n n n n n n n n n n"),
    ("POST /api/v1/credentials/{gateway}/rotate", "own gateway", "/api/v1/credentials/{own.gateway}/rotate", "", "n Y n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/rotate", "other gateway", "/api/v1/credentials/{other.gateway}/rotate", "", "n n Y n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/rotate", "foreign gateway", "/api/v1/credentials/{foreign.gateway}/rotate", "", "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/rotate", "deleted gateway", "/api/v1/credentials/{own.ended}/rotate", "", "n x n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/rotate", "absent gateway", "/api/v1/credentials/NONE/rotate", "", "n n n n n n n n n n n"),
    ("POST /api/v1/credentials/{gateway}/rotate", "malformed gateway", "/api/v1/credentials/%2F/rotate", "", "n n n n n n n n n n n"),
    ("POST /api/v1/credentials/{gateway}/revoke", "own gateway", "/api/v1/credentials/{own.gateway}/revoke", "", "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/revoke", "other gateway", "/api/v1/credentials/{other.gateway}/revoke", "", "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/revoke", "foreign gateway", "/api/v1/credentials/{foreign.gateway}/revoke", "", "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/revoke", "deleted gateway", "/api/v1/credentials/{own.ended}/revoke", "", "n n n n n n n n Y n n"),
    ("POST /api/v1/credentials/{gateway}/revoke", "absent gateway", "/api/v1/credentials/NONE/revoke", "", "n n n n n n n n n n n"),
    ("POST /api/v1/credentials/{gateway}/revoke", "malformed gateway", "/api/v1/credentials/%2F/revoke", "", "n n n n n n n n n n n"),
];
