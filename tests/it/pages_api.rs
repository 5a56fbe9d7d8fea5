//! What the map's API says: sums, divisions, classes, and that every export says the same.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::str::FromStr;
use std::time::{Duration, Instant};

use parkpulse::demo::{self, Reader};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::http_pace::are_not_sent_again;
use crate::pages_browser::run_node;
use crate::pages_park::{ShownPark, now};
use crate::pages_workbook::what_is_taken_away_says_of_what_it_is;

/// All of it on one park, which takes a while to fill.
#[test]
fn the_api_says_the_same_on_every_way_and_the_page_shows_it() {
    let park = ShownPark::open();
    let map = park.json("/api/v1/map");
    let cards: Vec<Value> = cells(&map)
        .iter()
        .map(|cell| {
            let parcel = cell["parcel"].as_str().unwrap();
            park.json(&format!("/api/v1/parcels/{parcel}/card"))
        })
        .collect();
    the_total_is_the_ratio_of_the_sums_of_its_cards(&map, &cards);
    a_card_is_the_sum_of_its_counted_meters_shared_by_land(&map, &cards);
    registers_at_the_borders_give_what_a_meter_used(&cards);
    the_legend_counts_every_parcel_once_and_ranks_fall(&park);
    every_export_says_what_the_map_says(&park);
    crate::pages_workbook::a_workbook_holds_the_rows_of_the_screen(&park);
    a_difference_is_one_value_less_the_other_on_every_way(&park);
    crate::consumption_api::what_was_used_adds_up_and_is_cut(&park);
    crate::time_of_use_api::slots_add_up_to_the_ledger(&park);
    what_has_no_two_periods_is_not_compared(&park);
    outlines_come_whole_and_periods_end_with_the_running_month(&park);
    what_cannot_be_asked_is_refused_in_words_and_what_is_not_there_is_404(&park);
    a_reader_resumes_or_hears_of_a_gap(&park);
    what_is_big_is_not_sent_again(&park);
    browser(&park);
}

fn decimal(value: &Value) -> Decimal {
    Decimal::from_str(value.as_str().unwrap()).unwrap()
}

