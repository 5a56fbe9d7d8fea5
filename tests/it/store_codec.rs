//! Bytes on disk: whatever is written reads back to the bit; whatever is damaged is told, never a
//! panic.

use std::ops::ControlFlow;

use parkpulse::calendar::{Day, Moment, Month, Period};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Flags, Quality, Reading, Value};
use parkpulse::store::Row;
use parkpulse::store::embedded::codec::Broken;
use parkpulse::store::embedded::codec::batch::{self, Entry, Head, Take, Writing};
use parkpulse::store::embedded::codec::chunk::{
    Chunk, Origin, day_key, decode_day, decode_day_of, encode_day,
};
use parkpulse::store::embedded::codec::latest::row_of;
use parkpulse::store::embedded::codec::month::{Block, Column, encode_column, month_key, unpack};
use parkpulse::store::embedded::codec::strip::Strip;
use proptest::prelude::*;

/// Doubles that a payload may bring, and some that only the engine's own care keeps apart.
fn number() -> impl Strategy<Value = f64> {
    let extremes = vec![
        0.0,
        -0.0,
        9_007_199_254_740_992.0,
        -9_007_199_254_740_992.0,
        1e-12,
        -1e-12,
        0.1,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        123_456.78,
        1.0 / 3.0,
    ];
    prop_oneof![
        prop::sample::select(extremes),
        any::<f64>().prop_filter("NaN is refused upstream", |number| !number.is_nan()),
        (-1_000_000_i32..1_000_000, 0..7)
            .prop_map(|(mantissa, scale)| { f64::from(mantissa) / 10_f64.powi(scale) }),
    ]
}

fn origin() -> impl Strategy<Value = Origin> {
    let quality = prop::sample::select(vec![Quality::Good, Quality::Uncertain, Quality::Bad]);
    let numbers = (any::<Option<u64>>(), any::<Option<u64>>());
    (any::<u32>(), numbers, any::<i32>(), quality, any::<u8>()).prop_map(
        |(gateway, (epoch, seq), received_s, quality, flags)| Origin {
            gateway: GatewayNo::new(gateway),
            epoch,
            seq,
            received_s: i64::from(received_s),
            quality,
            flags: Flags::from_bits(flags),
        },
    )
}

fn day() -> Day {
    "2026-10-07".parse().unwrap()
}

/// A chunk of one day: rising times, some equal; columns with holes. In every other one all rows
/// come from one gateway and counter, as they mostly do.
fn chunk() -> impl Strategy<Value = Chunk> {
    let step = prop::sample::select(vec![0_i64, 1, 999, 1_000, 60_000, 900_000]);
    let cell = prop::option::weighted(0.8, number());
    let row = (step, origin(), prop::array::uniform3(cell));
    let rows = prop::collection::vec(row, 0..60);
    (rows, any::<u64>(), any::<bool>()).prop_map(|(rows, merged_through, alike)| {
        let mut chunk = Chunk {
            merged_through,
            ..Chunk::default()
        };
        let mut columns = [Vec::new(), Vec::new(), Vec::new()];
        let mut at = day().start();
        for (step, origin, cells) in rows {
            at = at.plus_ms(step);
            chunk.at.push(at);
            let first = chunk.origins.first().filter(|_| alike);
            let origin = first.map_or(origin, |first| Origin {
                seq: first.seq.map(|seq| origin.seq.unwrap_or(seq)),
                received_s: origin.received_s,
                ..*first
            });
            chunk.origins.push(origin);
            for (column, cell) in columns.iter_mut().zip(cells) {
                column.push(cell.unwrap_or(f64::NAN));
            }
        }
        let numbers = [1, 7, u16::MAX].map(IndicatorNo::new);
        chunk.columns = numbers.into_iter().zip(columns).collect();
        chunk
    })
}

/// A chunk that compares by bits.
type Bits = (Vec<Moment>, Vec<Origin>, Vec<(IndicatorNo, Vec<u64>)>);

/// Doubles as bits, so that -0.0 and the absence of a value count.
fn bits(chunk: &Chunk) -> Bits {
    let plain = |value: &f64| {
        if value.is_nan() {
            u64::MAX
        } else {
            value.to_bits()
        }
    };
    let columns = chunk.columns.iter();
    let columns = columns.map(|(of, values)| (*of, values.iter().map(plain).collect()));
    (chunk.at.clone(), chunk.origins.clone(), columns.collect())
}

