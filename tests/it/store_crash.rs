//! Death at every failpoint of the store (contract.md 8): what was acknowledged is there, nothing
//! is there twice, and the counts are exact.

use std::fs;
use std::path::Path;

use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::store::Row;

use crate::store_child::{acknowledged, busy, dying};
use crate::store_rig::*;

/// Where the child dies, and at which visits.
const DEATHS: [(&str, [u32; 2]); 5] = [
    ("batch_before_insert", [1, 30]),
    ("batch_before_commit", [1, 30]),
    ("batch_after_commit", [2, 30]),
    ("during_fold", [1, 14]),
    ("during_compaction", [1, 2]),
];

fn die(folder: &Path, place: &str, after: u32) {
    let died = dying(folder, place, after).output().unwrap();
    let words = String::from_utf8_lossy(&died.stderr);
    assert_eq!(
        died.status.code(),
        None,
        "{place}: died of a signal\n{words}"
    );
}

fn check(rig: &Rig, folder: &Path) {
    let acknowledgements = fs::read_to_string(acknowledged(folder)).unwrap();
    let count = acknowledgements.lines().count();
    let rows: Vec<Row> = (0..5).flat_map(|meter| rig.all(meter)).collect();
    let mut seqs: Vec<u64> = rows.iter().map(|row| row.seq.unwrap()).collect();
    seqs.sort_unstable();
    let newest = *seqs.last().unwrap();
    let expected: Vec<u64> = (1..=newest).flat_map(|seq| [seq, seq]).collect();
    assert_eq!(seqs, expected, "each value once, none lost, none invented");
    assert!(
        newest >= u64::try_from(count).unwrap(),
        "acknowledged is kept"
    );
    for row in &rows {
        let seq = u32::try_from(row.seq.unwrap()).unwrap();
        let divisor = if row.indicator.get() == 1 { 1.0 } else { 7.0 };
        assert_eq!(row.number.to_bits(), (f64::from(seq) / divisor).to_bits());
        assert_eq!(row.meter, MeterNo::new(seq % 5));
    }
    let receipt = rig.engine.receipt(GatewayNo::new(1)).unwrap();
    assert_eq!(receipt.durable_seq, newest);
    rig.engine.settle().unwrap();
    let counts = rig.counts();
    assert_eq!((counts.pending, counts.conflict), (0, 0));
    assert_eq!(counts.stored, i64::try_from(rows.len()).unwrap());
    assert_eq!(counts.received, counts.stored + counts.duplicate);
}

#[test]
fn nothing_acknowledged_dies_with_the_process() {
    for (place, visits) in DEATHS {
        let mut folder = tempfile::tempdir().unwrap();
        for after in visits {
            die(folder.path(), place, after);
            // The child of the next round opens what this one left; every other time it is looked
            // at in between, and so recovered twice.
        }
        let path = folder.path().to_owned();
        folder.disable_cleanup(true);
        let rig = Rig::embedded_in(folder, busy());
        check(&rig, &path);
        println!("{place}: {:?}", rig.counts());
        fs::remove_dir_all(path).unwrap();
    }
}
