//! Broken and hostile files: each with the row, the column and the words it is refused with, and
//! nothing of it taken.

use std::fmt::Write;

use parkpulse::jobs::import::Kind;
use parkpulse::store::registry::Mode;

use crate::import::{PARKS, Town, code, enterprises, meters, parcels};
use crate::import_words::not_in_chinese;

struct Case {
    kind: Kind,
    file: Vec<u8>,
    expected: &'static str,
}

fn case(kind: Kind, file: impl Into<Vec<u8>>, expected: &'static str) -> Case {
    Case {
        kind,
        file: file.into(),
        expected,
    }
}

fn enterprise(change: (&str, &str)) -> String {
    enterprises().replacen(change.0, change.1, 1)
}

fn meter(change: (&str, &str)) -> String {
    meters().replacen(change.0, change.1, 1)
}

fn land(row: &str) -> String {
    let header = "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to";
    format!("{header}\n{}", row.replace("ONE", code(1).as_str()))
}

fn statement(row: &str) -> String {
    let header = "enterprise,period,indicator,value,unit,source";
    format!("{header}\n{}", row.replace("ONE", code(1).as_str()))
}

fn file_faults() -> Vec<Case> {
    let park = |text: &str| case(Kind::Parks, text, "");
    let expect = |file: Case, expected| Case { expected, ..file };
    vec![
        expect(
            park(""),
            "the file is empty (its first row is park,name,district,kind)",
        ),
        expect(park("\n\n"), "the file is empty"),
        expect(
            park("park,name,district,colour\n"),
            "row 1, column colour: there is no column `colour` in parks",
        ),
        expect(
            park("park,name\n"),
            "row 1, column district: the column is missing in the header",
        ),
        expect(
            park("park;name;district\n"),
            "there is no column `park;name;district`",
        ),
        expect(
            park("park,park,name,district\n"),
            "row 1, column park: the column stands twice",
        ),
        expect(
            park("park,name,district\nP1,x\n"),
            "row 2, the row has 2 cells, the header has 3",
        ),
        expect(
            park("park,name,district\nP1,a,b,c\n"),
            "row 2, the row has 4 cells, the header has 3",
        ),
        case(
            Kind::Parks,
            b"park,name,district\nP1,\xb5\xda\xd2,x\n".to_vec(),
            "line 2 is neither UTF-8 nor GBK (bad_encoding)",
        ),
        case(
            Kind::Parks,
            b"\xff\xfep\0a\0".to_vec(),
            "the file is UTF-16 (bad_encoding)",
        ),
        case(
            Kind::Parks,
            b"park,name,district\nP1,\0,x\n".to_vec(),
            "NUL",
        ),
        case(
            Kind::Parks,
            vec![b'a'; 20 * 1024 * 1024 + 1],
            "larger than 20 MiB (too_large)",
        ),
        case(
            Kind::Parks,
            format!("park,name,district\nP1,\"{}", "x,y\n".repeat(2_000)),
            "perhaps a quote is not closed",
        ),
        case(
            Kind::Parks,
            format!("park,name,district\n{}", "P,x,y\n".repeat(200_001)),
            "more than 200000 rows (too_many)",
        ),
    ]
}

fn place_faults() -> Vec<Case> {
    let park = |row: &str, expected| {
        case(
            Kind::Parks,
            format!("park,name,district\n{row}\n"),
            expected,
        )
    };
    vec![
        park("P 9,x,y", "row 2, column park: `P 9` is not an id"),
        park("-P,x,y", "row 2, column park: `-P` is not an id"),
        park(",x,y", "row 2, column park: is empty"),
        park("P9,  ,y", "row 2, column name: is empty"),
        park(
            "P9,a\u{202e}b,y",
            "row 2, column name: the name holds the invisible character U+202E",
        ),
        park("P9,a\u{7}b,y", "U+0007"),
        park(
            "P8,x,y\nP9,x,y\nP8,z,y",
            "row 4, column park: stands twice; keep one of the two rows (the other is row 2)",
        ),
        case(
            Kind::Areas,
            "area,park,name\nA9,P9,x\n",
            "row 2, column park: park P9 is not registered; import it first",
        ),
    ]
}

fn enterprise_faults() -> Vec<Case> {
    let changed = |change, expected| case(Kind::Enterprises, enterprise(change), expected);
    let code_1 = code(1);
    let code_1 = code_1.as_str();
    let check = code_1.chars().next_back().unwrap();
    let wrong = if check == '0' { '1' } else { '0' };
    let body = &code_1[..17];
    let wrong_check = format!("{body}{wrong}");
    vec![
        changed((code_1, &wrong_check), "its check character should be"),
        changed(
            (code_1, "91320583MA1TXO0001"),
            "18 characters of 0-9 A-Z without I O S V Z",
        ),
        changed(
            (code_1, &code_1.to_lowercase()),
            "is not a social credit code",
        ),
        changed(
            ("P1,A1", "P7,A1"),
            "row 2, column park: park P7 is not registered",
        ),
        changed(
            ("P1,A1", "P2,A1"),
            "row 2, column area: area A1 is part of park P1, not of P2",
        ),
        changed(
            ("P1,A1", "P1,A7"),
            "row 2, column area: area A7 is not registered",
        ),
        changed(
            ("C39", "39"),
            "row 2, column industry: `39` is not an industry of GB/T 4754",
        ),
        changed(("C39", "U39"), "`U39` is not an industry"),
        changed(("C39", "C39111"), "`C39111` is not an industry"),
        changed(
            ("above", "Above"),
            "row 2, column scale: `Above` is not a scale",
        ),
        changed(
            ("2001-02-03", "2001-02-29"),
            "row 2, column established: `2001-02-29` is not a",
        ),
        changed(("2001-02-03", "2001/02/03"), "column established"),
        changed(
            ("31,G", &format!("31,{code_1}")),
            "row 3, column group: group",
        ),
    ]
}

