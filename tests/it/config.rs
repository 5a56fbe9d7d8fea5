//! The configuration: layers, origins, and every fault with its full path and line.

use std::fs;

use crate::stage::{Stage, parkpulse};

/// `config check` with a file and variables: exit code and stderr.
fn check(file: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let stage = Stage::new();
    let path = stage.path("own.toml");
    fs::write(&path, file).unwrap();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["config", "check", "--config"]).arg(&path);
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), words)
}

#[test]
fn the_default_holds() {
    assert_eq!(check("", &[]), (0, String::new()));
}

/// A file, variables, and what must be told of them.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn every_fault_is_told_with_path_and_place() {
    let rows: &[Row] = &[
        (
            "[http]\n\nlistn = \"127.0.0.1:1\"\n",
            &[],
            &["own.toml:3: `http.listn` is no key"],
        ),
        (
            "[http.listen]\nport = 3\n",
            &[],
            &["own.toml:2: `http.listen.port` is no key"],
        ),
        ("http = 3\n", &[], &["own.toml:1: `http` is no key"]),
        (
            "[mqtt]\nwindow = \"200\"\n",
            &[],
            &["own.toml:2: `mqtt.window` must be a whole number"],
        ),
        (
            "[mqtt]\nwindow = 1.5\n",
            &[],
            &["own.toml:2: `mqtt.window` must be"],
        ),
        (
            "",
            &[("PARKPULSE_HTTP__LISTEN", "localhost")],
            &["environment PARKPULSE_HTTP__LISTEN: `http.listen` must be an address"],
        ),
        ("[http\n", &[], &["own.toml:1: is not TOML"]),
        (
            "a = 1\n[b]\nc = 2\n",
            &[],
            &["own.toml:1: `a` is no key", "own.toml:3: `b.c` is no key"],
        ),
        (
            "",
            &[("PARKPULSE_HTTP__LISTN", "x")],
            &["environment PARKPULSE_HTTP__LISTN: `http.listn` is no key"],
        ),
        (
            "",
            &[("PARKPULSE_MQTT__WINDOW", "many")],
            &["environment PARKPULSE_MQTT__WINDOW: `mqtt.window` must be a whole number"],
        ),
        (
            "[http]\nheaders_within = \"10\"\nbody_bytes_max = \"1 MB\"\n",
            &[],
            &[
                "own.toml:2: `http.headers_within` must be a duration",
                "own.toml:3: `http.body_bytes_max` must be a size",
            ],
        ),
        (
            "[http]\nconnections_max = 0\n",
            &[],
            &["own.toml:2: `http.connections_max` must be a number from 1"],
        ),
        (
            "[city]\nname = \"\"\nbox = [\"121.2\", \"31.0\", \"120.7\", \"31.6\"]\n",
            &[],
            &[
                "own.toml:2: `city.name` the name is empty",
                "own.toml:3: `city.box` the city box encloses nothing",
            ],
        ),
        (
            "",
            &[("PARKPULSE_CITY__BOX", "120.7,31.0,121.2")],
            &["environment PARKPULSE_CITY__BOX: `city.box` the city box encloses nothing"],
        ),
        (
            "[serve]\nstop_within = \"6 s\"\n",
            &[],
            &["`mqtt.stop_within` must be shorter than serve.stop_within"],
        ),
        (
            "[control]\nlisten = \"192.168.1.4:7000\"\n",
            &[],
            &["own.toml:2: `control.listen` must be a loopback address"],
        ),
        (
            "[city]\nzones = [\"双园\", \"三园 = P1 P2\", \"三园 = P3\", \"四园 = P 4/\"]\n",
            &[],
            &[
                "own.toml:2: `city.zones` `双园` must be a name, `=`, and ids of parks",
                "`city.zones` zone `三园` stands twice: keep one",
                "`city.zones` `四园 = P 4/` must be a name",
            ],
        ),
        (
            "[base_map]\nkind = \"wmts\"\nurl = \"https://{s}.map.example/{z}/{TileMatrix}\"\n\
             system = \"BD-09\"\nzoom_min = 9\nzoom_max = 8\n",
            &[],
            &[
                "own.toml:3: `base_map.url` does not say where {TileCol}, {TileRow} of a tile goes",
                "own.toml:3: `base_map.url` must name one host",
                "`base_map.attribution` must say whose map it is",
                "`base_map.approval` must hold the approval number of the map",
                "own.toml:4: `base_map.system` must be \"EPSG:3857\"",
                "own.toml:5: `base_map.zoom_min` must not be above base_map.zoom_max",
            ],
        ),
        (
            "[base_map]\nkind = \"image\"\nurl = \"http://map.example/one.png\"\n\
             corners = [\"121\", \"31\", \"120\", \"32\"]\nzoom_max = 40\n",
            &[],
            &[
                "own.toml:3: `base_map.url` must be https://…",
                "own.toml:4: `base_map.corners` must be four numbers in degrees",
                "own.toml:5: `base_map.zoom_max` must be at most 22",
            ],
        ),
        (
            "[base_map]\nkind = \"tiles\"\nurl = \"https://map.example/{z}/{x}/{y}\"\n",
            &[],
            &["own.toml:2: `base_map.kind` must be \"xyz\""],
        ),
        (
            "[base_map]\nurl = \"https://map.example/{z}/{x}/{y}\"\n",
            &[],
            &["own.toml:2: `base_map.url` names a map, and base_map.kind is empty"],
        ),
        (
            "[audit]\nkeep_for = \"179 days\"\n",
            &[],
            &["own.toml:2: `audit.keep_for` must be at least 180 days"],
        ),
        (
            "[store]\ngather_within = \"101 ms\"\nfold_every = \"11 minutes\"\n",
            &[],
            &[
                "own.toml:2: `store.gather_within` must be at most 100 ms",
                "own.toml:3: `store.fold_every` must be at most 10 minutes",
            ],
        ),
        (
            "[store]\nblock_rows_max = 16777217\n",
            &[],
            &["own.toml:2: `store.block_rows_max` must be at most 16777216"],
        ),
        (
            "[mqtt]\nrevoked_within = \"6 s\"\n",
            &[],
            &["own.toml:2: `mqtt.revoked_within` must be at most 5 s"],
        ),
    ];
    for (file, variables, expected) in rows {
        let (code, words) = check(file, variables);
        assert_eq!(code, 1, "{file}: {words}");
        for sentence in *expected {
            assert!(words.contains(sentence), "{file}: {words}");
        }
    }
}

