//! A month of one indicator over many devices, as a map of a month asks for it: nanoseconds a
//! point, through the store's own trait, by the processor time of the reading thread.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use parkpulse::indicator::IndicatorNo;
use parkpulse::reading::Value;
use parkpulse::store::{Engine, Series};

use super::Extent;
use super::curve::{Device, STEP_MS, instant};
use super::figure::{Goal, Report};
use super::shelf::{Shelf, message, month, reading, slots};

/// `kw`.
const POWER: u16 = 20;
/// Quarters of an hour in a message: a gateway that sends once a day.
const DAY: i64 = 86_400_000 / STEP_MS;
/// Devices of one commit.
const AT_ONCE: usize = 500;
const READS: usize = 3;

pub(crate) fn measure(folder: &Path, extent: &Extent, report: &mut Report) {
    let shelf = Shelf::new(folder.join("sweep"), 10_000);
    fill(&shelf, extent.swept_devices);
    shelf.settle();
    shelf.compact();
    let mut best = f64::INFINITY;
    for _ in 0..READS {
        let (mut points, mut sum) = (0_u64, 0.0);
        let (began, before) = (Instant::now(), thread_ns());
        let indicator = IndicatorNo::new(POWER);
        shelf
            .engine
            .sweep(indicator, month().period(), &mut |row| {
                points += 1;
                sum += row.number;
                ControlFlow::Continue(())
            })
            .unwrap();
        let used = (thread_ns() - before) as f64 / points as f64;
        assert_eq!(
            points,
            u64::from(extent.swept_devices) * slots().count() as u64
        );
        report.note(&format!(
            "{points} points, mean {:.1} kW, {:.2} s by the clock, {used:.1} ns a point",
            sum / points as f64,
            began.elapsed().as_secs_f64()
        ));
        best = best.min(used);
    }
    let devices = extent.swept_devices;
    report.figure(
        &format!("month of one indicator over {devices} devices"),
        best,
        "ns/point",
        Goal::AtMost(15.0),
    );
    shelf.engine.stop().unwrap();
}

/// Sends day by day what each device showed.
fn fill(shelf: &Shelf, devices: u32) {
    let all: Vec<(u32, Device)> = (0..devices)
        .map(|number| (number + 1, Device::new(number)))
        .collect();
    for (seq, first) in (1_u64..).zip(slots().step_by(usize::try_from(DAY).unwrap())) {
        for some in all.chunks(AT_ONCE) {
            let of_day = some.iter().map(|(number, device)| {
                let readings = (first..first + DAY).map(|slot| {
                    let value = Value {
                        indicator: IndicatorNo::new(POWER),
                        number: device.power(slot),
                    };
                    reading(*number, instant(slot), vec![value])
                });
                let received_at = instant(first + DAY).plus_ms(1_500);
                // Each device has a gateway of its own.
                message(*number, seq, received_at, readings.collect())
            });
            shelf.commit(of_day.collect());
        }
    }
}

/// Processor time of this thread, in nanoseconds.
fn thread_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}