fn land_faults() -> Vec<Case> {
    let row = |row: &str, expected| case(Kind::Land, land(row), expected);
    vec![
        row(
            "ONE,L-9,owned,1,,,,2024-01-01,",
            "row 2, column parcel: parcel L-9 is not registered",
        ),
        row(
            "ONE,L-1,rented,1,,,,2024-01-01,",
            "row 2, column kind: `rented` is not a kind of holding",
        ),
        row(
            "ONE,L-1,owned,,,,,2024-01-01,",
            "row 2, column m2: is empty",
        ),
        row(
            "ONE,L-1,owned,-1,,,,2024-01-01,",
            "row 2, column m2: `-1` is below 0",
        ),
        row("ONE,L-1,owned,1e3,,,,2024-01-01,", "`1e3` is not a number"),
        row(
            "ONE,L-1,owned,\"1,000\",,,,2024-01-01,",
            "`1,000` is not a number",
        ),
        row("ONE,L-1,owned,１,,,,2024-01-01,", "`１` is not a number"),
        row(
            "ONE,L-1,owned,1,5,,,2024-01-01,",
            "row 2, column floor_m2: does not belong to owned",
        ),
        row(
            "ONE,L-1,leased_floor,,5,0,,2024-01-01,",
            "row 2, column far: `0` is not above 0",
        ),
        row(
            "ONE,L-1,leased_floor,,5,,,2024-01-01,",
            "row 2, column far: is empty",
        ),
        row(
            "ONE,L-1,leased_in,5,,,ONE,2024-01-01,",
            "row 2, column counterparty: is a lease with itself",
        ),
        row(
            "ONE,L-1,owned,1,,,,2024-01-01,2024-01-01",
            "row 2, column valid_to: must be later than valid_from",
        ),
        row(
            "ONE,L-1,owned,1,,,,2024-02-30,",
            "row 2, column valid_from: `2024-02-30` is neither a date",
        ),
        row(
            "ONE,L-1,owned,1,,,,2024-01-01,2025-01-01\nONE,L-1,owned,2,,,,2024-06-01,",
            "row 3, column valid_from: overlaps the row that holds from 2024-01-01",
        ),
        row(
            "ONE,L-1,owned,1,,,,2024-01-01,\nONE,L-1,owned,2,,,,2024-01-01,",
            "row 3, column valid_from: stands twice; keep one of the two rows (the other is row 2)",
        ),
    ]
}

fn meter_faults() -> Vec<Case> {
    let changed = |change, expected| case(Kind::Meters, meter(change), expected);
    let stranger = code(7);
    let replacement = |row: &str, expected| {
        let header = "meter,indicator,at,old_final,new_initial,reason";
        case(Kind::Replacements, format!("{header}\n{row}\n"), expected)
    };
    vec![
        changed(
            (code(1).as_str(), stranger.as_str()),
            "row 2, column enterprise: enterprise",
        ),
        changed(
            (code(1).as_str(), code(2).as_str()),
            "end its rows and register the device under a new id",
        ),
        changed(
            ("kwh_register", "kwh_regster"),
            "there is no indicator `kwh_regster` in the catalogue",
        ),
        changed(
            ("kwh_register", "output_value"),
            "is stated for a period, no meter measures it",
        ),
        changed(
            (",40,", ",0,"),
            "row 2, column multiplier: `0` is not above 0",
        ),
        changed((",40,", ",,"), "row 2, column multiplier: is empty"),
        changed((",5000,", ",,"), "row 2, column max_per_hour: is empty"),
        changed(
            ("1000000", "0"),
            "row 2, column register_size: `0` is not above 0",
        ),
        changed(
            (",900,", ",15m,"),
            "row 2, column interval_s: `15m` is not a number of whole seconds",
        ),
        changed((",900,", ",0,"), "row 2, column interval_s: `0` is not"),
        changed(
            (",0.5,", ",-0.5,"),
            "row 2, column jitter: `-0.5` is below 0",
        ),
        changed(
            (",0.5,,", ",0.5,E-01,"),
            "row 2, column parent: is the meter itself",
        ),
        changed(
            (",0.5,,", ",0.5,E-02,"),
            "column parent: meter E-01 would be above itself",
        ),
        changed(
            (",E-01,2026", ",E-77,2026"),
            "row 4, column parent: parent E-77 is neither registered nor in this file",
        ),
        replacement(
            "E-09,kwh_register,2026-03-01,,,x",
            "row 2, column meter: meter E-09 is not registered",
        ),
        replacement(
            "E-05,kw,2026-03-01,,,x",
            "row 2, column indicator: is no register",
        ),
        replacement(
            "E-05,kwh_register,12:00,,,x",
            "row 2, column at: `12:00` is neither a date",
        ),
    ]
}

