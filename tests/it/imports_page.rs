//! Files that the bureau hands over by its pages: tried first, taken by their digest, all or nothing.

use serde_json::{Value, json};

use crate::import_workbook::{sheet, workbook};
use crate::stage::{Answer, ENTERPRISE, Person, Server, Stage};

const GOOD: &str = "park,name,district,kind\np1,一号园,高新区,\np2,二号园,高新区,\n";
const BAD: &str = "park,name,district,kind\np1,一号园,高新区,\n!,,高新区,\n";

fn hand_over(server: &Server, person: &Person, path: &str, media: &str, body: &[u8]) -> Answer {
    let media = format!("Content-Type: {media}");
    let headers = [media.as_str(), person.cookie.as_str()];
    server.send("POST", &format!("/api/v1/imports/{path}"), &headers, body)
}

fn csv(server: &Server, person: &Person, path: &str, body: &str) -> Value {
    let answer = hand_over(server, person, path, "text/csv", body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_file_is_tried_then_taken_by_its_digest_and_is_on_record() {
    let stage = Stage::new();
    let server = stage.serve();
    let mut bureau = stage.person("bureau.one", "bureau", "");
    server.sign_in(&mut bureau);
    let parks = || {
        stage.ok(&[
            "import",
            "parks",
            stage.path("x.csv").to_str().unwrap(),
            "--dry-run",
        ])
    };
    std::fs::write(stage.path("x.csv"), GOOD).unwrap();

    let tried = csv(&server, &bureau, "parks", GOOD);
    assert_eq!(
        (&tried["good"], &tried["taken"]),
        (&json!(true), &json!(false))
    );
    assert_eq!((&tried["rows"], &tried["added"]), (&json!(2), &json!(2)));
    assert!(parks().contains("2 added"), "a try changed something");
    let digest = tried["digest"].as_str().unwrap();

    let faulty = csv(&server, &bureau, "parks", BAD);
    assert_eq!(
        (&faulty["good"], &faulty["added"]),
        (&json!(false), &json!(0))
    );
    let rows: Vec<_> = faulty["errors"].as_array().unwrap().iter().collect();
    assert!(rows.iter().all(|one| one["row"] == 3), "{faulty}");
    assert!(rows.iter().any(|one| one["column"] == "park"), "{faulty}");
    let confirm = format!("parks?confirm={digest}");
    let other = hand_over(&server, &bureau, &confirm, "text/csv", BAD.as_bytes());
    assert_eq!(
        (other.status, &other.json()["code"]),
        (409, &json!("conflict"))
    );
    assert!(parks().contains("2 added"), "another file was taken");

    let taken = csv(&server, &bureau, &confirm, GOOD);
    assert_eq!(
        (&taken["taken"], &taken["added"]),
        (&json!(true), &json!(2))
    );
    assert!(parks().contains("0 added, 0 changed, 0 ended, 2 unchanged"));
    let mine = server.get_as("/api/v1/imports", &[&bureau.cookie]).json();
    let recent = mine["recent"].as_array().unwrap();
    assert_eq!(recent.len(), 1, "{recent:?}");
    assert_eq!(
        recent[0]["result"],
        "added 2, changed 0, ended 0, unchanged 0"
    );
    // A confirmed file that no longer fits is refused whole.
    let areas = "area,park,name\na1,p9,东区\n";
    let tried = csv(&server, &bureau, "areas", areas);
    let path = format!("areas?confirm={}", tried["digest"].as_str().unwrap());
    let late = hand_over(&server, &bureau, &path, "text/csv", areas.as_bytes());
    assert_eq!(late.status, 409, "{}", late.text());
    server.stop();
}

#[test]
fn what_is_no_file_of_theirs_is_refused_in_words() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_IMPORT__FILE_BYTES_MAX", "1 KiB");
    });
    let mut bureau = stage.person("bureau.one", "bureau", "");
    server.sign_in(&mut bureau);
    let long = "x".repeat(2_000);
    let rows: [(&str, &str, &[u8], u16); 9] = [
        ("parks", "text/csv", long.as_bytes(), 413),
        ("parks", "text/plain", GOOD.as_bytes(), 415),
        ("parks", "application/json", b"{}", 415),
        ("parcels", "text/csv", b"{}", 415),
        ("parcels", "application/geo+json", b"{}", 400),
        ("parcels?crs=EPSG:1", "application/geo+json", b"{}", 400),
        ("parks?dry_run=true", "text/csv", GOOD.as_bytes(), 400),
        ("readings", "text/csv", b"{}", 415),
        ("secrets", "text/csv", b"x\n", 404),
    ];
    for (path, media, body, status) in rows {
        let answer = hand_over(&server, &bureau, path, media, body);
        assert_eq!(answer.status, status, "{path} {media}: {}", answer.text());
    }
    let bad: [&[u8]; 4] = [b"", b"\xff\xfe", b"park\n", b"a,b\n1,2\n"];
    for body in bad {
        let answer = hand_over(&server, &bureau, "parks", "text/csv", body);
        assert_eq!(answer.json()["good"], false, "{body:?}");
    }
    let path = "parcels?crs=EPSG:4549";
    let torn = hand_over(
        &server,
        &bureau,
        path,
        "application/geo+json",
        b"{\"type\":",
    );
    assert_eq!(
        torn.json()["errors"][0]["row"],
        Value::Null,
        "{}",
        torn.text()
    );
    let template = server.get_as("/api/v1/imports/land/template", &[&bureau.cookie]);
    assert!(template.text().starts_with("enterprise,parcel,kind,"));
    let name = template.header("content-disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"land.csv\"");
    let listed = server.get_as("/api/v1/imports", &[&bureau.cookie]).json();
    let kinds = listed["kinds"].as_array().unwrap().iter();
    let allowed: Vec<_> = kinds.filter(|one| one["allowed"] == true).collect();
    let names: Vec<_> = allowed
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    let expected =
        "parks areas enterprises parcels land meters replacements statements conduct readings";
    assert_eq!(names.join(" "), expected);
    let book = server.get_as("/api/v1/imports/land/template?form=xlsx", &[&bureau.cookie]);
    assert!(book.body.starts_with(b"PK"), "no workbook");
    server.stop();
}

