//! Outlines changed by hand: drawn, cut and put together with the land on them, dated, on record, and
//! taken back; what is refused, in words.

use parkpulse::calendar::Day;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::import::code;
use crate::pages_park::now;
use crate::stage::{Person, Server, Stage};

/// Three parcels side by side, 0.001° wide; the first is held by one who owns it and one who leases
/// a floor, the second by the first.
fn town(stage: &Stage) {
    let (one, two) = (code(1), code(2));
    let parks = "park,name,district,kind\np1,一号园,高新区,\np2,二号园,高新区,\n";
    stage.import("parks", "parks.csv", parks);
    let enterprises = format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
         {one},甲厂,p1,,C39,above,2015-01-01,,\n{two},乙厂,p1,,C39,above,2015-01-01,,\n"
    );
    stage.import("enterprises", "enterprises.csv", &enterprises);
    let feature = |id: &str, park: &str, west: f64| {
        json!({"type": "Feature", "properties": {"parcel": id, "park": park},
        "geometry": {"type": "MultiPolygon", "coordinates": square(west, 0.001)}})
    };
    let all = json!({"type": "FeatureCollection", "features": [
        feature("A", "p1", 120.980), feature("B", "p1", 120.981), feature("C", "p1", 120.990), feature("M", "p2", 120.995)]});
    let path = stage.path("parcels.geojson");
    std::fs::write(&path, all.to_string()).unwrap();
    stage.ok(&[
        "import",
        "parcels",
        path.to_str().unwrap(),
        "--crs",
        "EPSG:4490",
    ]);
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n\
         {one},A,owned,1000.5,,,,2020-01-01,\n{two},A,leased_floor,,300,1.5,{one},2021-01-01,2099-01-01\n\
         {one},B,owned,400,,,,2020-01-01,\n"
    );
    stage.import("land", "land.csv", &land);
}

/// A polygon of one ring, `wide` degrees from `west` on.
fn square(west: f64, wide: f64) -> Value {
    let (east, south, north) = (west + wide, 31.380, 31.381);
    json!([[[
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south]
    ]]])
}