fn statement_faults() -> Vec<Case> {
    let row = |row: &str, expected| case(Kind::Statements, statement(row), expected);
    vec![
        row(
            "ONE,2025-H3,output_value,1,万元,x",
            "row 2, column period: `2025-H3` is not a period",
        ),
        row(
            "ONE,2025-13,output_value,1,万元,x",
            "`2025-13` is not a period",
        ),
        row("ONE,25,output_value,1,万元,x", "`25` is not a period"),
        row(
            "ONE,2025,kwh_register,1,kWh,x",
            "is measured by meters, nobody states it",
        ),
        row(
            "ONE,2025,output_value,1,千元,x",
            "E2: row 2, column unit: `千元` is not a unit of output_value, which is stated in 元, 万元 or 亿元",
        ),
        row(
            "ONE,2025,output_value,=1+1,万元,x",
            "row 2, column value: `=1+1` is not a number",
        ),
        row(
            "ONE,2025,output_value,99999999999999,万元,x",
            "is beyond what is possible",
        ),
        row(
            "ONE,2025,output_value,1,万元,x\nONE,2025,output_value,2,万元,x",
            "row 3, column indicator: stands twice",
        ),
    ]
}

fn parcel_faults() -> Vec<Case> {
    vec![
        case(
            Kind::Parcels,
            "park,name\n",
            "the file is no GeoJSON FeatureCollection",
        ),
        case(
            Kind::Parcels,
            parcels().replace(r#""park":"P1""#, r#""park":"P9""#),
            "row 1, column park: park P9 is not registered",
        ),
        case(
            Kind::Parcels,
            parcels().replace("L-1", "L-8").replace("L-2", "L-9"),
            "row 1, it lies over the registered parcel L-1 with about 47.6 亩",
        ),
        case(
            Kind::Parcels,
            parcels().replace("L-2", "L-1"),
            "row 2, parcel L-1",
        ),
        case(
            Kind::Parcels,
            parcels().replace("120.98,31.38", "31.38,120.98"),
            "axes swapped",
        ),
    ]
}

#[tokio::test]
async fn broken_files_are_refused_in_words_and_nothing_is_taken() {
    let town = Town::settled().await;
    let another = meters().replace("E-0", "E-X").replace("E-X1", "E-05");
    town.takes(Kind::Meters, &another).await;
    let all = [
        file_faults(),
        place_faults(),
        enterprise_faults(),
        land_faults(),
        meter_faults(),
        statement_faults(),
        parcel_faults(),
    ];
    for case in all.into_iter().flatten() {
        let report = town.imports(case.kind, &case.file, Mode::Apply).await;
        let told: Vec<_> = report
            .faults
            .told()
            .iter()
            .map(ToString::to_string)
            .collect();
        let told = told.join("\n");
        assert_eq!(not_in_chinese(&report), Vec::<String>::new());
        let shown: String = String::from_utf8_lossy(&case.file)
            .chars()
            .take(300)
            .collect();
        assert!(
            told.contains(case.expected),
            "{}:\n{shown}\nexpected: {}\ntold: {told}",
            case.kind,
            case.expected
        );
        assert_eq!(
            [report.added, report.changed, report.ended],
            [0; 3],
            "{shown}"
        );
    }
    assert_eq!(town.takes(Kind::Parks, PARKS).await, [0, 0, 0, 2]);
}

#[tokio::test]
async fn every_fault_is_told_up_to_a_hundred() {
    let town = Town::empty().await;
    let file = format!("park,name,district\n{}", ",x,y\n".repeat(130));
    let report = town
        .imports(Kind::Parks, file.as_bytes(), Mode::Apply)
        .await;
    assert_eq!(
        (report.faults.told().len(), report.faults.more()),
        (100, 30)
    );
    assert_eq!(report.faults.told()[99].row, Some(101));
}

#[tokio::test]
async fn hostile_names_are_kept_as_they_are_and_read_back() {
    let town = Town::empty().await;
    let names = [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@x",
        "𠮷野家",
        "<b>&\"'",
        "a,b",
        "Ｅ̈",
    ];
    let mut file = String::from("park,name,district\n");
    for (index, name) in names.iter().enumerate() {
        let quoted = name.replace('"', "\"\"");
        writeln!(file, "P{index},\"{quoted}\",x").unwrap();
    }
    town.takes(Kind::Parks, &file).await;
    let who = parkpulse::access::Principal::local();
    let page = town
        .registry
        .list_parks(&who, town.now(), None, 100)
        .await
        .unwrap();
    let read: Vec<_> = page
        .entries
        .iter()
        .map(|park| park.name.to_string())
        .collect();
    assert_eq!(read, names);
}