/// Every entry and reading of a batch, as text that shows all bits.
#[derive(Default)]
struct Listing(Vec<String>);

impl Take for Listing {
    fn head(&mut self, head: &Head) {
        self.0.push(format!("{head:?}"));
    }

    fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        origin: &Origin,
        indicators: &[IndicatorNo],
        values: &[f64],
    ) {
        let values: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
        let line = format!("{meter:?} {at:?} {origin:?} {indicators:?} {values:?}");
        self.0.push(line);
    }
}

type Message = (Head, Vec<Reading>);

fn message() -> impl Strategy<Value = Message> {
    let value = (0_u16..5, number());
    let values = prop::collection::vec(value, 0..6);
    let entries = vec![Entry::Message, Entry::Trial, Entry::Replay, Entry::Decision];
    let counts = prop_oneof![Just([0_i64; 3]), any::<[i64; 3]>()];
    let head = (
        prop::sample::select(entries),
        origin(),
        any::<i64>(),
        counts,
    )
        .prop_map(
            |(entry, origin, received, [quarantined, refused, unpromised])| Head {
                entry,
                origin,
                received,
                quarantined,
                refused,
                unpromised,
            },
        );
    let reading =
        (any::<u32>(), any::<i64>(), values, origin()).prop_map(|(meter, at, values, like)| {
            Reading {
                meter: MeterNo::new(meter),
                at: Moment::from_unix_ms(at),
                values: values
                    .into_iter()
                    .map(|(indicator, number)| Value {
                        indicator: IndicatorNo::new(indicator),
                        number,
                    })
                    .collect(),
                quality: like.quality,
                flags: like.flags,
            }
        });
    (head, prop::collection::vec(reading, 0..4))
}

fn listed(messages: &[Message]) -> Vec<String> {
    let mut expected = Listing::default();
    for (head, readings) in messages {
        let plain = Origin {
            quality: Quality::Good,
            flags: Flags::default(),
            ..head.origin
        };
        expected.head(&Head {
            origin: plain,
            ..*head
        });
        for reading in readings {
            let own = Origin {
                quality: reading.quality,
                flags: reading.flags,
                ..head.origin
            };
            let indicators: Vec<_> = reading.values.iter().map(|value| value.indicator).collect();
            let values: Vec<_> = reading.values.iter().map(|value| value.number).collect();
            expected.reading(reading.meter, reading.at, &own, &indicators, &values);
        }
    }
    expected.0
}

fn written(messages: &[Message], number: u64) -> Vec<u8> {
    let mut writing = Writing::default();
    for (head, readings) in messages {
        writing.entry(head, readings);
    }
    writing.done(number)
}

/// The bytes with one of them changed and the checksum made right again, so that the damage gets
/// past it and meets the decoder.
fn mutated(bytes: &[u8], place: usize, by: u8, key: i64) -> Vec<u8> {
    let mut body = bytes[..bytes.len() - 4].to_vec();
    let place = place % body.len();
    body[place] ^= by;
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&body);
    hasher.update(&key.to_le_bytes());
    body.extend_from_slice(&hasher.finalize().to_le_bytes());
    body
}

