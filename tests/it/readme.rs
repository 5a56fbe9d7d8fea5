//! What README says to type is typed here, line by line, against a running demo.

use std::process::{Command, Output};
use std::time::Duration;

use parkpulse::text::{Language, find_sentence};

use crate::stage::{Server, Stage, parkpulse, until};

const README: &str = include_str!("../../README.md");
/// How soon a reading shows (issue 3, "A first map").
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// The program writes into a picture what it shows; no other program would.
#[test]
fn the_picture_comes_from_the_program() {
    assert!(README.contains("painted by the program: `make picture`](pictures/map.png)"));
    let picture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures/map.png");
    let bytes = std::io::BufReader::new(std::fs::File::open(picture).unwrap());
    let reader = png::Decoder::new(bytes).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.height), (1600, 1200));
    let text = |keyword: &str| {
        let mut chunks = info.utf8_text.iter();
        let chunk = chunks.find(|chunk| chunk.keyword == keyword);
        chunk.expect(keyword).get_text().unwrap()
    };
    let layer = find_sentence(Language::Chinese, "layer.energy_per_mu").unwrap();
    let title = text("Title");
    assert!(
        title.contains("（演示）") && title.ends_with(layer),
        "{title}"
    );
    let description = text("Description");
    for words in [
        "单位：tce/亩；期间：",
        "已结账",
        "n = ",
        "来源：",
        "核对码：",
    ] {
        assert!(description.contains(words), "{words}: {description}");
    }
}

/// The blocks of commands below a heading of README.
fn blocks(heading: &str) -> Vec<String> {
    let section = README.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

/// Types a block as a newcomer would, but with this build, these ports and this data directory.
fn typed(stage: &Stage, server: &Server, block: &str) -> Output {
    let data = stage.data_dir();
    let port = server.mqtt.as_ref().unwrap().rsplit(':').next().unwrap();
    for word in ["target/demo-data", "-p 1883", "target/release/parkpulse"] {
        assert!(README.contains(word), "{word}");
    }
    let block = block
        .replace("target/demo-data", data.to_str().unwrap())
        .replace("-p 1883", &format!("-p {port}"))
        .replace("target/release/parkpulse", env!("CARGO_BIN_EXE_parkpulse"));
    Command::new("sh")
        .args(["-eu", "-c", &block])
        .env("PARKPULSE_CONTROL__PATIENCE", "30 s")
        .output()
        .unwrap()
}

#[test]
fn a_reading_by_hand_shows_within_two_seconds() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", "1", "--no-simulator"]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let fleet = std::fs::read_to_string(stage.data_dir().join("demo-gateways.json")).unwrap();
    let fleet: serde_json::Value = serde_json::from_str(&fleet).unwrap();
    let first = &fleet["gateways"][0];
    let (gateway, meter) = (
        first["gateway"].as_str(),
        first["meters"][0]["meter"].as_str(),
    );
    let readings = format!("/api/v1/meters/{}/readings?indicator=kw", meter.unwrap());
    let is_shown = || server.get(&readings).text().contains("231.5");
    assert!(!is_shown());
    let [sent, asked] = &blocks("A reading by hand")[..] else {
        panic!("two blocks");
    };
    let output = typed(&stage, &server, sent);
    assert!(output.status.success(), "{sent}\n{output:?}");
    until(SHOWN_WITHIN, "the reading on the page", || {
        is_shown().then_some(())
    });
    // The same with a meter that is not theirs lies in quarantine, as README says.
    let strange = sent.replace("$(first meter)", "of-nobody");
    assert!(typed(&stage, &server, &strange).status.success());
    let output = typed(&stage, &server, asked);
    assert!(output.status.success(), "{asked}\n{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains(gateway.unwrap()) && told.contains("unknown_meter"),
        "{told}"
    );
    server.stop();
}
