//! The layers of the map that are made of statements, on a demo city: equal to a slow recomputation
//! from the files that were imported, and cut to what each role may see.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use parkpulse::calendar::{Day, Moment};
use parkpulse::demo::{self, Scale};
use parkpulse::http::{PictureKey, Pictures};
use parkpulse::park::backdrop::{Kind, Thing};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::accounts_api::PURPOSE;
use crate::pages_rights::{City, city, cookie, text};
use crate::stage::until;

#[test]
fn statement_layers_add_up_and_each_role_sees_its_part() {
    let city = city("1");
    // Its headers: who, and what for.
    let bureau = cookie(&city.server, &json!({"role": "bureau"}));
    let bureau = format!("{bureau}\r\n{PURPOSE}");
    let tax = "/api/v1/map?k=tax_per_mu&p=2025";
    until(Duration::from_mins(1), "the accounts of the year", || {
        (get(&city, tax, &bureau)["closed"] == true).then_some(())
    });
    values_are_those_of_a_slow_recomputation(&city, &bureau);
    an_operator_is_locked_out_of_tax_and_sees_bands_of_output(&city, &bureau);
    an_enterprise_sees_its_own_cell_and_the_total(&city, &bureau);
    load_is_of_now(&city, &bureau);
    letters_of_the_rated_year_stand_in_the_parcels(&city, &bureau);
    a_picture_is_painted_once(&city, &bureau);
    breaks_are_written_without_commas_inside(&city, &bureau);
}