/// What a strip hands out, with bits that compare.
fn swept(strip: &mut Strip, meter: MeterNo, indicator: IndicatorNo) -> Vec<(Row, u64)> {
    let always = Period::new(
        Moment::from_unix_ms(i64::MIN),
        Moment::from_unix_ms(i64::MAX),
    );
    let (mut handed, mut count) = (Vec::new(), 0);
    let flow = strip.visit(meter, indicator, always.unwrap(), &mut count, &mut |row| {
        handed.push((*row, row.number.to_bits()));
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    assert_eq!(count, u64::try_from(handed.len()).unwrap());
    handed
}

/// The values of one indicator of a chunk as rooms above see them.
fn by_time(chunk: &Chunk, meter: MeterNo, indicator: IndicatorNo) -> Vec<(Row, u64)> {
    let column = chunk.columns.iter().find(|(of, _)| *of == indicator);
    let rows = chunk.at.iter().zip(&chunk.origins).zip(&column.unwrap().1);
    let rows = rows.filter(|(_, number)| !number.is_nan());
    let row = |((at, origin), number): ((&Moment, &Origin), &f64)| {
        let row = row_of(meter, indicator, *at, *number, origin, 1);
        (row, number.to_bits())
    };
    rows.map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_reads_back(messages in prop::collection::vec(message(), 0..8), number in any::<u64>()) {
        let bytes = written(&messages, number);
        let mut found = Listing::default();
        batch::decode(&bytes, number, &mut found).unwrap();
        prop_assert_eq!(found.0, listed(&messages));
        let elsewhere = batch::decode(&bytes, number.wrapping_add(1), &mut Listing::default());
        prop_assert_eq!(elsewhere, Err(Broken("checksum")));
    }

    #[test]
    fn a_day_reads_back(chunk in chunk(), meter in any::<u32>()) {
        let key = day_key(MeterNo::new(meter), day());
        let bytes = encode_day(&chunk, key);
        let found = decode_day(&bytes, key).unwrap();
        prop_assert_eq!(bits(&found), bits(&chunk));
        prop_assert_eq!(found.merged_through, chunk.merged_through);
        let mut of_one = chunk.clone();
        of_one.columns.retain(|(indicator, _)| indicator.get() == 7);
        let found = decode_day_of(&bytes, key, Some(IndicatorNo::new(7))).unwrap();
        prop_assert_eq!(bits(&found), bits(&of_one));
        prop_assert_eq!(decode_day(&bytes, key ^ 1), Err(Broken("checksum")));
    }

    #[test]
    fn a_month_reads_back(chunks in prop::collection::vec(chunk(), 1..4)) {
        let month = Month::new(2026, 10).unwrap();
        let chunks: Vec<_> = (32_u32..).map(MeterNo::new).zip(chunks).collect();
        let block = Block::of(MeterNo::new(32));
        let named = [1, 7, u16::MAX].map(IndicatorNo::new);
        let column = |column, named: &[IndicatorNo]| {
            let key = month_key(month, column, block);
            let bytes = encode_column(&chunks, named, month, column, key).unwrap();
            unpack(&bytes, key).unwrap()
        };
        let rows = column(Column::Rows, &named);
        prop_assert_eq!(rows.indicators(), &named);
        // One after the other in the same room, as a sweep reads them.
        let mut strip = Strip::default();
        for (meter, chunk) in &chunks {
            let mut found = rows.rows_of(*meter, month).unwrap().unwrap();
            for indicator in named {
                let values = column(Column::Values(indicator), &[]);
                prop_assert!(strip.read_rows(&rows, *meter, month).unwrap());
                prop_assert!(strip.read_values(&values, *meter).unwrap());
                prop_assert_eq!(swept(&mut strip, *meter, indicator), by_time(chunk, *meter, indicator));
                let values = values.values_of(*meter, found.at.len()).unwrap().unwrap();
                found.columns.push((indicator, values));
            }
            prop_assert_eq!(bits(&found), bits(chunk));
        }
        prop_assert!(rows.rows_of(MeterNo::new(47), month).unwrap().is_none());
        prop_assert!(!strip.read_rows(&rows, MeterNo::new(47), month).unwrap());
        prop_assert!(swept(&mut strip, MeterNo::new(47), named[0]).is_empty());
    }

    #[test]
    fn damaged_bytes_end_in_words(
        chunk in chunk(),
        messages in prop::collection::vec(message(), 0..4),
        places in prop::collection::vec((any::<usize>(), 1_u8..), 30),
        noise in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let key = day_key(MeterNo::new(5), day());
        let (of_day, of_batch) = (encode_day(&chunk, key), written(&messages, 9));
        for (place, by) in places {
            // Whatever it reads as, it must come back.
            let _read = decode_day(&mutated(&of_day, place, by, key), key);
            let _read = batch::decode(&mutated(&of_batch, place, by, 9), 9, &mut Listing::default());
            let mut torn = of_day.clone();
            let place = place % torn.len();
            torn[place] ^= by;
            prop_assert!(decode_day(&torn, key).is_err());
            prop_assert!(decode_day(&of_day[..place], key).is_err());
        }
        prop_assert!(unpack(&noise, 1).is_err());
    }
}
