//! An example of every operation, with the names of the demo park (`parkpulse demo`), as whom one asks
//! and what status comes: in the document as `x-example`, shown by the page of the API, and run by a
//! test against a real demo, in this order. `{year}`, `{month}` and `{day}` stand for the year that is
//! rated, the running month and today.

use serde_json::{Value, json};

/// Operation; as whom; address; body, empty where there is none; status.
type Example = (&'static str, &'static str, &'static str, &'static str, u16);

const CSV: &str = "park,name,district,kind\nXY,新园,高新区,\n";
const READING: &str =
    r#"{"readings":[{"meter":"E-001","at":"{day}T00:00:00+08:00","values":{"kw":231.5}}]}"#;
const DECIDED: &str = r#"{"meter":"E-001","indicator":"kwh_register","at":"{day}T00:00:00+08:00","chosen":"123456.78","reason":"后一个是补传的正确值"}"#;
const ROSE: &str = r#"{"meter":"E-001","indicator":"kwh_register","at":"{day}T00:00:00+08:00","verdict":"confirmed","reason":"新生产线试车，用量属实"}"#;
const REPLACED: &str = r#"{"indicator":"kwh_register","at":"{day}T00:00:00+08:00","old_final":"1234.5","new_initial":"0","reason":"到期轮换"}"#;
const MERGED: &str =
    r#"{"act":"merge","parcel":"WJ-001","parcels":["WJ-001","WJ-002"],"reason":"两宗地合并办证"}"#;
