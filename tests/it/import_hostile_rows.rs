//! The rest of the table of hostile files: figures and outlines that cannot be.

use parkpulse::jobs::import::Kind;

use crate::import::code;
use crate::import_hostile::{Case, case};

pub(crate) fn figures() -> Vec<Case> {
    let one = code(1);
    let one = one.as_str();
    let last = one.chars().next_back().unwrap();
    let wrong = format!("{}{}", &one[..17], if last == '0' { '1' } else { '0' });
    let stated = |name, value: &str, expected| {
        let text = format!(
            "enterprise,period,indicator,value,unit,source\n{one},2025,output_value,{value},万元,x\n"
        );
        case(name, Kind::Statements, text, expected)
    };
    let land = |name, rows: &str, expected| {
        let text = format!(
            "enterprise,parcel,kind,m2,valid_from,valid_to\n{}\n",
            rows.replace("ONE", one)
        );
        case(name, Kind::Land, text, expected)
    };
    let enterprise = |name, code: &str, day: &str, expected| {
        let text = format!(
            "enterprise,name,park,industry,scale,established\n{code},新厂,P1,C39,above,{day}\n"
        );
        case(name, Kind::Enterprises, text, expected)
    };
    vec![
        stated(
            "4,5万",
            "\"4,5万\"",
            "D2: row 2, column value: `4,5万` is not a number",
        ),
        stated(
            "full width",
            "１２３",
            "D2: row 2, column value: `１２３` is not a number",
        ),
        stated(
            "formula as value",
            "=1+1",
            "D2: row 2, column value: `=1+1` is not a number",
        ),
        stated("not a number", "NaN", "`NaN` is not a number"),
        enterprise(
            "29 February",
            code(4).as_str(),
            "2025-02-29",
            "F2: row 2, column established: `2025-02-29` is not a",
        ),
        enterprise(
            "check character",
            &wrong,
            "2020-01-01",
            "A2: row 2, column enterprise",
        ),
        land(
            "negative area",
            "ONE,L-1,owned,-5,2024-01-01,",
            "D2: row 2, column m2: `-5` is below 0",
        ),
        land(
            "periods overlap",
            "ONE,L-1,owned,5,2024-01-01,2025-06-01\nONE,L-1,owned,6,2025-01-01,",
            "overlaps the row",
        ),
        land(
            "same key",
            "ONE,L-1,owned,5,2024-01-01,\nONE,L-1,owned,6,2024-01-01,",
            "stands twice",
        ),
    ]
}

fn shape(properties: &str, ring: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"parcel":"{properties},"park":"P1"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
    )
}

fn file(features: &[String]) -> String {
    let features = features.join(",");
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

pub(crate) fn outlines() -> Vec<Case> {
    let of = |name, ring: &str, expected| {
        case(name, Kind::Parcels, file(&[shape("L-9\"", ring)]), expected)
    };
    let square = "[[120.9,31.3],[120.902,31.3],[120.902,31.302],[120.9,31.302],[120.9,31.3]]";
    let shifted = square.replace("120.90", "120.901");
    let without = of(
        "crs missing",
        square,
        "the coordinate system of the file is not known",
    );
    let wide = shape("L-9\",\"declared_mu\":\"1\"", square);
    let both = file(&[shape("L-8\"", square), shape("L-9\"", &shifted)]);
    vec![
        of(
            "axes swapped",
            "[[31.3,120.9],[31.3,120.902],[31.302,120.902],[31.3,120.9]]",
            "has its axes swapped",
        ),
        of(
            "crossing",
            "[[120.9,31.3],[120.902,31.302],[120.902,31.3],[120.9,31.302],[120.9,31.3]]",
            "without crossing",
        ),
        of(
            "beyond 180",
            "[[190,31.3],[190.1,31.3],[190.1,31.4],[190,31.3]]",
            "cannot be a coordinate",
        ),
        of(
            "outside the city",
            "[[116.3,39.9],[116.31,39.9],[116.31,39.91],[116.3,39.9]]",
            "lies outside the city",
        ),
        of(
            "projected as degrees",
            "[[40490000,3470000],[40490100,3470000],[40490100,3470100],[40490000,3470000]]",
            "cannot be a coordinate",
        ),
        of(
            "not closed",
            "[[120.9,31.3],[120.902,31.3],[120.902,31.302],[120.9,31.302]]",
            "is not closed",
        ),
        case(
            "declared land",
            Kind::Parcels,
            file(&[wide]),
            "more than 5 % apart",
        ),
        case("overlap", Kind::Parcels, both, "lies over parcel"),
        Case {
            crs: None,
            ..without
        },
        case(
            "cut off",
            Kind::Parcels,
            "{\"type\":",
            "the file is no GeoJSON",
        ),
    ]
}