#[test]
fn pages_beyond_loopback_are_refused_unless_nobody_between_can_read_them() {
    /// Variables, and what is told of them.
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let beyond = ("PARKPULSE_HTTP__LISTEN", "0.0.0.0:8080");
    let named = ("PARKPULSE_HTTP__HOSTS", "park.example");
    let chain = ("PARKPULSE_HTTP__TLS_CERTIFICATE", "chain.pem");
    let key = ("PARKPULSE_HTTP__TLS_KEY", "key.pem");
    let proxy = |text| ("PARKPULSE_HTTP__TRUSTED_PROXIES", text);
    let rows: &[Row<'_>] = &[
        (
            &[beyond],
            &[
                "PARKPULSE_HTTP__LISTEN: `http.listen` is no loopback address",
                "give http.tls_certificate and http.tls_key, or put a proxy",
                "`http.hosts` must hold the names",
            ],
        ),
        (&[beyond, named], &["`http.listen` is no loopback address"]),
        (&[beyond, chain, key], &["`http.hosts` must hold the names"]),
        (
            &[beyond, named, chain],
            &["`http.tls_key` and http.tls_certificate go together"],
        ),
        (
            &[key],
            &["`http.tls_key` and http.tls_certificate go together"],
        ),
        (&[beyond, named, chain, key], &[]),
        (&[beyond, named, proxy("10.1.0.5, fd00::/8")], &[]),
        (
            &[proxy("0.0.0.0/0")],
            &["`0.0.0.0/0` holds every address there is"],
        ),
        (&[proxy("::/0")], &["`::/0` holds every address there is"]),
        (&[proxy("10.0.0.0/33")], &["`10.0.0.0/33` is no network"]),
        (&[proxy("10.0.0.0/x")], &["`10.0.0.0/x` is no network"]),
        (
            &[proxy("proxy.example")],
            &["`proxy.example` is no network"],
        ),
    ];
    for (variables, expected) in rows {
        let (code, words) = check("", variables);
        assert_eq!(code == 0, expected.is_empty(), "{variables:?}: {words}");
        for sentence in *expected {
            assert!(words.contains(sentence), "{variables:?}: {words}");
        }
    }
}

#[test]
fn show_tells_what_holds_and_who_says_so_and_masks_secrets() {
    let stage = Stage::new();
    let path = stage.path("own.toml");
    let own = "[store]\nurl = \"http://me:hush@host/x\"\n[mqtt]\nwindow = 7\n\
               [base_map]\nurl = \"https://map.example/wmts?L=vec&tk=hush\"\n";
    fs::write(&path, own).unwrap();
    let mut command = parkpulse(&stage.data_dir());
    command
        .args(["config", "show", "--json", "--config"])
        .arg(&path);
    command.env("PARKPULSE_MQTT__WINDOW", "9");
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("hush"), "{text}");
    let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(shown["mqtt.window"]["value"], 9);
    assert_eq!(
        shown["mqtt.window"]["origin"],
        "environment PARKPULSE_MQTT__WINDOW"
    );
    assert_eq!(shown["store.url"]["value"], "http://me:******@host/x");
    assert_eq!(
        shown["base_map.url"]["value"],
        "https://map.example/wmts?******"
    );
    let origin = shown["store.url"]["origin"].as_str().unwrap();
    assert!(origin.ends_with("own.toml:2"), "{origin}");
    assert_eq!(shown["ledger.close_after"]["value"], "3 days");
    assert!(text.starts_with("{\n \""), "indent 1: {text}");
}

#[test]
fn an_outside_engine_that_is_not_there_yet_is_refused() {
    let (code, words) = check("[store]\nurl = \"http://127.0.0.1:8086\"\n", &[]);
    assert_eq!(code, 1);
    assert!(
        words.contains("own.toml:2: `store.url` is for outside engines"),
        "{words}"
    );
}
