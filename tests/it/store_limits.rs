//! What one meter does must not cost its neighbours: ten thousands of `bad` and contradicting values
//! of a day, more rows than a month block reads back, a damaged part of a block.

use std::time::{Duration, Instant};

use parkpulse::calendar::{Day, Moment, Month};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::MeterNo;
use parkpulse::store::embedded::Settings;
use parkpulse::store::embedded::codec::Broken;
use parkpulse::store::embedded::codec::chunk::Chunk;
use parkpulse::store::embedded::codec::month::{Block, Column, encode_column, month_key};
use parkpulse::store::{Row, StoreFault};

use crate::stage::{GATEWAY, Stage};
use crate::store_against_memory::{await_compaction, next_day};
use crate::store_rig::*;

/// `bad` values of one meter and day, each at a time of its own.
const BAD: i64 = 48_000;
/// Values of the same meter and day that contradict each other at one instant.
const CONFLICTING: i64 = 16_000;
/// Compared each with each, they take minutes; by key, a second or two where nothing is optimized.
const WITHIN: Duration = Duration::from_secs(10);

fn october(hour: i64) -> Moment {
    let begin: Moment = "2026-10-07T00:00:00+08:00".parse().unwrap();
    begin.plus_ms(hour * 3_600_000)
}

/// A store whose head holds those values of meter 3.
fn with_many_beside() -> Rig {
    let rig = Rig::embedded(settings());
    let at = |second: i64| october(0).plus_ms(second * 1_000);
    let number = |count: i64| f64::from(i32::try_from(count).unwrap()) + 0.5;
    let commit = |all: Vec<parkpulse::reading::Reading>| {
        let messages = all.chunks(1_000).map(|part| message(part.to_vec()));
        for message in messages {
            rig.commit(vec![message]);
        }
    };
    let wrong = |second| bad(reading(3, at(second), &[(1, number(second))]));
    commit((0..BAD).map(wrong).collect());
    let contradicting = |count| reading(3, at(60_000), &[(1, number(count))]);
    commit((0..CONFLICTING).map(contradicting).collect());
    rig
}

fn within<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    let took = began.elapsed();
    assert!(took < WITHIN, "{what} took {took:?}");
    done
}

#[test]
fn many_values_beside_a_day_are_folded_without_comparing_each_with_each() {
    let rig = with_many_beside();
    within("the fold", || rig.engine.settle().unwrap());
    let counts = rig.counts();
    let expected = (BAD + 1, CONFLICTING - 1, 0);
    assert_eq!((counts.stored, counts.conflict, counts.duplicate), expected);
    // The same once more: every one of them is known.
    let again = bad(reading(3, october(0), &[(1, 0.5)]));
    let contradicting = reading(3, october(0).plus_ms(60_000_000), &[(1, 7.5)]);
    rig.commit(vec![message(vec![again, contradicting])]);
    within("the second fold", || rig.engine.settle().unwrap());
    assert_eq!(rig.counts().duplicate, 2);
}

#[test]
fn many_values_beside_a_day_are_read_without_comparing_each_with_each() {
    let rig = with_many_beside();
    let first = within("a read of first values", || rig.first(3));
    assert_eq!(first.len(), 1);
    let all = within("a read of all values", || rig.all(3));
    assert_eq!(i64::try_from(all.len()).unwrap(), BAD + CONFLICTING);
    let newest = all.iter().map(|row| i64::from(row.revision)).max();
    assert_eq!(newest, Some(CONFLICTING));
}

#[test]
fn a_month_takes_no_meter_with_more_rows_than_are_read_back() {
    let month = Month::new(2026, 10).unwrap();
    let chunk = Chunk {
        at: vec![october(0); (1 << 24) + 1],
        ..Chunk::default()
    };
    let chunks = [
        (MeterNo::new(1), Chunk::default()),
        (MeterNo::new(2), chunk),
    ];
    for column in [Column::Rows, Column::Values(IndicatorNo::new(1))] {
        let key = month_key(month, column, Block::of(MeterNo::new(1)));
        let refused = encode_column(&chunks, &[], month, column, key);
        assert_eq!(refused.unwrap_err(), Broken("rows"), "{column:?}");
    }
}

