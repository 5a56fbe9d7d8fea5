//! `import`, `gateway` and `template` as commands: with and without a server, the same words.

use std::fs;

use crate::stage::{ENTERPRISE, GATEWAY, Stage, parkpulse};

/// Exit code, stdout, stderr.
type Said = (Option<i32>, String, String);

fn says(stage: &Stage, arguments: &[&str]) -> Said {
    let output = stage.run(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The same commands on one data directory: parks twice, broken, unknown, tried.
fn conversation(stage: &Stage) -> Vec<Said> {
    let file = |name: &str, text: &str| {
        let path = stage.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let more = file("more.csv", "park,name,district\nP2,二号园,花桥\n");
    let broken = file("broken.csv", "park,name,district\nP!,x,\n");
    let parcels = file("parcels.geojson", "{}");
    vec![
        says(stage, &["import", "parks", &more, "--dry-run"]),
        says(stage, &["import", "parks", &more]),
        says(stage, &["import", "parks", &more, "--json"]),
        says(stage, &["import", "parks", &broken]),
        says(stage, &["import", "parks", &broken, "--json"]),
        says(stage, &["import", "parcels", &parcels]),
        says(
            stage,
            &["import", "parcels", &parcels, "--crs", "EPSG:4490"],
        ),
        says(stage, &["import", "roofs", &more]),
        says(
            stage,
            &[
                "gateway",
                "add",
                "--enterprise",
                ENTERPRISE,
                "--gateway",
                GATEWAY,
            ],
        ),
        says(stage, &["gateway", "rotate", "--gateway", "gw-9"]),
        says(
            stage,
            &["gateway", "revoke", "--gateway", GATEWAY, "--json"],
        ),
        says(stage, &["template", "parks"]),
    ]
}

#[test]
fn commands_say_the_same_with_and_without_a_server() {
    let (alone, served) = (Stage::new(), Stage::new());
    alone.register_park();
    served.register_park();
    let _server = served.serve();
    let expected = conversation(&alone);
    assert_eq!(conversation(&served), expected);
    let codes: Vec<_> = expected.iter().map(|said| said.0.unwrap()).collect();
    assert_eq!(codes, [0, 0, 0, 1, 1, 2, 1, 2, 1, 1, 0, 0]);
    assert_eq!(
        expected[1].1,
        "parks imported: 1 added, 0 changed, 0 ended, 0 unchanged\n"
    );
    assert!(
        expected[2].1.contains("\"unchanged\": 1"),
        "{}",
        expected[2].1
    );
    assert!(
        expected[3]
            .2
            .contains("row 2, column park: `P!` is not an id"),
        "{}",
        expected[3].2
    );
    assert!(expected[3].2.ends_with("nothing was imported\n"));
    assert!(
        expected[8].2.contains("is registered already"),
        "{}",
        expected[8].2
    );
    assert!(
        expected[9].2.contains("gw-9 is not registered"),
        "{}",
        expected[9].2
    );
}

#[test]
fn a_credential_is_printed_once_in_the_shape_of_the_contract() {
    let stage = Stage::new();
    let first = stage.register_park();
    assert_eq!(first.len(), 64);
    let printed = stage.ok(&["gateway", "rotate", "--gateway", GATEWAY, "--json"]);
    let second: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let keys: Vec<_> = second.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["gateway", "enterprise", "token"]);
    assert_ne!(second["token"], first.as_str());
    let listed = stage.ok(&["gateway", "list"]);
    assert!(listed.contains("admitted  2 tokens"), "{listed}");
    assert!(!listed.contains(&first));
}

#[test]
fn readings_go_in_and_come_out_as_they_were() {
    let stage = Stage::new();
    stage.register_park();
    let _server = stage.serve();
    let line = |minute: u32, value: &str| {
        format!(
            "{{\"gateway\":\"gw-1\",\"epoch\":1795219200,\"seq\":{minute},\"meter\":\"E-01\",\
             \"indicator\":\"kwh_register\",\"at\":\"2026-11-01T08:{minute:02}:00+08:00\",\
             \"value\":{value},\"quality\":\"good\",\
             \"received_at\":\"2026-11-01T08:{minute:02}:03+08:00\",\"revision\":1,\"flags\":[]}}\n"
        )
    };
    let file: String = [
        line(0, "123456.78"),
        line(15, "123457.0"),
        line(30, "123457.25"),
    ]
    .concat();
    let path = stage.path("readings.ndjson");
    fs::write(&path, &file).unwrap();
    let path = path.to_str().unwrap();
    for _ in 0..2 {
        let said = stage.ok(&["import", "readings", path]);
        assert!(said.starts_with("readings imported: 3 added"), "{said}");
    }
    let exported = stage.ok(&[
        "export",
        "readings",
        "--from",
        "2026-11-01T00:00:00+08:00",
        "--to",
        "2026-11-02T00:00:00+08:00",
    ]);
    assert_eq!(exported, file);
}

#[test]
fn the_city_box_is_a_key_and_a_parcel_outside_says_where_the_city_is() {
    let stage = Stage::new();
    stage.register_park();
    let square = "[[120.9,31.3],[120.902,31.3],[120.902,31.302],[120.9,31.302],[120.9,31.3]]";
    let parcels = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"parcel":"P-9","park":"p1"}},"geometry":{{"type":"Polygon","coordinates":[{square}]}}}}]}}"#
    );
    let file = stage.path("parcels.geojson");
    fs::write(&file, parcels).unwrap();
    let import = |variables: &[(&str, &str)]| {
        let mut command = parkpulse(&stage.data_dir());
        command.args(["import", "parcels", "--crs", "EPSG:4326", "--dry-run"]);
        let output = command.arg(&file).envs(variables.iter().copied()).output();
        let output = output.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let (code, said) = import(&[]);
    assert_eq!(code, Some(0), "{said}");
    let elsewhere = [
        ("PARKPULSE_CITY__NAME", "苏州"),
        ("PARKPULSE_CITY__BOX", "119.9,30.7,120.6,32.1"),
    ];
    let (code, said) = import(&elsewhere);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("lies outside the city"), "{said}");
    assert!(
        said.contains("苏州, 119.9° – 120.6° E, 30.7° – 32.1° N"),
        "{said}"
    );
}