/// A workbook by the page, its report, and taking it back: looked at, done, and not twice.
#[test]
fn a_workbook_is_taken_reported_and_taken_back() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    let mut bureau = stage.person("bureau.one", "bureau", "");
    server.sign_in(&mut bureau);
    let book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let head: &[&str] = &["统一社会信用代码", "期间", "指标", "数值（元）", "来源"];
    let row: &[&str] = &[
        ENTERPRISE,
        "2025",
        "tax_net_inbound",
        "<c><v>12345600</v></c>",
        "=税务",
    ];
    let file = workbook(&[("税务", "", &sheet(&[head, row]))]);
    let tried = hand_over(&server, &bureau, "statements?name=a.xlsx", book, &file).json();
    assert_eq!(
        (&tried["good"], &tried["form"]),
        (&json!(true), &json!("xlsx")),
        "{tried}"
    );
    assert_eq!(tried["header"][3]["column"], "value");
    let path = format!(
        "statements?name=a.xlsx&confirm={}",
        tried["digest"].as_str().unwrap()
    );
    let taken = hand_over(&server, &bureau, &path, book, &file).json();
    assert_eq!(taken["taken"], true, "{taken}");

    let get = |path: &str| server.get_as(path, &[&bureau.cookie]);
    let list = get("/api/v1/imported").json();
    let first = &list["imports"][0];
    assert_eq!(
        (&first["file"], &first["who"]),
        (&json!("a.xlsx"), &json!("bureau.one"))
    );
    let number = first["number"].as_i64().unwrap();
    let report = get(&format!("/api/v1/imported/{number}/report"));
    let report = report.text();
    assert!(
        report.contains("sha256,") && report.contains("file,a.xlsx"),
        "{report}"
    );
    let at = format!("/api/v1/imported/{number}/undo");
    let looked = get(&at).json();
    assert_eq!(
        (&looked["good"], &looked["done"], &looked["removed"]),
        (&json!(true), &json!(false), &json!(1))
    );
    let undo = || {
        let headers = [&*bureau.cookie, "Content-Type: application/json"];
        server.send("POST", &at, &headers, b"{}")
    };
    assert_eq!(undo().json()["done"], true);
    let again = undo();
    assert_eq!(again.status, 409, "{}", again.text());
    assert!(again.text().contains("took it back already"));
    assert_eq!(get("/api/v1/imported/999/undo").status, 404);
    server.stop();
}

