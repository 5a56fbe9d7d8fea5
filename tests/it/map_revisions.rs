//! A map that is fixed to a revision keeps it while the month is closed again; breaks with a name come
//! from files, for whoever may choose breaks.

use std::collections::BTreeSet;
use std::time::Duration;

use parkpulse::heatmap::Preset;
use serde_json::{Value, json};

use crate::partial_month::{Months, served};
use crate::stage::{Server, Stage, until};

fn map(server: &Server, query: &str) -> Value {
    let path = format!("/api/v1/map?{query}");
    let answer = server.get(&path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// What is shown of the park's only parcel.
fn shown(map: &Value) -> (Value, Value) {
    (map["revision"].clone(), map["cells"][0]["value"].clone())
}

#[test]
fn a_fixed_revision_stays_what_it_was() {
    let (stage, months) = (Stage::new(), Months::now());
    let (server, token) = served(&stage, &months);
    let month = months.next;
    let layers = ["kwh_per_mu", "energy_per_mu"];
    let before: Vec<(Value, Value)> = until(Duration::from_mins(1), "the month is closed", || {
        let maps = layers.map(|k| shown(&map(&server, &format!("k={k}&p={month}"))));
        let all = maps
            .iter()
            .all(|(revision, value)| revision.is_u64() && value.is_string());
        all.then(|| maps.to_vec())
    });
    // What its register showed at the border comes late, and is less than an even course gives.
    let at = months.running.first_day().start().unix_ms() / 1000;
    let late =
        json!({"meter": "E-01", "at": at, "values": {"kwh_register": months.late_register()}});
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send(
        "POST",
        "/api/v1/readings",
        &[&header],
        late.to_string().as_bytes(),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    for (k, (revision, value)) in layers.into_iter().zip(&before) {
        let newest = until(Duration::from_mins(1), "the next revision", || {
            let found = shown(&map(&server, &format!("k={k}&p={month}")));
            (found.0.as_u64() > revision.as_u64() && found.1 != *value).then_some(found)
        });
        let fixed = map(&server, &format!("k={k}&p={month}&v={revision}"));
        assert_eq!(shown(&fixed), (revision.clone(), value.clone()), "{k}");
        assert!(
            fixed["newest_revision"].as_u64() >= newest.0.as_u64(),
            "{k}: {fixed}"
        );
        let card = server.get(&format!(
            "/api/v1/parcels/L-1/card?k={k}&p={month}&v={revision}"
        ));
        assert_eq!(
            (&card.json()["revision"], &card.json()["value"]),
            (revision, value)
        );
        let table = server.get(&format!("/api/v1/map.csv?k={k}&p={month}&v={revision}"));
        assert!(
            table.text().contains(value.as_str().unwrap()),
            "{}",
            table.text()
        );
        let absent = server.get(&format!("/api/v1/map?k={k}&p={month}&v=999"));
        assert_eq!(absent.status, 404, "{}", absent.text());
    }
    for (query, status) in [
        ("k=load_per_mu&v=1", 400),
        ("k=freshness&v=1", 400),
        ("k=grade&v=1", 404),
        ("v=x", 400),
    ] {
        assert_eq!(
            server.get(&format!("/api/v1/map?{query}")).status,
            status,
            "{query}"
        );
    }
    named_breaks_are_offered_to_whoever_may_choose(&server, &format!("p={month}"));
    neighbours_are_those_nearby_of_other_parks(&stage, &server);
    server.stop();
}

fn named_breaks_are_offered_to_whoever_may_choose(server: &Server, period: &str) {
    let energy = map(server, &format!("k=energy_per_mu&{period}"));
    let presets = energy["presets"].as_array().unwrap();
    assert!(!presets.is_empty(), "{energy}");
    for preset in presets {
        assert!(preset["names"]["zh-CN"].is_string() && preset["source"].is_string());
        let m = preset["m"].as_str().unwrap();
        let chosen = map(server, &format!("k=energy_per_mu&{period}&m={m}"));
        assert_eq!(chosen["method"], m);
    }
    // An operator sees bands of output, and chooses no breaks of it.
    assert_eq!(map(server, "k=output_per_mu")["presets"], json!([]));
    assert_eq!(
        map(server, &format!("k=kwh_per_mu&{period}"))["presets"],
        json!([])
    );
    let layers: BTreeSet<&str> = energy["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["indicator"].as_str().unwrap())
        .collect();
    for preset in Preset::shipped().unwrap() {
        assert!(layers.contains(preset.layer.as_str()), "{preset:?}");
    }
}

fn neighbours_are_those_nearby_of_other_parks(stage: &Stage, server: &Server) {
    let beside = |query: &str| {
        let answer = server.get(&format!("/api/v1/parcels?{query}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        let features = answer.json()["features"].as_array().unwrap().clone();
        let ids = features
            .iter()
            .map(|one| one["properties"]["parcel"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert!(beside("beside=p1").is_empty());
    stage.import(
        "parks",
        "two.csv",
        "park,name,district,kind\np2,二号园,高新区,\n",
    );
    let square = |id: &str, west: f64| {
        let (east, south, north) = (west + 0.001, 31.38, 31.381);
        format!(
            r#"{{"type":"Feature","properties":{{"parcel":"{id}","park":"p2"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
        square("N-1", 120.9825),
        square("N-2", 120.8)
    );
    let path = stage.path("two.geojson");
    std::fs::write(&path, text).unwrap();
    stage.ok(&[
        "import",
        "parcels",
        path.to_str().unwrap(),
        "--crs",
        "EPSG:4326",
    ]);
    assert_eq!(beside("beside=p1"), ["N-1"]);
    // From there half of its own extent, which is wide, reaches the first park.
    assert_eq!(beside("beside=p2"), ["L-1"]);
    let compact = server.get("/api/v1/parcels?beside=p1&form=compact").json();
    assert_eq!(compact["parcels"].as_array().unwrap().len(), 1);
    for (query, status) in [
        ("beside=NONE", 404),
        ("beside=%2F", 404),
        ("beside=p1&park=p2", 400),
    ] {
        assert_eq!(
            server.get(&format!("/api/v1/parcels?{query}")).status,
            status,
            "{query}"
        );
    }
}

#[test]
fn every_shipped_preset_can_be_read_and_faulty_ones_say_where() {
    let all = Preset::shipped().unwrap();
    let ids: BTreeSet<&str> = all.iter().map(|preset| preset.id.as_str()).collect();
    assert_eq!(ids.len(), all.len(), "an id is given once");
    let good = "[[preset]]\nid = \"a\"\nlayer = \"tax_per_mu\"\nbreaks = [\"9\", \"15\"]\nsource = \"s\"\nname = { zh-CN = \"线\", en = \"line\" }\n";
    assert_eq!(Preset::read_all(good).unwrap().len(), 1);
    let rows = [
        (
            good.replace("\"15\"", "\"9\""),
            "a.breaks: they do not rise",
        ),
        (good.replace("\"9\", \"15\"", ""), "a.breaks: 1 to 8"),
        (good.replace("\"15\"", "\"x\""), "a.breaks: "),
        (good.replace(", en = \"line\"", ""), "a.name.en"),
        (good.replace("source = \"s\"", "source = \" \""), "a.source"),
        (good.replace("layer", "lair"), "lair"),
    ];
    for (text, words) in rows {
        let fault = Preset::read_all(&text).unwrap_err().to_string();
        assert!(fault.contains(words), "{words}: {fault}");
    }
}