fn get(city: &City, path: &str, cookie: &str) -> Value {
    let answer = city.server.send("GET", path, &[cookie], b"");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn cells(map: &Value) -> BTreeMap<String, Value> {
    let cells = map["cells"].as_array().unwrap().iter();
    cells
        .map(|cell| (text(&cell["parcel"]), cell.clone()))
        .collect()
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// The made-up city as it was laid, and its rows.
fn rows(kind: &str) -> Vec<BTreeMap<String, String>> {
    let now = Moment::from_unix_ms(jiff::Timestamp::now().as_millisecond());
    let scale = Scale {
        days: 1,
        ..Scale::CITY
    };
    let files = demo::City::new(1, scale, Day::of(now)).files();
    let file = files.into_iter().find(|file| file.kind == kind).unwrap();
    let mut reader = csv::Reader::from_reader(file.text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Land of each enterprise on each parcel, in m².
fn land() -> BTreeMap<String, BTreeMap<String, Decimal>> {
    let mut land: BTreeMap<String, BTreeMap<String, Decimal>> = BTreeMap::new();
    for row in rows("land") {
        let number = |column: &str| row[column].parse::<Decimal>().unwrap();
        let m2 = match row["kind"].as_str() {
            "leased_out" => -number("m2"),
            "leased_floor" => number("floor_m2") / number("far"),
            _ => number("m2"),
        };
        let on = land.entry(row["parcel"].clone()).or_default();
        *on.entry(row["enterprise"].clone()).or_default() += m2;
    }
    land
}

fn stated(indicators: &[&str]) -> BTreeMap<String, Decimal> {
    let mut stated: BTreeMap<String, Decimal> = BTreeMap::new();
    for row in rows("statements") {
        if row["period"] == "2025" && indicators.contains(&row["indicator"].as_str()) {
            *stated.entry(row["enterprise"].clone()).or_default() +=
                row["value"].parse::<Decimal>().unwrap();
        }
    }
    stated
}

fn values_are_those_of_a_slow_recomputation(city: &City, bureau: &str) {
    let land = land();
    let mut whole: BTreeMap<&String, Decimal> = BTreeMap::new();
    for (enterprise, m2) in land.values().flatten() {
        *whole.entry(enterprise).or_default() += *m2;
    }
    let layers: [(&str, &[&str]); 2] = [
        ("tax_per_mu", &["tax_net_inbound", "tax_exempt_credit"]),
        ("output_per_mu", &["output_value"]),
    ];
    for (layer, indicators) in layers {
        let stated = stated(indicators);
        let map = get(city, &format!("/api/v1/map?k={layer}&p=2025"), bureau);
        let (mut compared, mut shared) = (0, 0);
        for (parcel, cell) in cells(&map) {
            let (mut money, mut m2) = (Decimal::ZERO, Decimal::ZERO);
            let here = land.get(&parcel).into_iter().flatten();
            let here: Vec<_> = here
                .filter(|(who, m2)| stated.contains_key(*who) && **m2 > Decimal::ZERO)
                .collect();
            for (who, part) in &here {
                money += stated[*who] * **part / whole[who];
                m2 += **part;
            }
            if here.is_empty() {
                assert_ne!(cell["state"], "value", "{parcel}");
                continue;
            }
            let expected = money / (m2 * Decimal::new(15, 4));
            let half_up = RoundingStrategy::MidpointAwayFromZero;
            let expected = expected.round_dp_with_strategy(2, half_up);
            // The last of two places may differ, for shown parts are divided.
            let off = (decimal(&cell["value"]) - expected).abs();
            assert!(
                off <= Decimal::new(1, 2),
                "{layer} {parcel}: {cell} {expected}"
            );
            compared += 1;
            shared += usize::from(here.len() > 1);
        }
        assert!(compared > 120 && shared > 8, "{compared} {shared}");
        let legend = &map["legend"];
        let classes = legend["classes"].as_array().unwrap().iter();
        let in_classes: i64 = classes.map(|one| one["count"].as_i64().unwrap()).sum();
        assert_eq!(in_classes, compared);
        let negative = stated
            .values()
            .filter(|value| **value < Decimal::ZERO)
            .count();
        assert_eq!(negative > 0, legend["classes"][0]["class"] == 0, "{legend}");
    }
}

fn an_operator_is_locked_out_of_tax_and_sees_bands_of_output(city: &City, bureau: &str) {
    let operator = cookie(
        &city.server,
        &json!({"role": "operator", "park": city.here}),
    );
    let status = |path: &str| city.server.send("GET", path, &[&operator], b"").status;
    for path in [
        "/api/v1/map",
        "/api/v1/map.png",
        "/api/v1/map.csv",
        "/api/v1/map.geojson",
    ] {
        assert_eq!(
            status(&format!("{path}?k=tax_per_mu&p=2025")),
            404,
            "{path}"
        );
    }
    let card = format!("/api/v1/parcels/{}/card?k=tax_per_mu&p=2025", city.parcel);
    assert_eq!(status(&card), 404);
    let banded = format!("/api/v1/map?k=output_per_mu&p=2025&park={}", city.here);
    let (seen, whole) = (get(city, &banded, &operator), get(city, &banded, bureau));
    let shown = seen["layers"].as_array().unwrap().iter();
    let shown: BTreeMap<String, String> = shown
        .map(|layer| (text(&layer["indicator"]), text(&layer["shown"])))
        .collect();
    assert_eq!(shown["tax_per_mu"], "nothing");
    assert_eq!(
        [&*shown["output_per_mu"], &*shown["energy_per_output"]],
        ["band"; 2]
    );
    assert_eq!(
        [
            &*shown["energy_per_mu"],
            &*shown["load_per_mu"],
            &*shown["grade"]
        ],
        ["value"; 3]
    );
    let (seen, whole) = (cells(&seen), cells(&whole));
    let mut bands = BTreeSet::new();
    for (parcel, cell) in &seen {
        assert_eq!(cell["class"], whole[parcel]["class"], "{parcel}");
        assert_eq!(
            [&cell["value"], &cell["rank"], &cell["change"]],
            [&Value::Null; 3]
        );
        bands.insert(cell["class"].to_string());
    }
    assert!(bands.len() >= 4, "{bands:?}");
    // Whoever may choose the breaks finds the value by halving.
    for manner in ["f:101,102", "q5", "j5"] {
        assert_eq!(status(&format!("{banded}&m={manner}")), 400, "{manner}");
    }
    let valued = whole
        .values()
        .find(|cell| cell["state"] == "value")
        .unwrap();
    let (value, parcel) = (text(&valued["value"]), text(&valued["parcel"]));
    for export in ["map.csv", "map.geojson", "map.svg"] {
        let path = banded.replace("/map?", &format!("/{export}?"));
        let answer = city.server.send("GET", &path, &[&operator], b"");
        assert!(!answer.text().contains(&value), "{export} tells {value}");
    }
    let card = format!("/api/v1/parcels/{parcel}/card?k=output_per_mu&p=2025");
    let card = get(city, &card, &operator);
    assert_eq!(card["state"], "band");
    assert_eq!(
        [&card["value"], &card["numerator"], &card["rank"]],
        [&Value::Null; 3]
    );
}

fn an_enterprise_sees_its_own_cell_and_the_total(city: &City, bureau: &str) {
    let own = cookie(
        &city.server,
        &json!({"role": "enterprise", "enterprise": city.own}),
    );
    let path = format!("/api/v1/map?k=tax_per_mu&p=2025&park={}", city.here);
    let (seen, whole) = (get(city, &path, &own), get(city, &path, bureau));
    assert_eq!(seen["total"]["value"], whole["total"]["value"]);
    assert_ne!(seen["total"]["value"], Value::Null);
    let mut values = 0;
    for (parcel, cell) in cells(&seen) {
        let is_own = cell["state"] == "value";
        assert!(is_own || cell["value"].is_null());
        if is_own {
            assert_eq!(
                cell["enterprises"][0]["enterprise"],
                city.own.as_str(),
                "{parcel}"
            );
            values += 1;
        }
    }
    assert!((1..=3).contains(&values), "{values}");
    let theirs = cells(&whole).into_values().find(|cell| {
        let holders = cell["enterprises"].as_array().unwrap();
        !holders.is_empty()
            && holders
                .iter()
                .all(|one| one["enterprise"] != city.own.as_str())
    });
    let theirs = text(&theirs.unwrap()["parcel"]);
    for layer in seen["layers"].as_array().unwrap() {
        let layer = text(&layer["indicator"]);
        let card = format!("/api/v1/parcels/{theirs}/card?k={layer}&park={}", city.here);
        let card = get(city, &card, &own);
        let none = json!([]);
        assert_eq!(
            (&card["enterprises"], &card["meters"]),
            (&none, &none),
            "{layer}"
        );
        assert_eq!(card["value"], Value::Null, "{layer}");
    }
    let bars = get(city, "/api/v1/periods?k=tax_per_mu", &own);
    // Breaks that are made of other people's values would tell them.
    assert_eq!(bars["breaks"], json!([]));
    assert_eq!(bars["periods"].as_array().unwrap().len(), 2);
}

/// In a list with commas between them.
fn breaks_are_written_without_commas_inside(city: &City, bureau: &str) {
    let path = "/api/v1/map.csv?k=output_per_mu&p=2025&m=f:200,1200,34000";
    let csv = city.server.send("GET", path, &[bureau], b"");
    assert!(
        csv.text().contains("断点 200, 1200, 34000"),
        "{}",
        csv.text()
    );
}

fn a_picture_is_painted_once(city: &City, bureau: &str) {
    let path = format!(
        "/api/v1/map.png?k=tax_per_mu&p=2025&park={}&g=grade",
        city.here
    );
    let first = city.server.send("GET", &path, &[bureau], b"");
    let tag = first.header("etag").unwrap().to_owned();
    let again = city.server.send("GET", &path, &[bureau], b"");
    assert_eq!((first.status, &first.body), (200, &again.body));
    let had = format!("If-None-Match: {tag}");
    let unchanged = city.server.send("GET", &path, &[bureau, &had], b"");
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    let svg = path.replace(".png", ".svg");
    let svg = city.server.send("GET", &svg, &[bureau], b"");
    assert!(svg.text().contains("地块内：2025 年度公布等级"));
    let other = city
        .server
        .send("GET", &format!("{path}&r=viridis"), &[bureau, &had], b"");
    assert_eq!(other.status, 200);
    assert_ne!(other.body, first.body);
}

fn letters_of_the_rated_year_stand_in_the_parcels(city: &City, bureau: &str) {
    let path = format!("/api/v1/map?k=grade&park={}", city.here);
    let map = until(Duration::from_mins(1), "a rated year", || {
        let map = get(city, &path, bureau);
        (map["rated"] == "2025").then_some(map)
    });
    let list = get(city, "/api/v1/ratings/2025?limit=1000", bureau);
    let list = list["items"].as_array().unwrap().iter();
    let graded: BTreeMap<String, Value> = list
        .map(|one| (text(&one["enterprise"]), one["grade"].clone()))
        .collect();
    let (mut letters, mut seen) = (BTreeMap::new(), 0);
    for (parcel, cell) in cells(&map) {
        let holders = cell["enterprises"].as_array().unwrap();
        if let [only] = &holders[..] {
            // The newest were founded after the year.
            let grade = graded.get(&text(&only["enterprise"]));
            assert_eq!(&cell["grade"], grade.unwrap_or(&Value::Null), "{parcel}");
            seen += 1;
        }
        letters.insert(parcel, cell["grade"].clone());
    }
    assert!(seen > 30, "{seen}");
    let legend = map["legend"]["grades"].as_array().unwrap().iter();
    let counts: BTreeMap<String, usize> = legend
        .map(|one| {
            (
                text(&one["grade"]),
                usize::try_from(one["count"].as_u64().unwrap()).unwrap(),
            )
        })
        .collect();
    let lettered = letters.values().filter(|letter| !letter.is_null()).count();
    assert_eq!(counts.values().sum::<usize>(), lettered);
    assert_eq!(
        counts.keys().map(String::as_str).collect::<Vec<_>>(),
        ["A", "B", "C", "D", "T"]
    );
    assert!(
        ["A", "B", "C", "T"]
            .iter()
            .all(|letter| counts[*letter] > 0),
        "{counts:?}"
    );
    let bars = get(city, "/api/v1/periods?k=grade", bureau);
    assert_eq!(
        (&bars["shown"], &bars["periods"]),
        (&json!("2025"), &json!([]))
    );
    // A published letter is for everybody who sees the map; names are not.
    let own = json!({"role": "enterprise", "enterprise": city.own});
    let own = cookie(&city.server, &own);
    for (parcel, cell) in cells(&get(city, &path, &own)) {
        assert_eq!(cell["grade"], letters[&parcel], "{parcel}");
        let holders = cell["enterprises"].as_array().unwrap().iter();
        assert!(
            holders
                .map(|one| &one["enterprise"])
                .all(|code| *code == city.own.as_str())
        );
    }
}

fn load_is_of_now(city: &City, bureau: &str) {
    let path = format!("/api/v1/map?k=load_per_mu&park={}", city.here);
    let map = get(city, &path, bureau);
    assert_eq!(
        (&map["period"], &map["unit"]),
        (&json!("now"), &json!("kW/亩"))
    );
    let cells = cells(&map);
    let loads = cells.values().filter(|cell| cell["state"] == "value");
    let loads: Vec<Decimal> = loads.map(|cell| decimal(&cell["value"])).collect();
    assert!(loads.len() > 30, "{}", loads.len());
    assert!(
        loads
            .iter()
            .all(|kw| *kw >= Decimal::ZERO && *kw < Decimal::new(60, 0))
    );
    let (above, below) = (
        decimal(&map["total"]["numerator"]),
        decimal(&map["total"]["denominator"]),
    );
    let total = (above / below).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    assert_eq!(decimal(&map["total"]["value"]), total);
}

/// A picture over another backdrop is another one, however many corners both have.
#[test]
fn another_backdrop_is_another_picture() {
    let road = |x: f64| Thing {
        park: "p1".parse().unwrap(),
        kind: Kind::Road,
        name: None,
        width_m: 12.0,
        lines: vec![vec![(x, 31.0).into(), (x, 31.1).into()]],
    };
    let of = |things: &[Thing]| PictureKey::backdrop_of(things);
    assert_eq!(of(&[road(120.9)]), of(&[road(120.9)]));
    assert_ne!(of(&[road(120.9)]), of(&[road(120.8)]));
    let wide = Thing {
        width_m: 13.0,
        ..road(120.9)
    };
    assert_ne!(of(&[road(120.9)]), of(&[wide]));
    assert_ne!(of(&[]), of(&[road(120.9)]));
}

#[test]
fn pictures_are_kept_up_to_a_limit_the_oldest_go_first() {
    let key = |palette: &str| PictureKey {
        digest: crate::heatmap_park::scene(
            &crate::heatmap_park::column(&crate::heatmap_park::parcels(6), &[]),
            "800x600",
        )
        .digest,
        palette: palette.to_owned(),
        backdrop: String::new(),
        chosen: String::new(),
        kind: "image/png",
    };
    let pictures = Pictures::new(100);
    for name in ["a", "b", "c"] {
        pictures.keep(key(name), vec![0; 30].into());
    }
    assert_eq!(pictures.bytes(), 90);
    assert!(pictures.find(&key("a")).is_some());
    pictures.keep(key("d"), vec![0; 30].into());
    // `a` was asked for, so that `b` is the one that was not for the longest.
    assert!(pictures.find(&key("b")).is_none() && pictures.find(&key("a")).is_some());
    assert_eq!(pictures.bytes(), 90);
    pictures.keep(key("large"), vec![0; 101].into());
    pictures.keep(key("a"), vec![0; 30].into());
    assert_eq!(pictures.bytes(), 90);
}