fn change(server: &Server, person: &Person, body: &Value) -> Value {
    let answer = server.post("/api/v1/parcels/changes", &person.cookie, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Tries a change and makes it.
fn make(server: &Server, person: &Person, body: &Value) -> Value {
    let tried = change(server, person, body);
    assert_eq!(
        (&tried["good"], &tried["taken"]),
        (&json!(true), &json!(false)),
        "{tried}"
    );
    let mut confirmed = body.clone();
    confirmed["confirm"] = tried["digest"].clone();
    let made = change(server, person, &confirmed);
    assert_eq!(made["taken"], true, "{made}");
    made
}

/// What speaks against a change, by code.
fn codes(answer: &Value) -> Vec<&str> {
    assert_eq!(answer["good"], false, "{answer}");
    let faults = answer["faults"].as_array().unwrap().iter();
    faults
        .map(|fault| fault["code"].as_str().unwrap())
        .collect()
}

fn outlines(server: &Server, period: &str) -> Vec<String> {
    let all = server
        .get(&format!("/api/v1/parcels?park=p1{period}"))
        .json();
    let features = all["features"].as_array().unwrap().iter();
    features
        .map(|one| one["properties"]["parcel"].as_str().unwrap().to_owned())
        .collect()
}

fn mu(parcels: &Value) -> Decimal {
    let all = parcels.as_array().unwrap().iter();
    all.map(|one| one["mu"].as_str().unwrap().parse::<Decimal>().unwrap())
        .sum()
}

/// All m² held on parcels of the park now, by parcel.
fn held(server: &Server) -> Vec<(String, String)> {
    let card = |parcel: &str| {
        let card = server
            .get(&format!("/api/v1/parcels/{parcel}/card?park=p1"))
            .json();
        let firms = card["enterprises"].as_array().cloned().unwrap_or_default();
        firms
            .iter()
            .map(|firm| (parcel.to_owned(), firm["mu"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    outlines(server, "")
        .iter()
        .flat_map(|parcel| card(parcel))
        .collect()
}

const CUT: [[f64; 2]; 2] = [[120.9804, 31.379], [120.9804, 31.382]];

#[test]
fn a_parcel_is_cut_with_its_land_and_put_together_again() {
    let stage = Stage::new();
    town(&stage);
    let server = stage.serve();
    let mut bureau = stage.person("bureau.one", "bureau", "");
    server.sign_in(&mut bureau);
    let at_first = held(&server);

    is_cut(&server, &bureau);
    is_put_together_and_taken_back(&server, &bureau, &at_first);
    every_change_is_told(&server, &bureau);
    assert!(!stage.ok(&["audit", "verify"]).is_empty());
    what_ended_comes_back_by_no_file(&stage);
    server.stop();
}

fn is_cut(server: &Server, bureau: &Person) {
    let cut = json!({"act": "split", "parcel": "A", "line": CUT, "into": ["A-1", "A-2"], "reason": "一分为二"});
    let tried = change(server, bureau, &cut);
    assert_eq!(codes(&tried), ["land_not_shared"]);
    assert_eq!(tried["pieces"].as_array().unwrap().len(), 2);
    let off = (mu(&tried["before"]) - mu(&tried["after"])).abs();
    assert!(off <= "0.0002".parse().unwrap(), "{tried}");
    // By area: two fifths and three fifths, nothing lost.
    let land = tried["land"].as_array().unwrap();
    let owned = land.iter().find(|one| one["kind"] == "owned").unwrap();
    assert_eq!(
        owned["shares"],
        json!([{"parcel": "A-1", "m2": "400.2"}, {"parcel": "A-2", "m2": "600.3"}])
    );
    let shares = |west: &str| {
        let each = land.iter().flat_map(|one| {
            let whole: Decimal = one["m2"].as_str().unwrap().parse().unwrap();
            let west: Decimal = if one["kind"] == "owned" { west.parse().unwrap() } else { whole };
            let share = |parcel: &str, m2: Decimal| json!({"holding": one["holding"], "parcel": parcel, "m2": m2.to_string()});
            [share("A-1", west), share("A-2", whole - west)]
        });
        each.collect::<Vec<_>>()
    };
    let mut wrong = cut.clone();
    wrong["shares"] = json!(shares("400"));
    wrong["shares"][0]["m2"] = json!("399");
    assert_eq!(codes(&change(server, bureau, &wrong)), ["land_shares_off"]);
    let mut right = cut;
    right["shares"] = json!(shares("400"));
    let made = make(server, bureau, &right);
    assert_eq!(
        (&made["number"], outlines(server, "")),
        (
            &json!(1),
            vec!["A-1".into(), "A-2".into(), "B".into(), "C".into()]
        )
    );
    assert_eq!(outlines(server, "&p=2025"), ["A", "B", "C"]);
    let map = |period: &str| {
        server
            .get(&format!("/api/v1/map?park=p1{period}&k=freshness"))
            .json()
    };
    let now_cells = map("")["cells"].as_array().unwrap().len();
    assert_eq!(
        (now_cells, map("")["outlines_as_of"].is_string()),
        (4, true)
    );
    // 300 m² of floor under a plot ratio of 1.5 are 200 m² of land.
    let firms = held(server);
    let of = |parcel: &str| {
        firms
            .iter()
            .filter(|one| one.0 == parcel)
            .map(|one| one.1.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of("A-1"), of("A-2"), of("B")),
        (vec!["0.6", "0.3"], vec!["0.9008"], vec!["0.6"])
    );
}

fn is_put_together_and_taken_back(server: &Server, bureau: &Person, at_first: &[(String, String)]) {
    let merged = json!({"act": "merge", "parcel": "B", "parcels": ["A-2", "B"], "reason": "合并"});
    let made = make(server, bureau, &merged);
    assert_eq!(
        (&made["after"][0]["parts"], &made["after"][0]["holes"]),
        (&json!(1), &json!(0))
    );
    let firms = held(server);
    assert!(firms.contains(&("B".into(), "1.5008".into())), "{firms:?}");

    for (undoes, number) in [(2, 3), (1, 4)] {
        let undo = json!({"act": "undo", "undoes": undoes, "reason": "划错了"});
        assert_eq!(make(server, bureau, &undo)["number"], number);
    }
    assert_eq!(
        (outlines(server, ""), held(server)),
        (vec!["A".into(), "B".into(), "C".into()], at_first.to_vec())
    );
    let again = json!({"act": "undo", "undoes": 1, "reason": "划错了"});
    assert_eq!(codes(&change(server, bureau, &again))[0], "undone_already");
}

fn every_change_is_told(server: &Server, bureau: &Person) {
    let all = server
        .get_as("/api/v1/parcels/changes?park=p1", &[&bureau.cookie])
        .json();
    let items = all["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|one| {
            (
                one["number"].as_i64().unwrap(),
                one["act"].as_str().unwrap(),
                one["undone_by"].as_i64(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (4, "undo", None),
            (3, "undo", None),
            (2, "merge", Some(3)),
            (1, "split", Some(4))
        ]
    );
    assert_eq!(
        (
            &items[3]["who"],
            &items[3]["reason"],
            &items[3]["before"],
            &items[3]["after"]
        ),
        (
            &json!("bureau.one"),
            &json!("一分为二"),
            &json!(["A"]),
            &json!(["A-1", "A-2"])
        )
    );
}

fn what_ended_comes_back_by_no_file(stage: &Stage) {
    let path = stage.path("again.geojson");
    let back = json!({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"parcel": "A-1", "park": "p1"},
        "geometry": {"type": "MultiPolygon", "coordinates": square(120.97, 0.001)}}]});
    std::fs::write(&path, back.to_string()).unwrap();
    let said = stage.run(&[
        "import",
        "parcels",
        path.to_str().unwrap(),
        "--crs",
        "EPSG:4490",
    ]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("was ended"), "{said}");
}

#[test]
fn an_outline_is_drawn_from_a_day_on_and_whoever_was_first_is_not_overwritten() {
    let stage = Stage::new();
    town(&stage);
    let server = stage.serve();
    let [mut one, mut two] =
        ["bureau.one", "bureau.two"].map(|name| stage.person(name, "bureau", ""));
    server.sign_in(&mut one);
    server.sign_in(&mut two);
    let drawn = json!({"act": "draw", "parcel": "N", "park": "p1", "outline": square(120.985, 0.002), "from": "2025-03-01", "reason": "新地块"});
    let made = make(&server, &one, &drawn);
    assert_eq!(made["from"], "2025-03-01T00:00:00+08:00");
    assert_eq!(outlines(&server, "&p=2025-02"), ["A", "B", "C"]);
    assert_eq!(outlines(&server, "&p=2025-03"), ["A", "B", "C", "N"]);

    let wider = json!({"act": "draw", "parcel": "N", "outline": square(120.985, 0.003), "reason": "界址调整"});
    let narrower =
        json!({"act": "draw", "parcel": "N", "outline": square(120.985, 0.001), "reason": "复测"});
    let tried = change(&server, &two, &narrower);
    assert_eq!(tried["good"], true);
    make(&server, &one, &wider);
    let mut late = narrower;
    late["confirm"] = tried["digest"].clone();
    let answer = server.post("/api/v1/parcels/changes", &two.cookie, &late);
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (409, &json!("conflict"))
    );
    let ring = |period: &str| {
        let all = server
            .get(&format!("/api/v1/parcels?park=p1{period}"))
            .json();
        let all = all["features"].as_array().unwrap().clone();
        let found = all
            .iter()
            .find(|one| one["properties"]["parcel"] == "N")
            .unwrap();
        found["geometry"]["coordinates"].to_string()
    };
    assert!(ring("").contains("120.988") && !ring("&p=2025").contains("120.988"));
    server.stop();
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

fn drawn(outline: &Value) -> Value {
    json!({"act": "draw", "parcel": "N", "park": "p1", "outline": outline, "reason": "x"})
}

fn drawn_badly() -> Vec<(Value, &'static str)> {
    let tomorrow = Day::of(now().plus_ms(86_400_000)).to_string();
    let bow = json!([[[
        [120.985, 31.38],
        [120.986, 31.381],
        [120.986, 31.38],
        [120.985, 31.381],
        [120.985, 31.38]
    ]]]);
    let open = json!([[[[120.985, 31.38], [120.986, 31.381], [120.986, 31.38]]]]);
    let good = square(120.985, 0.001);
    vec![
        (drawn(&bow), "self_crossing"),
        (drawn(&open), "unclosed_ring"),
        (drawn(&json!([])), "no_area"),
        (drawn(&square(120.9805, 0.001)), "overlap"),
        (drawn(&square(100.0, 0.001)), "outside_city"),
        (with(drawn(&good), "parcel", json!("A")), "ok"),
        (with(drawn(&good), "park", Value::Null), "missing_field"),
        (with(drawn(&good), "park", json!("p9")), "not_laid"),
        (
            with(drawn(&good), "declared_mu", json!("99")),
            "area_mismatch",
        ),
        (
            with(drawn(&good), "from", json!(tomorrow)),
            "from_in_future",
        ),
    ]
}

fn cut_or_merged_badly() -> Vec<(Value, &'static str)> {
    let split = |line: Value, into: Value| json!({"act": "split", "parcel": "C", "line": line, "into": into, "reason": "x"});
    let merge = |into: &str, parcels: Value| json!({"act": "merge", "parcel": into, "parcels": parcels, "reason": "x"});
    vec![
        (
            split(json!([[120.9, 31.379], [120.9, 31.382]]), json!(["C", "D"])),
            "not_cut",
        ),
        (
            split(
                json!([[120.9905, 31.379], [120.9905, 31.3805]]),
                json!(["C", "D"]),
            ),
            "not_cut",
        ),
        (
            split(
                json!([[120.9905, 31.379], [120.9905, 31.382]]),
                json!(["C"]),
            ),
            "pieces_unnamed",
        ),
        (
            split(
                json!([[120.9905, 31.379], [120.9905, 31.382]]),
                json!(["C", "A"]),
            ),
            "id_taken",
        ),
        (
            split(
                json!([[120.990_000_01, 31.379], [120.990_000_01, 31.382]]),
                json!(["C", "D"]),
            ),
            "crumb",
        ),
        (merge("A", json!(["A", "C"])), "not_neighbours"),
        (merge("A", json!(["A", "M"])), "other_park"),
        (merge("A", json!(["A"])), "too_few_parcels"),
        (merge("A", json!(["A", "NONE"])), "unknown_parcel"),
        (merge("C", json!(["A", "B"])), "id_taken"),
        (
            json!({"act": "undo", "undoes": 7, "reason": "x"}),
            "unknown_change",
        ),
    ]
}

#[test]
fn what_cannot_be_is_refused_by_code() {
    let stage = Stage::new();
    town(&stage);
    let server = stage.serve();
    let mut bureau = stage.person("bureau.one", "bureau", "");
    server.sign_in(&mut bureau);
    let rows = drawn_badly().into_iter().chain(cut_or_merged_badly());
    for (body, wanted) in rows {
        let answer = change(&server, &bureau, &body);
        if wanted == "ok" {
            assert_eq!(answer["good"], true, "{body} {answer}");
            continue;
        }
        let told = codes(&answer);
        assert!(told.contains(&wanted), "{wanted}: {told:?} of {body}");
        // Nor is it made by the digest of what was refused.
        let answer = server.post(
            "/api/v1/parcels/changes",
            &bureau.cookie,
            &with(body, "confirm", answer["digest"].clone()),
        );
        assert_eq!(answer.status, 409, "{wanted}: {}", answer.text());
    }
    for body in [
        json!({"act": "draw", "reason": " "}),
        json!({"act": "draw", "reason": "x", "parcel": "a b"}),
        json!({"act": "draw", "reason": "x", "from": "soon"}),
    ] {
        let answer = server.post("/api/v1/parcels/changes", &bureau.cookie, &body);
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
    let mut operator = stage.person("operator.one", "operator", "p1");
    server.sign_in(&mut operator);
    let answer = server.post(
        "/api/v1/parcels/changes",
        &operator.cookie,
        &drawn(&square(120.985, 0.001)),
    );
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert_eq!(outlines(&server, ""), ["A", "B", "C"]);
    server.stop();
}
