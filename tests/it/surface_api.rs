//! Surfaces over HTTP: made of what the map shows, only for whoever sees every cell, and none that
//! tells of single enterprises.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::import::code;
use crate::pages_rights::{city, cookie};
use crate::stage::{Answer, Server, Stage};

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Every picture of a surface, and what it must begin with.
const PICTURES: [(&str, &[u8]); 3] = [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF-1.4")];

#[test]
fn a_surface_is_made_of_what_the_map_shows_and_of_one_park() {
    let city = city("1");
    let operator = json!({"role": "operator", "park": city.here});
    let operator = cookie(&city.server, &operator);
    let get = |path: &str| {
        let answer = city.server.send("GET", path, &[&operator], b"");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    };
    for layer in ["load_per_mu", "kwh_per_mu"] {
        let map = get(&format!("/api/v1/map?k={layer}")).json();
        for way in ["kernel", "inverse"] {
            let surface = get(&format!("/api/v1/surface?k={layer}&w={way}")).json();
            assert_eq!(surface["not_for_assessment"], true);
            assert_eq!(surface["period"], map["period"]);
            let bands = list(&surface["bands"]);
            assert!(bands.len() > 2, "{surface}");
            let percent: Decimal = bands.iter().map(|band| decimal(&band["percent"])).sum();
            assert!((percent - Decimal::ONE_HUNDRED).abs() <= Decimal::new(5, 1));
            let shown = list(&map["cells"]).iter();
            let shown: Vec<&Value> = shown.filter(|cell| cell["state"] == "value").collect();
            let spots = list(&surface["spots"]);
            assert_eq!(spots.len(), shown.len());
            for (spot, cell) in spots.iter().zip(&shown) {
                assert_eq!(
                    spot["parcel"], cell["parcel"],
                    "the operator's own park alone"
                );
            }
            let sum: Decimal = spots.iter().map(|spot| decimal(&spot["amount"])).sum();
            let total = decimal(&map["total"]["numerator"]);
            let half_a_hundredth_each = Decimal::from(spots.len()) * Decimal::new(1, 2);
            assert!(
                (sum - total).abs() <= half_a_hundredth_each,
                "{sum} {total}"
            );
        }
    }
    for (format, begins) in PICTURES {
        let picture = get(&format!(
            "/api/v1/surface.{format}?k=kwh_per_mu&h=150&m=q4&r=cividis"
        ));
        assert!(picture.body.starts_with(begins), "{format}");
    }
    of_some_firms_alone(&city.here, &get);
    let svg = get("/api/v1/surface.svg?k=kwh_per_mu");
    let svg = svg.text();
    assert!(svg.contains("仅供看趋势，不作评价依据") && svg.contains("用电密度（面）"));
    let fixed = get("/api/v1/surface?k=kwh_per_mu&m=f:1,5,20").json();
    assert_eq!(
        fixed["breaks"],
        json!(["1", "5", "20"]),
        "the same over the years"
    );
    what_cannot_be_spread_is_refused(&city.server, &operator);
    let own = json!({"role": "enterprise", "enterprise": city.own});
    let own = cookie(&city.server, &own);
    let path = format!("/api/v1/surface?park={}&k=kwh_per_mu", city.here);
    assert_eq!(city.server.send("GET", &path, &[&own], b"").status, 404);
}

/// Cut by industry and scale, as parcels are, where that tells of nobody; and as files.
fn of_some_firms_alone(park: &str, get: &impl Fn(&str) -> Answer) {
    let map = get("/api/v1/map?k=kwh_per_mu").json();
    let cells = || {
        list(&map["cells"])
            .iter()
            .filter(|cell| cell["state"] == "value")
    };
    let holds = |cell: &Value, key: &str, wanted: &str| {
        let mut firms = list(&cell["enterprises"]).iter();
        firms.any(|firm| firm[key] == wanted)
    };
    let mut counts = BTreeMap::<String, usize>::new();
    for cell in cells() {
        for firm in list(&cell["enterprises"]) {
            let industry = firm["industry"].as_str().unwrap();
            *counts.entry(industry.to_owned()).or_default() += 1;
        }
    }
    // The largest: a few of it tell of nobody, and neither does the rest.
    let (many, _) = counts.iter().max_by_key(|(_, count)| **count).unwrap();
    let kept: Vec<&Value> = cells()
        .filter(|cell| holds(cell, "industry", many))
        .collect();
    assert!(kept.len() < cells().count());
    let path = format!("k=kwh_per_mu&f=ind:{many}");
    let surface = get(&format!("/api/v1/surface?{path}")).json();
    let spots = list(&surface["spots"]);
    assert_eq!(
        spots.iter().map(|one| &one["parcel"]).collect::<Vec<_>>(),
        kept.iter().map(|one| &one["parcel"]).collect::<Vec<_>>()
    );
    let file = get(&format!("/api/v1/surface.geojson?{path}")).json();
    assert_eq!(file["filter"], format!("ind:{many}"));
    assert_eq!(file["not_for_assessment"], true);
    let of = |kind: &str| {
        let all = list(&file["features"]).iter();
        all.filter(|one| one["properties"]["kind"] == kind).count()
    };
    assert_eq!(
        (of("band"), of("spot")),
        (list(&surface["bands"]).len(), spots.len())
    );
    let csv = get(&format!("/api/v1/surface.csv?{path}"));
    let csv = csv.text();
    let rows = csv.lines().filter(|line| line.contains(",kernel,100,"));
    assert_eq!(rows.count(), list(&surface["bands"]).len(), "{csv}");
    assert!(
        csv.contains("# not_for_assessment: true")
            && csv.contains(&format!("# filter: ind:{many}"))
    );
    let svg = get(&format!("/api/v1/surface.svg?{path}"));
    assert!(svg.text().contains(&**many), "which firms it is of");
    // An industry of one or two tells of them; so would the rest of one that lacks one or two.
    let few = counts.iter().find(|(_, count)| **count < 3);
    let (few, _) = few.expect("the demo has an industry of one or two");
    let withheld = get(&format!("/api/v1/surface?k=kwh_per_mu&f=ind:{few}")).json();
    assert_eq!(withheld["withheld"], json!([park]));
    assert_eq!(withheld["spots"], json!([]));
    assert_eq!(withheld["bands"], json!([]));
}

fn what_cannot_be_spread_is_refused(server: &Server, operator: &str) {
    for query in [
        "k=grade",
        "k=energy_per_output",
        "k=freshness",
        "k=output_per_mu",
        "k=nothing",
        "w=spline",
        "h=10",
        "h=5000",
        "w=inverse&h=50",
        "m=q1",
        "r=rainbow",
        "f=class:1",
        "f=ind:C39,state:no_data",
        "x=1",
    ] {
        let path = format!("/api/v1/surface?{query}");
        let answer = server.send("GET", &path, &[operator], b"");
        assert!(
            matches!(answer.status, 400 | 422),
            "{query}: {}",
            answer.status
        );
    }
}

/// Six parcels in two rows, by turns those of so many enterprises.
fn parcels_and_land(stage: &Stage, firms: u32) {
    let mut land =
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n".to_owned();
    let mut features = Vec::new();
    for parcel in 0..6_u32 {
        let (x, y) = (
            120.98 + f64::from(parcel % 3) * 0.002,
            31.38 + f64::from(parcel / 3) * 0.002,
        );
        let side = 0.0015;
        let ring = [
            (0.0, 0.0),
            (side, 0.0),
            (side, side),
            (0.0, side),
            (0.0, 0.0),
        ];
        let ring: Vec<[f64; 2]> = ring.iter().map(|(dx, dy)| [x + dx, y + dy]).collect();
        features.push(json!({
            "type": "Feature",
            "properties": {"parcel": format!("L-{parcel}"), "park": "p1"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }));
        let firm = code(parcel % firms);
        writeln!(land, "{firm},L-{parcel},owned,2000,,,,2020-01-01,").unwrap();
    }
    let path = stage.path("parcels.geojson");
    let collection = json!({"type": "FeatureCollection", "features": features});
    std::fs::write(&path, collection.to_string()).unwrap();
    let path = path.to_str().unwrap();
    stage.ok(&["import", "parcels", path, "--crs", "EPSG:4326"]);
    stage.import("land", "land.csv", &land);
}

/// A park of so many enterprises, each with a meter that shows its power.
fn park_of(stage: &Stage, firms: u32, kw: impl Fn(u32) -> i64) -> Server {
    const ENTERPRISES: &str =
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n";
    const METERS: &str = "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n";
    stage.import(
        "parks",
        "parks.csv",
        "park,name,district,kind\np1,一号园,高新区,\n",
    );
    let (mut enterprises, mut meters) = (ENTERPRISES.to_owned(), METERS.to_owned());
    for firm in 0..firms {
        let code = code(firm);
        writeln!(enterprises, "{code},第{firm}厂,p1,,C39,above,2015-01-01,,").unwrap();
        writeln!(
            meters,
            "M-{firm},{code},gw-{firm},kw,,1,50000,900,,,2025-01-01,"
        )
        .unwrap();
    }
    stage.import("enterprises", "enterprises.csv", &enterprises);
    let token = |firm: u32| {
        let (code, gateway) = (code(firm).to_string(), format!("gw-{firm}"));
        let line = [
            "gateway",
            "add",
            "--enterprise",
            &code,
            "--gateway",
            &gateway,
            "--json",
        ];
        let printed: Value = serde_json::from_str(&stage.ok(&line)).unwrap();
        printed["token"].as_str().unwrap().to_owned()
    };
    let tokens: Vec<String> = (0..firms).map(token).collect();
    stage.import("meters", "meters.csv", &meters);
    parcels_and_land(stage, firms);
    let server = stage.serve();
    for (firm, token) in (0..).zip(&tokens) {
        let at = crate::pages_park::now().unix_ms();
        let body = json!({"meter": format!("M-{firm}"), "at": at, "values": {"kw": kw(firm)}});
        let bearer = format!("Authorization: Bearer {token}");
        let answer = server.send(
            "POST",
            "/api/v1/readings",
            &[&bearer],
            body.to_string().as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    server
}

#[test]
fn no_surface_tells_of_single_enterprises() {
    type Case = (u32, fn(u32) -> i64, bool);
    let cases: [Case; 3] = [
        (2, |_| 100, false),
        (3, |firm| if firm == 0 { 900 } else { 50 }, false),
        (3, |firm| 100 + i64::from(firm), true),
    ];
    for (firms, kw, is_shown) in cases {
        let stage = Stage::new();
        let server = park_of(&stage, firms, kw);
        let surface = server.get("/api/v1/surface?park=p1&k=load_per_mu").json();
        assert_eq!(
            list(&surface["bands"]).is_empty(),
            !is_shown,
            "{firms}: {surface}"
        );
        assert_eq!(
            list(&surface["spots"]).is_empty(),
            !is_shown,
            "{firms}: {surface}"
        );
        let withheld: &[&str] = if is_shown { &[] } else { &["p1"] };
        assert_eq!(surface["withheld"], json!(withheld));
        let svg = server.get("/api/v1/surface.svg?park=p1&k=load_per_mu");
        let svg = svg.text();
        assert_eq!(
            svg.contains("<circle"),
            is_shown,
            "dots tell where somebody is"
        );
        server.stop();
    }
}