/// Tries a file and confirms it: both answers.
fn twice(
    (server, bureau): (&Server, &Person),
    (kind, media, more): (&str, &str, &str),
    text: &str,
) -> (Value, Answer) {
    let way = format!("{kind}?name=x{more}");
    let tried = hand_over(server, bureau, &way, media, text.as_bytes()).json();
    let digest = tried["digest"].as_str().unwrap();
    let way = format!("{kind}?name=x&confirm={digest}{more}");
    let taken = hand_over(server, bureau, &way, media, text.as_bytes());
    (tried, taken)
}

/// A meter, its readings and a correction by the page: readings are recorded before they are taken, a
/// correction is not taken without its reason, and only what can be taken back says so.
#[test]
fn meters_readings_and_corrections_come_by_the_page() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    let mut bureau = stage.person("bureau.one", "bureau", "");
    server.sign_in(&mut bureau);
    let who = (&server, &bureau);
    let meters = format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         E-09,{ENTERPRISE},gw-1,kwh_register,1000000,1,5000,900,,,2025-01-01,\n"
    );
    let (_, taken) = twice(who, ("meters", "text/csv", ""), &meters);
    assert_eq!(taken.json()["added"], 1, "{}", taken.text());
    readings_come(&stage, who);
    a_correction_says_why(who);
    let list = server.get_as("/api/v1/imported", &[&bureau.cookie]).json();
    let undoable = |kind: &str| {
        let mut all = list["imports"].as_array().unwrap().iter();
        let found = all.find(|one| one["kind"] == kind);
        found.unwrap()["undoable"] == true
    };
    assert!(undoable("statements") && !undoable("meters"), "{list}");
    server.stop();
}

fn readings_come(stage: &Stage, who: (&Server, &Person)) {
    const NDJSON: (&str, &str, &str) = ("readings", "application/x-ndjson", "");
    let line = |at: &str, value: u32| {
        format!(
            r#"{{"gateway":"gw-1","epoch":null,"seq":null,"meter":"E-09","indicator":"kwh_register","at":"{at}","value":{value},"quality":"good","received_at":"{at}","revision":1,"flags":[]}}"#
        )
    };
    let readings = [
        line("2025-03-01T00:00:00+08:00", 100),
        line("2025-03-01T00:15:00+08:00", 104),
    ]
    .join("\n");
    let (tried, taken) = twice(who, NDJSON, &readings);
    let told = [&tried["good"], &tried["taken"], &tried["added"]];
    assert_eq!(told, [&json!(true), &json!(false), &json!(2)], "{tried}");
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert_eq!(taken.json()["taken"], true, "{}", taken.text());
    let days = ["--from", "2025-03-01", "--to", "2025-03-02"];
    let words = ["export", "readings", "--meter", "E-09"];
    let stored = stage.ok(&[&words[..], &days].concat());
    assert_eq!(stored.lines().count(), 2, "{stored}");
    let bad = readings.replace("E-09", "E-77");
    let (tried, _) = twice(who, NDJSON, &bad);
    assert_eq!(tried["good"], false);
    assert_eq!(tried["errors"][0]["row"], 1);
    let mut auditor = stage.person("auditor.one", "aud", "");
    who.0.sign_in(&mut auditor);
    let log = "/api/v1/audit?action=import&limit=50";
    let log = who.0.get_as(log, &[&auditor.cookie]);
    // Of each that was confirmed, the good one and the one that then was refused.
    assert_eq!(log.text().matches("readings x").count(), 2);
}

fn a_correction_says_why(who: (&Server, &Person)) {
    const CSV: (&str, &str, &str) = ("statements", "text/csv", "");
    let stated = |value: u32| {
        format!(
            "enterprise,period,indicator,value,unit,source\n{ENTERPRISE},2025,output_value,{value},万元,统计\n"
        )
    };
    let (_, first) = twice(who, CSV, &stated(100));
    assert_eq!(first.json()["taken"], true);
    let (tried, refused) = twice(who, CSV, &stated(110));
    assert_eq!(
        [&tried["good"], &tried["changed"]],
        [&json!(true), &json!(1)]
    );
    assert_eq!(refused.status, 409, "{}", refused.text());
    let with_reason = (CSV.0, CSV.1, "&reason=%E5%AE%A1%E8%AE%A1");
    let (_, corrected) = twice(who, with_reason, &stated(110));
    assert_eq!(corrected.status, 200, "{}", corrected.text());
    assert_eq!(corrected.json()["changed"], 1);
}
