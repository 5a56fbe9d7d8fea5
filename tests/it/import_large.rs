//! A file of 200,000 rows: read in streaming, with progress, below 300 MiB.

use std::fmt::Write;
use std::process::Stdio;

use crate::import::code;
use crate::stage::{Stage, parkpulse};

const ROWS: u32 = 200_000;
/// What a process may have held at its height (issue 6).
const MOST_KIB: u64 = 300 * 1024;

/// 2,000 enterprises, each with a hundred figures.
fn statements() -> String {
    let mut text = String::from("enterprise,period,indicator,value,unit,source\n");
    let indicators = [
        "output_value",
        "invoiced_sales",
        "revenue",
        "value_added",
        "investment",
    ];
    for row in 0..ROWS {
        let enterprise = code(row / 100);
        let year = 2006 + row % 20;
        let indicator = indicators[usize::try_from(row / 20 % 5).unwrap()];
        writeln!(text, "{enterprise},{year},{indicator},{row}.25,万元,统计").unwrap();
    }
    text
}

fn enterprises() -> String {
    let mut text = String::from("enterprise,name,park,industry,scale,established\n");
    for number in 0..ROWS / 100 {
        writeln!(text, "{},厂{number},p1,C39,above,2001-02-03", code(number)).unwrap();
    }
    text
}

#[test]
fn two_hundred_thousand_rows_go_in_below_300_mib_and_tell_how_far_they_are() {
    let stage = Stage::new();
    stage.register_park();
    stage.import("enterprises", "enterprises.csv", &enterprises());
    let file = stage.path("statements.csv");
    std::fs::write(&file, statements()).unwrap();
    let mut command = parkpulse(&stage.data_dir());
    let command = command.args(["import", "statements"]).arg(&file);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut most = 0;
        // The height never falls: what was read last before the end is it.
        while let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(line) = line else { break };
            let kib = line.trim().split(' ').next().unwrap();
            most = kib.parse::<u64>().unwrap().max(most);
            std::thread::yield_now();
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        most
    });
    let output = child.wait_with_output().unwrap();
    let most = watch.join().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("statements imported: 200000 added"),
        "{told}{said}"
    );
    assert!(said.contains("read 10000 of about 200001 rows"), "{said}");
    assert!(said.contains("read 200000 of about 200001 rows"), "{said}");
    println!("height of memory: {} MiB", most / 1024);
    assert!(most > 0 && most < MOST_KIB, "{most} KiB");
}
