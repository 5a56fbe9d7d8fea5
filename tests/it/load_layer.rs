//! 用电负荷 on the map: what meters of power show now, whatever else they or those above them tell.

use serde_json::{Value, json};

use crate::stage::{ENTERPRISE, GATEWAY, Server, Stage};

const PARCEL: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"parcel":"L-1","park":"p1"},"geometry":{"type":"Polygon","coordinates":[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]}}]}"#;

/// E-01 measures energy and power; H-01 energy alone, and E-02 below it power.
fn served(stage: &Stage) -> (Server, String) {
    let token = stage.register_park();
    let head = "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to";
    let meters = format!(
        "{head}\nH-01,{ENTERPRISE},{GATEWAY},kwh_register,1000000,1,5000,900,,,2025-01-01,\n\
         E-02,{ENTERPRISE},{GATEWAY},kw,,1,5000,900,,H-01,2025-01-01,\n"
    );
    stage.import("meters", "more.csv", &meters);
    let path = stage.path("parcels.geojson");
    std::fs::write(&path, PARCEL).unwrap();
    let path = path.to_str().unwrap();
    stage.ok(&["import", "parcels", path, "--crs", "EPSG:4326"]);
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n{ENTERPRISE},L-1,owned,200,,,,2020-01-01,\n"
    );
    stage.import("land", "land.csv", &land);
    (stage.serve(), token)
}

/// Sends values that were measured so many hours ago.
fn send(server: &Server, token: &str, hours_ago: i64, meter: &str, values: &Value) {
    let at = crate::pages_park::now().plus_ms(-hours_ago * 3_600_000);
    let body = json!({"meter": meter, "at": at.unix_ms(), "values": values});
    let answer = server.send(
        "POST",
        "/api/v1/readings",
        &[&format!("Authorization: Bearer {token}")],
        body.to_string().as_bytes(),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The state of the parcel and its load, in kW on 0.3 mu.
fn load(server: &Server) -> (Value, Value) {
    let map = server.get("/api/v1/map?k=load_per_mu&park=p1").json();
    let cell = &map["cells"][0];
    (cell["state"].clone(), cell["value"].clone())
}

#[test]
fn power_below_a_meter_of_energy_counts() {
    let stage = Stage::new();
    let (server, token) = served(&stage);
    send(&server, &token, 0, "E-01", &json!({"kw": 10}));
    send(&server, &token, 0, "E-02", &json!({"kw": 5}));
    assert_eq!(load(&server), (json!("value"), json!("50.00")));
    server.stop();
}

#[test]
fn power_of_hours_ago_is_not_shown_as_of_now() {
    let stage = Stage::new();
    let (server, token) = served(&stage);
    send(&server, &token, 0, "E-02", &json!({"kw": 5}));
    send(&server, &token, 12, "E-01", &json!({"kw": 10}));
    send(&server, &token, 0, "E-01", &json!({"kwh_register": 100}));
    assert_eq!(load(&server).1, json!(null));
    server.stop();
}