const SAID: &str = r#"{"month":"{month}","revision":1,"seen":0,"verdict":"confirmed"}"#;
const STATED: &str = r#"{"period":"{year}-Q1","unit":"万元","figures":[{"indicator":"output_value","value":"5210.4"}],"sure":true}"#;
const PASSWORDS: &str = r#"{"present":"the old one","password":"Wind aus 8 Richtungen"}"#;
const SETUP: &str = r#"{"code":"ABCD-EFGH-JKLM-NPQR-STUV-WXYZ","account":"first","name":"第一位","password":"Wind aus 4 Richtungen"}"#;

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    ("livez", "public", "/livez", "", 200),
    ("readyz", "public", "/readyz", "", 200),
    ("metrics", "public", "/metrics", "", 200),
    ("health", "sys", "/api/v1/health", "", 200),
    ("openapi", "public", "/api/openapi.json", "", 200),
    ("take_readings", "gateway", "/api/v1/readings", READING, 200),
    ("mqtt_over_websocket", "gateway", "/mqtt", "", 101),
    ("me", "operator", "/api/v1/me", "", 200),
    ("roles", "public", "/api/v1/session", "", 200),
    ("choose_role", "public", "/api/v1/session", r#"{"role":"operator","park":"WJ"}"#, 200),
    ("live", "operator", "/api/v1/live", "", 200),
    ("map", "operator", "/api/v1/map?k=kwh_per_mu&p={month}&m=q5", "", 200),
    ("map_csv", "operator", "/api/v1/map.csv?k=kwh_per_mu&p={month}", "", 200),
    ("map_xlsx", "operator", "/api/v1/map.xlsx?k=kwh_per_mu&p={month}", "", 200),
    ("map_geojson", "operator", "/api/v1/map.geojson?k=kwh_per_mu&p={month}", "", 200),
    ("map_svg", "operator", "/api/v1/map.svg?k=kwh_per_mu&p={month}", "", 200),
    ("map_png", "operator", "/api/v1/map.png?k=kwh_per_mu&p={month}", "", 200),
    ("map_pdf", "operator", "/api/v1/map.pdf?k=kwh_per_mu&p={month}", "", 200),
    ("surface", "operator", "/api/v1/surface?park=WJ&k=load_per_mu&w=kernel&h=100", "", 200),
    ("surface_svg", "operator", "/api/v1/surface.svg?park=WJ&k=kwh_per_mu&p={month}", "", 200),
    ("surface_png", "operator", "/api/v1/surface.png?park=WJ&w=inverse", "", 200),
    ("surface_pdf", "operator", "/api/v1/surface.pdf?park=WJ&m=q5", "", 200),
    ("surface_geojson", "operator", "/api/v1/surface.geojson?park=WJ&k=kwh_per_mu&f=size:big", "", 200),
    ("surface_csv", "operator", "/api/v1/surface.csv?park=WJ&k=load_per_mu", "", 200),
    ("parcels", "operator", "/api/v1/parcels?park=WJ&form=compact", "", 200),
    ("parcel_card", "operator", "/api/v1/parcels/WJ-001/card?k=kwh_per_mu", "", 200),
    ("outline_changes", "operator", "/api/v1/parcels/changes?park=WJ&limit=10", "", 200),
    ("change_outlines", "bureau", "/api/v1/parcels/changes", MERGED, 200),
    ("backdrop", "operator", "/api/v1/backdrop?park=WJ", "", 200),
    ("periods", "operator", "/api/v1/periods?k=kwh_per_mu", "", 200),
    ("meter_readings", "enterprise", "/api/v1/meters/E-001/readings?indicator=kwh_register&day={day}", "", 200),
    ("arrival", "enterprise", "/api/v1/arrival?days=14", "", 200),
    ("arrival_csv", "operator", "/api/v1/arrival.csv?park=WJ&days=14", "", 200),
    ("arrival_quarantine_csv", "operator", "/api/v1/arrival/quarantine.csv?park=WJ", "", 200),
    ("replay_heap", "enterprise", "/api/v1/arrival/quarantine/replay", r#"{"number":1,"shift":false,"reason":"网关已修好"}"#, 200),
    ("quarantine", "operator", "/api/v1/quarantine?gateway=GW-001&limit=10", "", 200),
    ("quarantined", "operator", "/api/v1/quarantine/1", "", 200),
    ("reconcile", "operator", "/api/v1/reconcile?day={day}", "", 200),
    ("reconcile_csv", "operator", "/api/v1/reconcile.csv?day={day}", "", 200),
    ("consumption", "operator", "/api/v1/consumption?indicator=kwh_register&by=enterprise&period={day}&limit=10", "", 200),
    ("gateways", "operator", "/api/v1/gateways?limit=10", "", 200),
    ("gateway_log", "enterprise", "/api/v1/gateways/GW-001/log", "", 200),
    ("today", "operator", "/api/v1/today?park=WJ", "", 200),
    ("balances", "operator", "/api/v1/balances?park=WJ", "", 200),
    ("balances_csv", "operator", "/api/v1/balances.csv?park=WJ", "", 200),
    ("conflicts", "operator", "/api/v1/conflicts?park=WJ&days=7", "", 200),
    ("decide_conflict", "enterprise", "/api/v1/conflicts/decide", DECIDED, 404),
    ("quality", "operator", "/api/v1/quality?park=WJ", "", 200),
    ("quality_csv", "operator", "/api/v1/quality.csv?park=WJ", "", 200),
    ("suspects", "operator", "/api/v1/suspects?park=WJ&days=31", "", 200),
    ("decide_suspect", "enterprise", "/api/v1/suspects/decide", ROSE, 404),
    ("replacements", "enterprise", "/api/v1/meters/E-001/replacements", "", 200),
    ("try_replacement", "enterprise", "/api/v1/meters/E-001/replacements/try?indicator=kwh_register&at={day}T00:00:00%2B08:00&old_final=1234.5&new_initial=0", "", 200),
    ("replace_meter", "enterprise", "/api/v1/meters/E-001/replacements", REPLACED, 200),
    ("notifications", "operator", "/api/v1/notifications?unread=true&limit=10", "", 200),
    ("read_notifications", "operator", "/api/v1/notifications/read", r#"{"numbers":[1,2]}"#, 204),
    ("deliveries", "sys", "/api/v1/deliveries?state=dead", "", 200),
    ("send_again", "sys", "/api/v1/deliveries/1/again", "", 404),
    ("accounts", "operator", "/api/v1/accounts?period={month}&limit=10", "", 200),
    ("account", "enterprise", "/api/v1/accounts/91320583DEM000001N?period={month}", "", 200),
    ("rollups", "bureau", "/api/v1/rollups?by=park&period={month}&k=electricity_kwh,output_value", "", 200),
    ("account_sheet", "enterprise", "/api/v1/accounts/91320583DEM000001N/sheet.pdf?year={year}", "", 200),
    ("ledger", "enterprise", "/api/v1/ledgers/91320583DEM000001N?month={month}", "", 200),
    ("ledger_csv", "enterprise", "/api/v1/ledgers/91320583DEM000001N/table.csv?month={month}", "", 200),
    ("time_of_use", "enterprise", "/api/v1/ledgers/91320583DEM000001N/time_of_use?month={month}", "", 200),
    ("check_ledger", "enterprise", "/api/v1/ledgers/91320583DEM000001N/checks", SAID, 409),
    ("statements", "enterprise", "/api/v1/statements/91320583DEM000001N?year={year}", "", 200),
    ("statements_csv", "enterprise", "/api/v1/statements/91320583DEM000001N/table.csv?year={year}", "", 200),
    ("statements_xlsx", "enterprise", "/api/v1/statements/91320583DEM000001N/table.xlsx?year={year}", "", 200),
    ("declare_statements", "enterprise", "/api/v1/statements/91320583DEM000001N", STATED, 200),
    ("land", "operator", "/api/v1/land/91320583DEM000001N?year={year}", "", 200),
    ("land_csv", "operator", "/api/v1/land/91320583DEM000001N/table.csv?year={year}", "", 200),
    ("land_xlsx", "operator", "/api/v1/land/91320583DEM000001N/table.xlsx?year={year}", "", 200),
    ("source", "enterprise", "/api/v1/sources/electricity_kwh:91320583DEM000001N:{month}:0", "", 200),
    ("rated_years", "enterprise", "/api/v1/ratings", "", 200),
    ("rating", "operator", "/api/v1/ratings/{year}?grade=A&limit=10", "", 200),
    ("enterprise_rating", "enterprise", "/api/v1/ratings/{year}/91320583DEM000001N", "", 200),
    ("imports", "bureau", "/api/v1/imports", "", 200),
    ("import_template", "bureau", "/api/v1/imports/parks/template", "", 200),
    ("import", "bureau", "/api/v1/imports/parks", CSV, 200),
    ("imported", "bureau", "/api/v1/imported?limit=10", "", 200),
    ("import_report", "bureau", "/api/v1/imported/1/report", "", 200),
    ("look_at_undo", "bureau", "/api/v1/imported/1/undo", "", 200),
    ("undo_import", "bureau", "/api/v1/imported/1/undo", "", 409),
    ("credentials", "enterprise", "/api/v1/credentials", "", 200),
    ("add_gateway", "sec", "/api/v1/credentials", r#"{"gateway":"GW-900","enterprise":"91320583DEM000001N"}"#, 200),
    ("test_gateway", "enterprise", "/api/v1/credentials/GW-900/test", "", 200),
    ("rotate_gateway", "enterprise", "/api/v1/credentials/GW-900/rotate", "", 200),
    ("revoke_gateway", "sec", "/api/v1/credentials/GW-900/revoke", "", 204),
    ("people", "sec", "/api/v1/people?limit=10", "", 200),
    ("staff", "operator", "/api/v1/staff", "", 200),
    ("rights", "sec", "/api/v1/rights", "", 200),
    ("sessions", "sec", "/api/v1/sessions", "", 200),
    ("add_person", "sec", "/api/v1/people", r#"{"account":"duty.two","name":"值班二","role":"operator","scope":"WJ"}"#, 200),
    ("end_office", "sec", "/api/v1/people/duty.two/offices/end", r#"{"role":"operator","scope":"WJ"}"#, 204),
    ("grant_office", "sec", "/api/v1/people/duty.two/offices", r#"{"role":"kiosk","scope":"WJ"}"#, 204),
    ("reset_person", "sec", "/api/v1/people/duty.two/reset", "", 200),
    ("end_sessions", "sec", "/api/v1/people/duty.two/sessions/end", "{}", 204),
    ("end_person", "sec", "/api/v1/people/duty.two/end", "", 204),
    ("proposals", "sec", "/api/v1/proposals", "", 200),
    ("confirm_proposal", "sec", "/api/v1/proposals/1/confirm", "", 404),
    ("refuse_proposal", "sec", "/api/v1/proposals/1/refuse", "", 404),
    ("audit", "aud", "/api/v1/audit?action=gateway.add&limit=10", "", 200),
    ("audit_csv", "aud", "/api/v1/audit.csv?action=gateway.add", "", 200),
    ("verify_audit", "aud", "/api/v1/audit/verify", "", 200),
    ("audit_staff", "operator", "/api/v1/audit/staff?limit=10", "", 200),
    ("audit_looks", "enterprise", "/api/v1/audit/looks?limit=10", "", 200),
    ("sign_in_progress", "public", "/api/v1/sign-in", "", 200),
    ("sign_in", "public", "/api/v1/sign-in", r#"{"account":"nobody.here","password":"Wind aus 4 Richtungen"}"#, 401),
    ("sign_in_code", "public", "/api/v1/sign-in/code", r#"{"code":"123456"}"#, 401),
    ("sign_in_password", "public", "/api/v1/sign-in/password", r#"{"password":"Wind aus 4 Richtungen"}"#, 401),
    ("set_up", "public", "/api/v1/sign-in/setup", SETUP, 401),
    ("sign_in_elsewhere", "public", "/api/v1/sign-in/identity", "", 404),
    ("sign_in_from_elsewhere", "public", "/api/v1/sign-in/identity/back?code=x&state=y", "", 404),
    ("own_sessions", "person", "/api/v1/me/sessions", "", 200),
    ("end_own_sessions", "person", "/api/v1/me/sessions/end", "{}", 204),
    ("tokens", "person", "/api/v1/me/tokens", "", 200),
    ("add_token", "person", "/api/v1/me/tokens", r#"{"label":"报表","scope":"read","days":90,"password":"the present one"}"#, 401),
    ("revoke_token", "person", "/api/v1/me/tokens/1/revoke", "", 404),
    ("change_password", "person", "/api/v1/me/password", PASSWORDS, 401),
    ("begin_factor", "person", "/api/v1/me/factor", r#"{"password":"the present one"}"#, 401),
    ("confirm_factor", "person", "/api/v1/me/factor/confirm", r#"{"code":"123456"}"#, 401),
    ("show_factor", "person", "/api/v1/me/factor/show", r#"{"code":"123456"}"#, 401),
    ("sign_out", "person", "/api/v1/sign-out", "", 204),
];

/// The example of an operation.
pub(super) fn example(operation: &str) -> Option<Value> {
    let mut all = EXAMPLES.iter().enumerate();
    let (place, (_, role, address, body, status)) =
        all.find(|(_, example)| example.0 == operation)?;
    let body = (!body.is_empty()).then_some(*body);
    Some(json!({
        "order": place + 1,
        "as": role,
        "address": address,
        "body": body,
        "status": status,
    }))
}