fn rows_of(rig: &Rig, table: &str) -> i64 {
    let file = rusqlite::Connection::open(rig.file()).unwrap();
    let query = format!("SELECT count(*) FROM {table}");
    file.query_row(&query, [], |row| row.get(0)).unwrap()
}

/// 30 hours of readings of some meters, folded.
fn with_october(rig: &Rig, meters: &[u32]) {
    for meter in meters {
        let hours = (0..30).map(|hour| reading(*meter, october(hour), &[(1, 1.5)]));
        rig.commit(vec![message(hours.collect())]);
    }
    rig.engine.settle().unwrap();
}

/// Of four days with 24, 6, 24 and 6 rows a block of 40 takes all but the third.
#[test]
fn days_stay_beside_a_full_block_and_are_read() {
    let mut rig = Rig::embedded(Settings {
        block_rows_max: 40,
        ..settings()
    });
    let mut day = Day::of(morning());
    with_october(&rig, &[1, 2]);
    let before = [rig.all(1), rig.all(2)];
    assert_eq!(before.each_ref().map(Vec::len), [30, 30]);
    for _ in 0..2 {
        next_day(&rig, &mut day);
        await_compaction(&rig, day);
        // And the day of the message that woke the fold.
        assert_eq!((rows_of(&rig, "day"), rows_of(&rig, "month")), (2, 2));
        assert_eq!([rig.all(1), rig.all(2)], before);
        assert_eq!([rig.first(1), rig.first(2)], before);
    }
    assert_eq!(rig.engine.health().blocks_compacted, 1, "once is enough");
    // A late value of a day in the block, and one of the day that stayed.
    for meter in [1, 2] {
        let late = reading(meter, october(3).plus_ms(1), &[(1, 2.5)]);
        rig.commit(vec![message(vec![late])]);
    }
    rig.engine.settle().unwrap();
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    rig.restart();
    assert_eq!([1, 2].map(|meter| rig.all(meter).len()), [31, 31]);
}

/// A number in groups of seven bits, and what follows it.
fn varint(bytes: &[u8]) -> (u64, &[u8]) {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let (own, rest) = bytes.split_at(length);
    let digits = own.iter().rev();
    let number = digits.fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f));
    (number, rest)
}

/// A month's row of times with the row count of `meter` made 2^24 + 1, packed and sealed again.
fn with_wrong_count(bytes: &[u8], meter: u64, key: i64) -> Vec<u8> {
    let (length, packed) = varint(&bytes[1..bytes.len() - 4]);
    let body = zstd::bulk::decompress(packed, usize::try_from(length).unwrap()).unwrap();
    let (indicators, mut rest) = varint(&body);
    (0..indicators).for_each(|_| rest = varint(rest).1);
    let count_at = loop {
        let (of, behind) = varint(rest);
        if of == meter {
            break body.len() - behind.len();
        }
        let (length, section) = varint(varint(behind).1);
        rest = &section[usize::try_from(length).unwrap()..];
    };
    let behind = varint(&body[count_at..]).1;
    // 2^24 + 1 in groups of seven bits.
    let wrong = [&body[..count_at], &[0x81, 0x80, 0x80, 0x08], behind].concat();
    let mut damaged = vec![bytes[0]];
    let mut length = wrong.len();
    while length >= 0x80 {
        damaged.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    damaged.push(u8::try_from(length).unwrap());
    damaged.extend(zstd::bulk::compress(&wrong, 1).unwrap());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&damaged);
    hasher.update(&key.to_le_bytes());
    damaged.extend(hasher.finalize().to_le_bytes());
    damaged
}

fn damage_count_of(rig: &Rig, meter: u64) {
    let month = Month::new(2026, 10).unwrap();
    let key = month_key(month, Column::Rows, Block::of(MeterNo::new(1)));
    let file = rusqlite::Connection::open(rig.file()).unwrap();
    let query = "SELECT d FROM month WHERE k = ?1";
    let bytes: Vec<u8> = file.query_row(query, [key], |row| row.get(0)).unwrap();
    let damaged = with_wrong_count(&bytes, meter, key);
    let update = "UPDATE month SET d = ?2 WHERE k = ?1";
    assert_eq!(file.execute(update, (key, damaged)).unwrap(), 1);
}

