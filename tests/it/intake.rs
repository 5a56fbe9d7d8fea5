//! The tables of `contract.md` 2, 4 and 7: bytes in, what was kept and set aside out.

use std::collections::BTreeSet;

use parkpulse::intake::{Amendment, Limits, refusals};
use parkpulse::reading::{Code, Quality};

use crate::intake_ground::{Ground, RECEIVED_AT_MS, summary};
use crate::intake_rows::{MESSAGES, NUMBERS, TIMES, long_rows};

/// A message of one value, as it is written.
pub(crate) fn with_value(code: &str, written: &str) -> String {
    let meter = if ["kw", "kwh_register"].contains(&code) {
        "E-01"
    } else {
        "S-03"
    };
    format!(r#"{{"meter":"{meter}","at":1795306500,"values":{{"{code}":{written}}}}}"#)
}

#[test]
fn each_message_is_taken_or_set_aside_as_the_contract_says() {
    let ground = Ground::new();
    let mut wrong = Vec::new();
    let long = long_rows();
    let rows = MESSAGES
        .iter()
        .map(|(payload, expected)| (payload.to_vec(), *expected))
        .chain(long);
    for (payload, expected) in rows {
        let found = summary(&ground.take(&payload));
        if found != expected {
            let shown: String = String::from_utf8_lossy(&payload)
                .chars()
                .take(160)
                .collect();
            wrong.push(format!("{shown}\n    expected {expected}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_number_is_kept_to_the_last_bit_or_refused() {
    let ground = Ground::new();
    for (code, written, expected) in NUMBERS {
        let taken = ground.take(with_value(code, written).as_bytes());
        let found = match taken.readings.first() {
            Some(reading) => format!("{:?}", reading.values[0].number),
            None => summary(&taken).replace("0:", ""),
        };
        assert_eq!(&found, expected, "{code} {written}");
    }
}

#[test]
fn each_time_is_read_to_the_millisecond_or_refused() {
    let mut ground = Ground::new();
    // The window is wide open here, so that reading a time is seen apart from judging it.
    let window_ms = 400_000 * 86_400_000_i64;
    ground.limits = Limits {
        window_back_ms: window_ms,
        window_ahead_ms: window_ms * 100,
        ..Limits::default()
    };
    for (written, expected) in TIMES {
        let payload = format!(r#"{{"meter":"E-01","at":{written},"values":{{"kw":1}}}}"#);
        let taken = ground.take(payload.as_bytes());
        let found = match taken.readings.first() {
            Some(reading) => {
                let leap = reading.flags.names().any(|name| name == "leap_second");
                format!(
                    "{}{}",
                    reading.at.unix_ms(),
                    if leap { " leap" } else { "" }
                )
            }
            None => summary(&taken).replace("0:", ""),
        };
        assert_eq!(&found, expected, "{written}");
    }
}

#[test]
fn the_clock_window_ends_where_it_says() {
    const SECOND: i64 = 1000;
    const DAY: i64 = 86_400 * SECOND;
    let ground = Ground::new();
    let rows: &[(i64, &str)] = &[
        (0, ""),
        (-3600 * SECOND, ""),
        (-3600 * SECOND - 1, "late"),
        (-400 * DAY, "late"),
        (-400 * DAY - 1, "time_out_of_range"),
        (120 * SECOND, ""),
        (120 * SECOND + 1, "clock_skew"),
        (600 * SECOND, "clock_skew"),
        (600 * SECOND + 1, "time_out_of_range"),
    ];
    for (distance_ms, expected) in rows {
        let at = RECEIVED_AT_MS + distance_ms;
        let payload = format!(r#"{{"meter":"E-01","at":{at},"values":{{"kw":1}}}}"#);
        let taken = ground.take(payload.as_bytes());
        let found = match taken.readings.first() {
            Some(reading) => reading.flags.names().collect::<Vec<_>>().join(" "),
            None => summary(&taken).replace("0:", ""),
        };
        assert_eq!(&found, expected, "{distance_ms} ms from receipt");
    }
}

#[test]
fn a_clock_that_runs_ahead_flags_every_reading_of_its_message() {
    let ground = Ground::new();
    let ahead = RECEIVED_AT_MS + 121_000;
    let payload = format!(
        r#"{{"readings":[{{"meter":"E-01","at":{RECEIVED_AT_MS},"values":{{"kw":1}}}},
                         {{"meter":"E-01","at":{ahead},"values":{{"kw":1}}}}]}}"#
    );
    let taken = ground.take(payload.as_bytes());
    let flags: Vec<Vec<&str>> = taken
        .readings
        .iter()
        .map(|reading| reading.flags.names().collect())
        .collect();
    assert_eq!(flags, [["clock_skew"], ["clock_skew"]]);
}

#[test]
fn every_code_that_a_payload_can_earn_has_a_row() {
    // The doors refuse these before there is a payload to read.
    let of_the_doors = BTreeSet::from([Code::ForeignTopic, Code::QuotaExceeded]);
    let ground = Ground::new();
    let mut seen = of_the_doors;
    let mut look = |payload: &[u8]| {
        seen.extend(ground.take(payload).set_aside.iter().map(|item| item.code));
    };
    for (payload, _) in MESSAGES {
        look(payload);
    }
    for (payload, _) in long_rows() {
        look(&payload);
    }
    for (code, written, _) in NUMBERS {
        look(with_value(code, written).as_bytes());
    }
    let without: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !seen.contains(code))
        .collect();
    assert!(without.is_empty(), "codes without a row: {without:?}");
}

#[test]
fn what_is_set_aside_holds_exactly_the_values_that_were_not_taken() {
    let ground = Ground::new();
    let payload = br#"{"epoch":5,"seq":6,"readings":[
        {"meter":"E-01","at":1795306500,"values":{"kw":"1","kwh_register":2,"\u0066oo":3,"bar":4},"quality":"uncertain"},
        {"meter":"nobody","at":1795306500,"values":{"kw":1,"kwh_register":2}}]}"#;
    let taken = ground.take(payload);
    assert_eq!(
        summary(&taken),
        "1 0:bad_type 0:unknown_indicator*2 1:unknown_meter*2"
    );
    let raw: Vec<&str> = taken
        .set_aside
        .iter()
        .map(|item| std::str::from_utf8(&item.raw).unwrap())
        .collect();
    assert_eq!(
        raw,
        [
            r#"{"meter":"E-01","at":1795306500,"values":{"kw":"1"},"quality":"uncertain"}"#,
            r#"{"meter":"E-01","at":1795306500,"values":{"\u0066oo":3,"bar":4},"quality":"uncertain"}"#,
            r#"{"meter":"nobody","at":1795306500,"values":{"kw":1,"kwh_register":2}}"#,
        ]
    );
    assert_eq!(taken.values_received(), 6);
    assert_eq!((taken.epoch, taken.seq), (Some(5), Some(6)));
}

#[test]
fn an_item_keeps_at_most_its_limit_of_bytes() {
    let mut ground = Ground::new();
    ground.limits.raw_bytes = 20;
    let taken = ground.take(br#"{"meter":"nobody at all","at":1795306500,"values":{"kw":1}}"#);
    assert_eq!(taken.set_aside[0].raw, br#"{"meter":"nobody at "#);
    // Unless the configuration says otherwise, 64 KiB.
    let name = "x".repeat(70_000);
    let long = format!(r#"{{"meter":"{name}","at":1795306500,"values":{{"kw":1}}}}"#);
    let taken = Ground::new().take(long.as_bytes());
    assert_eq!(taken.set_aside[0].raw, &long.as_bytes()[..65_536]);
}

#[test]
fn quality_is_good_unless_the_message_says_otherwise() {
    let rows = [
        ("", Quality::Good),
        (r#","quality":"good""#, Quality::Good),
        (r#","quality":"uncertain""#, Quality::Uncertain),
        (r#","quality":"bad""#, Quality::Bad),
    ];
    for (said, expected) in rows {
        let payload = format!(r#"{{"meter":"E-01","at":1795306500,"values":{{"kw":1}}{said}}}"#);
        let taken = Ground::new().take(payload.as_bytes());
        assert_eq!(taken.readings[0].quality, expected, "{payload}");
    }
}

#[test]
fn a_replay_may_shift_the_time_and_name_another_meter() {
    let ground = Ground::new();
    let payload = br#"{"meter":"E-1","at":"2026-11-22T16:15:00+08:00","values":{"kw":1}}"#;
    assert_eq!(summary(&ground.take(payload)), "0:time_out_of_range");
    let amendment = Amendment {
        shift_ms: -8 * 3_600_000,
        meter_as: Some("E-01".parse().unwrap()),
    };
    let taken = ground.take_amended(payload, &amendment);
    assert_eq!(summary(&taken), "1");
    assert_eq!(taken.readings[0].at.unix_ms(), 1_795_306_500_000);
    let flags: Vec<_> = taken.readings[0].flags.names().collect();
    assert_eq!(flags, ["time_shifted", "meter_mapped"]);
}

#[test]
fn the_sender_is_told_code_and_detail_of_each_part() {
    let ground = Ground::new();
    let taken = ground.take(
        br#"{"epoch":1,"seq":2,"readings":[{"meter":"E-01","at":1795306500,"values":{"kw":"1"}}]}"#,
    );
    assert_eq!(
        refusals(&taken),
        [
            r#"{"epoch":1,"seq":2,"code":"bad_type","detail":"kw must be a JSON number without quotes, not a text","readings":[{"index":0,"code":"bad_type","detail":"kw must be a JSON number without quotes, not a text"}]}"#
        ]
    );
    let whole = ground.take(b"\xef\xbb\xbf{}");
    assert_eq!(
        refusals(&whole),
        [
            r#"{"epoch":null,"seq":null,"code":"bad_encoding","detail":"begins with a byte order mark; leave it out","readings":[]}"#
        ]
    );
    let good = ground.take(br#"{"meter":"E-01","at":1795306500,"values":{"kw":1}}"#);
    assert_eq!(refusals(&good), [""; 0]);
}