/// As the pages divide what is printed.
fn divided(numerator: &Value, denominator: &Value) -> Decimal {
    let value = decimal(numerator) / decimal(denominator);
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn cells(map: &Value) -> &Vec<Value> {
    map["cells"].as_array().unwrap()
}

fn the_total_is_the_ratio_of_the_sums_of_its_cards(map: &Value, cards: &[Value]) {
    let total = &map["total"];
    assert_eq!(
        decimal(&total["value"]),
        divided(&total["numerator"], &total["denominator"])
    );
    let (mut kwh, mut mu, mut count) = (Decimal::ZERO, Decimal::ZERO, 0);
    for (cell, card) in cells(map).iter().zip(cards) {
        let parcel = &cell["parcel"];
        assert_eq!(card["value"], cell["value"], "{parcel}");
        if cell["state"] != "value" {
            continue;
        }
        assert_eq!(
            decimal(&card["value"]),
            divided(&card["numerator"], &card["denominator"]),
            "{parcel}"
        );
        kwh += decimal(&card["numerator"]);
        mu += decimal(&card["denominator"]);
        count += 1;
    }
    assert!(count > 40, "{count}");
    assert_eq!(total["parcels"], count);
    let close = |one: Decimal, other: Decimal| (one - other).abs() < Decimal::ONE;
    assert!(close(kwh, decimal(&total["numerator"])), "{kwh} {total}");
    assert!(close(mu, decimal(&total["denominator"])), "{mu} {total}");
}

fn a_card_is_the_sum_of_its_counted_meters_shared_by_land(map: &Value, cards: &[Value]) {
    let mut seen = 0;
    for (cell, card) in cells(map).iter().zip(cards) {
        let parcel = &cell["parcel"];
        let mut shares = BTreeMap::new();
        for one in card["enterprises"].as_array().unwrap() {
            shares.insert(
                one["enterprise"].as_str().unwrap(),
                decimal(&one["mu"]) / decimal(&one["mu_total"]),
            );
        }
        let meters = card["meters"].as_array().unwrap().iter();
        let counted = meters.filter(|meter| meter["counted"] == true && !meter["used"].is_null());
        let sum: Decimal = counted
            .map(|meter| decimal(&meter["used"]) * shares[meter["enterprise"].as_str().unwrap()])
            .sum();
        if cell["state"] == "value" {
            let error = (sum - decimal(&card["numerator"])).abs();
            assert!(
                error < Decimal::ONE,
                "{parcel}: {sum} {}",
                card["numerator"]
            );
            seen += 1;
        }
    }
    assert!(seen > 40);
}

fn registers_at_the_borders_give_what_a_meter_used(cards: &[Value]) {
    let mut plain = 0;
    for card in cards {
        for meter in card["meters"].as_array().unwrap() {
            let known =
                meter["known_share"] == "1.0000" && meter["flags"].as_object().unwrap().is_empty();
            if !known || meter["start"]["at"] != card["from"] || meter["end"]["at"] != card["to"] {
                continue;
            }
            let difference =
                decimal(&meter["end"]["register"]) - decimal(&meter["start"]["register"]);
            assert_eq!(
                difference * decimal(&meter["multiplier"]),
                decimal(&meter["used"]),
                "{meter}"
            );
            plain += 1;
        }
    }
    assert!(plain > 30, "{plain}");
}

fn the_legend_counts_every_parcel_once_and_ranks_fall(park: &ShownPark) {
    for query in [
        "",
        "?m=j4",
        "?m=e7&r=viridis",
        "?m=f:1000,3000",
        "?k=freshness",
    ] {
        let map = park.json(&format!("/api/v1/map{query}"));
        let legend = &map["legend"];
        let classes = legend["classes"].as_array().unwrap();
        let mut sum: u64 = classes
            .iter()
            .map(|class| class["count"].as_u64().unwrap())
            .sum();
        for rest in ["no_data", "not_counted", "hidden"] {
            sum += legend[rest].as_u64().unwrap();
        }
        assert_eq!(usize::try_from(sum).unwrap(), cells(&map).len(), "{query}");
        for class in classes {
            let number = &class["class"];
            let inside = cells(&map).iter().filter(|cell| cell["class"] == *number);
            assert_eq!(class["count"], inside.count(), "{query}");
        }
        let mut ranked: Vec<_> = cells(&map)
            .iter()
            .filter(|cell| !cell["rank"].is_null())
            .collect();
        ranked.sort_by_key(|cell| cell["rank"].as_u64());
        let values: Vec<Decimal> = ranked.iter().map(|cell| decimal(&cell["value"])).collect();
        assert!(values.is_sorted_by(|a, b| a >= b), "{query}");
        assert_eq!(map["ranked"], ranked.len());
    }
}

fn every_export_says_what_the_map_says(park: &ShownPark) {
    let query = "?m=j4&r=viridis";
    let map = park.json(&format!("/api/v1/map{query}"));
    let csv = park.server.get(&format!("/api/v1/map.csv{query}"));
    let text = csv.text().strip_prefix('\u{feff}').expect("a BOM");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let (rows, foot): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| !row["parcel"].is_empty());
    what_is_taken_away_says_of_what_it_is(park, &map, &foot);
    let geojson = park.json(&format!("/api/v1/map.geojson{query}"));
    assert_eq!(rows.len(), cells(&map).len());
    for ((cell, row), feature) in cells(&map)
        .iter()
        .zip(&rows)
        .zip(geojson["features"].as_array().unwrap())
    {
        let properties = &feature["properties"];
        assert_eq!(row["parcel"], cell["parcel"].as_str().unwrap());
        assert_eq!(row["value"], cell["value"].as_str().unwrap_or_default());
        assert_eq!(row["state"], cell["state"].as_str().unwrap());
        assert_eq!(properties["parcel"], cell["parcel"]);
        assert_eq!(properties["class"], cell["class"]);
        if cell["state"] == "value" {
            assert_eq!(decimal(&properties["value"]), decimal(&cell["value"]));
            let classes = map["legend"]["classes"].as_array().unwrap();
            let own = classes.iter().find(|class| class["class"] == cell["class"]);
            assert_eq!(properties["colour"], own.unwrap()["colour"]);
        }
    }
    let svg = park.server.get(&format!("/api/v1/map.svg{query}"));
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    assert!(svg.text().contains("<title"), "a picture has a name");
    let png = park.server.get(&format!("/api/v1/map.png{query}"));
    assert_eq!(png.body.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
}

/// Of two months, on the screen, in the files and in the picture; the running one, for in the first
/// the meters begin, which is compared with nothing.
fn a_difference_is_one_value_less_the_other_on_every_way(park: &ShownPark) {
    let shown = park.json("/api/v1/map");
    let bars = park.json("/api/v1/periods?m=q5");
    let mut months = bars["periods"].as_array().unwrap().iter().rev();
    let then = months.find(|bar| bar["value"].is_string() && bar["period"] != shown["period"]);
    let then = then.unwrap()["period"].as_str().unwrap();
    let base = park.json(&format!("/api/v1/map?p={then}"));
    let map = park.json(&format!("/api/v1/map?c={then}"));
    assert_eq!(map["against"], then);
    assert_eq!(
        (&map["method"], &map["ramp"]),
        (&"d5".into(), &"rdylbu".into())
    );
    assert_eq!(shown["against"], Value::Null);
    let breaks: Vec<Decimal> = map["breaks"]
        .as_array()
        .unwrap()
        .iter()
        .map(decimal)
        .collect();
    let mut compared = 0;
    for ((cell, now), then) in cells(&map).iter().zip(cells(&shown)).zip(cells(&base)) {
        assert_eq!(cell["value"], now["value"]);
        let Some(difference) = cell["difference"].as_str() else {
            assert!(cell["class"].is_null(), "{cell}");
            assert_ne!(cell["state"], "value", "{cell}");
            continue;
        };
        compared += 1;
        let difference: Decimal = difference.parse().unwrap();
        assert_eq!(cell["base"], then["value"], "{cell}");
        assert_eq!(difference, decimal(&now["value"]) - decimal(&then["value"]));
        let class = breaks.iter().filter(|at| **at <= difference).count() + 1;
        assert_eq!(cell["class"], class, "{cell}");
    }
    assert!(compared > 20, "{compared}");
    let query = format!("?c={}", map["against"].as_str().unwrap());
    let csv = park.server.get(&format!("/api/v1/map.csv{query}"));
    let head = csv.text().lines().next().unwrap();
    assert!(
        head.ends_with("less_period,less_value,difference"),
        "{head}"
    );
    let geojson = park.json(&format!("/api/v1/map.geojson{query}"));
    for (feature, cell) in geojson["features"]
        .as_array()
        .unwrap()
        .iter()
        .zip(cells(&map))
    {
        let value = feature["properties"]["value"]
            .as_str()
            .map(|value| value.parse::<Decimal>().unwrap());
        assert_eq!(
            value,
            cell["difference"]
                .as_str()
                .map(|value| value.parse().unwrap())
        );
    }
    let svg = park.server.get(&format!("/api/v1/map.svg{query}"));
    let svg = svg.text();
    assert!(
        svg.contains("亩均用电（差值）") && svg.contains(" 减 "),
        "the picture says what it is"
    );
}

fn what_has_no_two_periods_is_not_compared(park: &ShownPark) {
    let refused = |path: &str| assert_eq!(park.server.get(path).status, 400, "{path}");
    for path in [
        "?k=grade&c=2025",
        "?k=freshness&c=2026-01",
        "?c=2025",
        "?c=x",
        "?k=energy_per_mu&p=2026-09&c=2025",
    ] {
        refused(&format!("/api/v1/map{path}"));
    }
}

fn outlines_come_whole_and_periods_end_with_the_running_month(park: &ShownPark) {
    let outlines = park.json("/api/v1/parcels");
    let map = park.json("/api/v1/map");
    let features = outlines["features"].as_array().unwrap();
    assert_eq!(features.len(), cells(&map).len());
    assert_eq!(features[0]["geometry"]["type"], "MultiPolygon");
    compact_outlines_are_the_same(features, &park.json("/api/v1/parcels?form=compact"));
    assert_eq!(park.server.get("/api/v1/parcels?form=wkt").status, 400);
    let periods = park.json("/api/v1/periods?m=q5");
    let bars = periods["periods"].as_array().unwrap();
    assert!((3..=4).contains(&bars.len()), "{bars:?}");
    assert_eq!(bars.last().unwrap()["closed"], false);
    assert_eq!(periods["shown"], map["period"]);
    let shown = bars
        .iter()
        .find(|bar| bar["period"] == map["period"])
        .unwrap();
    assert_eq!(shown["value"], map["total"]["value"]);
    assert_eq!(periods["breaks"].as_array().unwrap().len(), 4);
}

/// Parcels, rings and corners in the same order, to a step of the short form.
fn compact_outlines_are_the_same(features: &[Value], compact: &Value) {
    let degree = compact["degree"].as_i64().unwrap();
    let parcels = compact["parcels"].as_array().unwrap();
    assert_eq!(parcels.len(), features.len());
    let list = |value: &Value| value.as_array().unwrap().clone();
    let mut begun = [0, 0];
    for (parcel, feature) in parcels.iter().zip(features) {
        assert_eq!(parcel[0], feature["properties"]["parcel"]);
        let polygons = list(&feature["geometry"]["coordinates"]);
        let rings: Vec<Value> = polygons.iter().flat_map(list).collect();
        let short = list(&parcel[1]);
        assert_eq!(short.len(), rings.len(), "{parcel}");
        for (ring, short) in rings.iter().zip(&short) {
            let numbers: Vec<i64> = list(short)
                .iter()
                .map(|one| one.as_i64().unwrap())
                .collect();
            let corners = list(ring);
            assert_eq!(
                numbers.len(),
                2 * (corners.len() - 1),
                "the last corner is left out"
            );
            let mut at = begun;
            for (place, (corner, step)) in corners.iter().zip(numbers.chunks(2)).enumerate() {
                at = [at[0] + step[0], at[1] + step[1]];
                if place == 0 {
                    begun = at;
                }
                for (exact, steps) in list(corner).iter().zip(at) {
                    let [degree, steps] = [degree, steps].map(|one| i32::try_from(one).unwrap());
                    let off = exact.as_f64().unwrap() * f64::from(degree) - f64::from(steps);
                    assert!(off.abs() <= 0.5, "{parcel}: {off} steps off");
                }
            }
        }
    }
}

fn what_cannot_be_asked_is_refused_in_words_and_what_is_not_there_is_404(park: &ShownPark) {
    let refused = [
        "/api/v1/map?k=tax",
        "/api/v1/map?p=2026-13",
        "/api/v1/map?m=q1",
        "/api/v1/map?m=q10",
        "/api/v1/map?m=x5",
        "/api/v1/map?m=f:3,2",
        "/api/v1/map?m=f:1,2,3,4,5,6,7,8,9",
        "/api/v1/map?m=f:1e30",
        "/api/v1/map?r=grades",
        "/api/v1/map?r=../x",
        "/api/v1/map?who=bureau",
        "/api/v1/map.svg?p=now",
        "/api/v1/periods?m=",
        "/api/v1/map?m=\u{4e94}",
    ];
    for path in refused {
        let path = path.replace('\u{4e94}', "%E4%BA%94");
        let answer = park.server.get(&path);
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        assert_eq!(answer.json()["code"], "bad_request");
    }
    for path in [
        "/api/v1/parcels/NO-1/card",
        "/api/v1/parcels/%2e%2e/card",
        "/api/v1/map.gif",
    ] {
        assert_eq!(park.server.get(path).status, 404, "{path}");
    }
    let empty = park.json("/api/v1/map?p=2019-01");
    assert_eq!(empty["total"]["value"], Value::Null);
    assert_eq!(empty["closed"], false);
}

/// Of a closed month: a running one says the second at which it was asked for, as tables that are
/// taken away do of any.
fn what_is_big_is_not_sent_again(park: &ShownPark) {
    let map = park.json("/api/v1/map");
    assert_eq!(map["closed"], true);
    let paths = [
        "/api/v1/map",
        "/api/v1/map.png",
        "/api/v1/map.svg",
        "/api/v1/parcels?form=compact",
    ];
    are_not_sent_again(&park.server, &paths);
}

/// The pages on the real server, in Chromium: `dashboards/web/tests/browser/real.test.mjs`.
fn browser(park: &ShownPark) {
    let gateway = &park.city.gateways()[0];
    let meter = &gateway.meters[0];
    let counter = meter
        .channels
        .iter()
        .find(|channel| channel.indicator == "kwh_register");
    let mut reader = Reader::new(counter.unwrap().course);
    let live = serde_json::json!({
        "mqtt": park.server.mqtt,
        "gateway": gateway.id,
        "enterprise": gateway.enterprise,
        "token": park.tokens[&gateway.id],
        "meter": meter.id,
        "register": reader.read(now()).to_string(),
    });
    let mut person = park.stage.person("operator.one", "operator", "*");
    park.server.sign_in(&mut person);
    let person = serde_json::json!({
        "account": person.account,
        "password": person.password,
        "recovery": person.recovery,
    });
    run_node(
        "tests/browser/real.test.mjs",
        &[
            ("PARKPULSE_PERSON", person.to_string()),
            ("PARKPULSE_BEARER", park.server.bearer().unwrap()),
            ("PARKPULSE_URL", format!("http://{}", park.server.http)),
            ("PARKPULSE_LIVE", live.to_string()),
        ],
    );
}

/// One event stream, read until `enough`; the text so far.
fn events(park: &ShownPark, headers: &[&str], enough: impl Fn(&str) -> bool) -> String {
    let mut stream = TcpStream::connect(&park.server.http).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let host = &park.server.http;
    let mut request = format!("GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\n");
    let bearer = park.server.bearer().unwrap();
    for header in headers.iter().copied().chain([bearer.as_str()]) {
        request.push_str(header);
        request.push_str("\r\n");
    }
    stream
        .write_all(format!("{request}\r\n").as_bytes())
        .unwrap();
    let (mut text, mut chunk) = (String::new(), [0; 4096]);
    let begun = Instant::now();
    while !enough(&text) {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "not in time: {text}"
        );
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "the stream ended: {text}");
        text.push_str(&String::from_utf8_lossy(&chunk[..count]));
    }
    text
}

/// The id of the last event of a stream.
fn last_id(text: &str) -> u64 {
    let mut ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.next_back().unwrap().trim().parse().unwrap()
}

fn a_reader_resumes_or_hears_of_a_gap(park: &ShownPark) {
    let begun = events(park, &[], |text| text.contains("event: state"));
    assert!(!begun.contains("event: gap"), "{begun}");
    let known = last_id(&begun);
    let gateway = &park.city.gateways()[0];
    let meter = &gateway.meters[0];
    let reading = demo::reading(
        &meter.id,
        now(),
        [("kw", demo::Shown::Hundredths(4250))],
        None,
    );
    park.post(&gateway.id, &reading);
    let header = format!("Last-Event-ID: {known}");
    let resumed = events(park, &[&header], |text| text.contains("event: readings"));
    assert!(resumed.contains("\"value\":\"42.5\""), "{resumed}");
    assert!(last_id(&resumed) > known);
    for strange in ["99999999", "18446744073709551615"] {
        let header = format!("Last-Event-ID: {strange}");
        let missed = events(park, &[&header], |text| text.contains("event: gap"));
        assert!(last_id(&missed) >= known, "{missed}");
    }
}
