//! Who sees what of the audit log (contract.md 6): the auditor all, others what their own staff did,
//! and a clerk who looked at what is theirs. And what the auditor takes away.

use serde_json::{Value, json};

use crate::accounts_api::Rated;
use crate::pages_rights::{cookie, text};
use crate::sign_in_office::{Office, log, office};
use crate::stage::Person;

fn items(office: &Office, who: &Person, path: &str) -> Vec<Value> {
    let page = office.server.get_as(path, &[&who.cookie]);
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    page.json()["items"].as_array().unwrap().clone()
}

/// Whose records are among them.
fn accounts(records: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = records.iter().map(|one| text(&one["who"])).collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn everybody_sees_what_their_own_staff_did_and_the_auditor_all() {
    let office = office();
    let stage = &office.stage;
    let parks = "park,name,district,kind\np2,二号园,高新区,\n";
    stage.import("parks", "more.csv", parks);
    let mut more = [
        stage.person("op.two", "operator", "p1"),
        stage.person("kiosk.one", "kiosk", "p1"),
        stage.person("far.one", "operator", "p2"),
        stage.person("bureau.one", "bureau", ""),
        stage.person("bureau.two", "bureau", ""),
        stage.person("clerk.two", "enterprise", crate::stage::ENTERPRISE),
    ];
    for person in &mut more {
        office.server.sign_in(person);
    }
    let [op_two, kiosk, far, bureau, _bureau_two, clerk_two] = &more;
    // Gone staff was staff.
    let ended = office
        .server
        .post("/api/v1/people/op.two/end", &office.sec.cookie, &json!({}));
    assert_eq!(ended.status, 204);
    let path = "/api/v1/audit/staff?limit=1000";
    let here: &[&str] = &["kiosk.one", "op.one", "op.two"];
    let rows: &[(&Person, &[&str])] = &[
        (&office.operator, here),
        (kiosk, here),
        (far, &["far.one"]),
        (bureau, &["bureau.one", "bureau.two"]),
        (&office.clerk, &["clerk.one"]),
        (clerk_two, &["clerk.two"]),
    ];
    for (who, expected) in rows {
        let seen = items(&office, who, path);
        assert_eq!(accounts(&seen), *expected, "{}", who.account);
        let foreign = format!("{path}&who=sec.one");
        assert!(items(&office, who, &foreign).is_empty(), "{}", who.account);
        for path in ["/api/v1/audit", "/api/v1/audit.csv"] {
            let refused = office.server.get_as(path, &[&who.cookie]);
            assert_eq!(refused.status, 404, "{} {path}", who.account);
        }
    }
    for who in [&office.sec, op_two] {
        let refused = office.server.get_as(path, &[&who.cookie]);
        assert_eq!(refused.status, 404, "{}", who.account);
    }
    let all = items(&office, &office.aud, path);
    assert_eq!(all.len(), log(&office.server, &office.aud).len());
}

#[test]
fn what_the_auditor_takes_away_is_the_log_as_filtered_and_a_record_itself() {
    let office = office();
    let (server, aud) = (&office.server, &office.aud);
    // A name that a spreadsheet would calculate cannot get in, but an object may begin so.
    let path = "/api/v1/audit.csv?action=session.&who=op.one";
    let table = server.get_as(path, &[&aud.cookie]);
    assert_eq!(table.status, 200, "{}", table.text());
    let kind = table.header("content-type").unwrap();
    assert_eq!(kind, "text/csv; charset=utf-8");
    let listed = "/api/v1/audit?action=session.&who=op.one&limit=1000";
    let listed = items(&office, aud, listed);
    assert!(!listed.is_empty());
    let text = table.text().trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), listed.len());
    for (row, record) in rows.iter().zip(&listed) {
        assert_eq!(row[0], record["number"].to_string());
        assert_eq!(row[4], *record["action"].as_str().unwrap());
    }
    let newest = &log(server, aud)[0];
    let told = (&newest["who"], &newest["action"], &newest["object"]);
    let count = format!("{} records", rows.len());
    assert_eq!(
        told,
        (&json!("aud.one"), &json!("audit.export"), &json!(count))
    );
    assert_eq!(newest["via"], "127.0.0.1");
    let id = table.header("x-request-id").unwrap();
    assert_eq!(newest["request_id"], id, "under the id that was told");
    for wrong in ["from=yesterday", "cursor=x", "limit=0", "nonsense=1"] {
        let refused = server.get_as(&format!("/api/v1/audit?{wrong}"), &[&aud.cookie]);
        assert_eq!(refused.status, 400, "{wrong}");
    }
}

/// After the bureau looked at the tax of `own` and said what for.
pub(crate) fn a_clerk_sees_who_looked_at_what_is_theirs(rated: &Rated) {
    let server = &rated.city.server;
    let looks = |code: &str| {
        let choice = json!({"role": "enterprise", "enterprise": code});
        let cookie = cookie(server, &choice);
        let path = "/api/v1/audit/looks?limit=1000";
        server.get_as(path, &[&cookie]).json()["items"].clone()
    };
    let own = looks(&rated.city.own);
    let own = own.as_array().unwrap();
    assert!(!own.is_empty());
    for look in own {
        assert_eq!(look["role"], "bureau", "{look}");
        let object = look["object"].as_str().unwrap();
        assert!(object.contains(&rated.city.own), "{look}");
        assert!(object.contains("purpose: "), "{look}");
        assert!(look["who"].is_null(), "{look}");
    }
    let other = looks(&rated.city.other).to_string();
    assert!(!other.contains(&rated.city.own), "{other}");
}
