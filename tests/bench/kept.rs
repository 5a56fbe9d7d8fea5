//! How many bytes a value takes in the log, in day chunks and in month blocks, provenance
//! included: a month of 15-minute readings of nine values each, one reading a message, through
//! the store alone.

use std::path::Path;

use parkpulse::demo::Dice;
use parkpulse::store::Engine;

use super::Extent;
use super::curve::{Device, instant};
use super::figure::{Goal, Report};
use super::shelf::{Shelf, message, reading, slots};

/// Devices behind one gateway.
const BEHIND: u32 = 20;
/// Messages of one head: so that the log still holds some when it is looked at.
const HEAD_MESSAGES: u64 = 400_000;

pub(crate) fn measure(folder: &Path, extent: &Extent, report: &mut Report) {
    let shelf = Shelf::new(folder.join("kept"), HEAD_MESSAGES);
    let values = fill(&shelf, extent.kept_devices);
    let log = shelf.ask("SELECT sum(length(d)) FROM batch") as f64;
    let logged = shelf.ask("SELECT sum(n) FROM batch") as f64 * 9.0;
    report.figure(
        "bytes a value in the log",
        log / logged,
        "bytes",
        Goal::None,
    );
    shelf.settle();
    let days = shelf.ask("SELECT sum(length(d)) FROM day") as f64;
    report.figure(
        "bytes a value in day chunks",
        days / values,
        "bytes",
        Goal::None,
    );
    shelf.compact();
    let months = shelf.ask("SELECT sum(length(d)) FROM month") as f64;
    report.figure(
        "bytes a value in month blocks",
        months / values,
        "bytes",
        Goal::AtMost(1.1),
    );
    let rows = shelf.ask("SELECT sum(length(d)) FROM month WHERE (k >> 28) & 131071 = 0") as f64;
    report.figure(
        "  of it time and provenance",
        rows / values,
        "bytes",
        Goal::None,
    );
    let copy = folder.join("kept.db");
    shelf.engine.write_snapshot(&copy).unwrap();
    let file = std::fs::metadata(&copy).unwrap().len() as f64;
    report.figure(
        "bytes a value of the whole file, packed",
        file / values,
        "bytes",
        Goal::None,
    );
    std::fs::remove_file(copy).unwrap();
    shelf.engine.stop().unwrap();
}

/// Sends the month as it would have come, slot after slot; how many values that were.
fn fill(shelf: &Shelf, devices: u32) -> f64 {
    let mut all: Vec<Device> = (0..devices).map(Device::new).collect();
    let dice = Dice::new(11);
    let mut values = 0.0;
    for (seq, slot) in slots().enumerate() {
        let at = instant(slot);
        let mut messages = Vec::with_capacity(all.len());
        for (number, device) in (0_u32..).zip(&mut all) {
            let gateway = number / BEHIND + 1;
            // A gateway asks its meters one after the other and sends each answer.
            let place = u64::from(number % BEHIND);
            let seq = u64::try_from(seq).unwrap() * u64::from(BEHIND) + place + 1;
            let delay = dice
                .of(slot.unsigned_abs())
                .between(u64::from(gateway), 800, 2_500);
            let received_at = at.plus_ms(i64::try_from(delay + place * 120).unwrap());
            let read = device.read(slot);
            values += read.len() as f64;
            messages.push(message(
                gateway,
                seq,
                received_at,
                vec![reading(number + 1, at, read)],
            ));
        }
        shelf.commit(messages);
    }
    values
}