#[test]
fn a_damaged_meter_of_a_month_leaves_its_neighbours_alone() {
    let mut rig = Rig::embedded(settings());
    let mut day = Day::of(morning());
    with_october(&rig, &[1, 2, 3]);
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    let neighbours = |rig: &Rig| -> [Vec<Row>; 2] { [rig.all(1), rig.all(3)] };
    let before = neighbours(&rig);
    assert_eq!(before.each_ref().map(Vec::len), [30, 30]);
    rig.stop();
    damage_count_of(&rig, 2);
    rig.restart();
    assert_eq!(neighbours(&rig), before, "what is damaged is of another");
    assert_eq!(rig.all(2), [], "it is passed over");
    assert!(rig.engine.health().damaged > 0, "and told");
    // Folds and a compaction that meet it.
    for meter in [1, 2, 3] {
        let late = reading(meter, october(40), &[(1, 2.5)]);
        rig.commit(vec![message(vec![late])]);
        rig.engine.settle().unwrap();
    }
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    rig.restart();
    assert_eq!([1, 2, 3].map(|meter| rig.all(meter).len()), [31, 1, 31]);
}

#[test]
fn a_month_that_cannot_be_read_is_put_aside_counted_and_passed_over() {
    for is_read in [true, false] {
        assert_put_aside(is_read);
    }
}

/// Whether somebody reads it before the fold meets it, or nobody does.
fn assert_put_aside(is_read: bool) {
    let mut rig = Rig::embedded(settings());
    let mut day = Day::of(morning());
    with_october(&rig, &[1]);
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    let rows = rows_of(&rig, "month");
    assert_eq!(rows, 2, "times and values of one indicator");
    let file = rusqlite::Connection::open(rig.file()).unwrap();
    let damage = "UPDATE month SET d = x'00112233445566'";
    assert_eq!(i64::try_from(file.execute(damage, []).unwrap()), Ok(rows));
    rig.restart();
    let late = reading(1, october(40), &[(1, 2.5)]);
    rig.commit(vec![message(vec![late])]);
    if is_read {
        assert_eq!(rig.all(1).len(), 1, "what can be read is read");
    }
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    assert_eq!(rig.all(1).len(), 1);
    let query = "SELECT count(*) FROM damaged WHERE kind = 'month'";
    let aside: i64 = file.query_row(query, [], |row| row.get(0)).unwrap();
    let left = "SELECT count(*) FROM month WHERE d = x'00112233445566'";
    let left: i64 = file.query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!((left, aside), (0, rows), "kept for whoever can mend it");
    let counted = rig.engine.health().damaged;
    assert_eq!(i64::try_from(counted).unwrap(), rows, "each once");
}

#[test]
fn a_log_that_grew_too_long_refuses_long_reads_and_no_others() {
    let rig = Rig::embedded(Settings {
        log_most_bytes: 1,
        ..settings()
    });
    rig.commit(vec![message(vec![reading(1, minutes(0), &[(1, 1.5)])])]);
    let one = IndicatorNo::new(1);
    let swept = rig.engine.sweep(one, ages(), &mut |_| unreachable!());
    let folder = tempfile::tempdir().unwrap();
    let copied = rig.engine.write_snapshot(&folder.path().join("copy.db"));
    for refused in [swept, copied] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, StoreFault::LogTooLong { wal_bytes } if wal_bytes > 1));
    }
    assert_eq!(rig.first(1).len(), 1);
}

/// Both sizes are settings of the configuration; who asks for a long read is told why not now.
#[test]
fn a_long_log_is_told_of_and_so_is_whoever_reads_long() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_STORE__LOG_WARN", "1 B");
        command.env("PARKPULSE_STORE__LOG_MAX", "1 B");
    });
    let bearer = format!("Authorization: Bearer {token}");
    let at = crate::pages_park::now().unix_ms();
    let body = format!(r#"{{"meter": "E-01", "at": {at}, "values": {{"kw": 2}}}}"#);
    let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
    assert_eq!(answer.status, 200, "{GATEWAY}: {answer:?}");
    server.says("a long read keeps the log from being written back");
    let copy = stage.path("copy.tar");
    let refused = stage.run(&["backup", copy.to_str().unwrap()]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{words}");
    assert!(
        words.contains("long reads wait until it is written back"),
        "{words}"
    );
    server.stop();
}
