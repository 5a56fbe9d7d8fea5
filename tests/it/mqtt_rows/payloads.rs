//! Rows of the MQTT door's table: what is inside a message. Knows no step.

use super::{Row, row, small};

/// What is inside a message.
pub(crate) const PAYLOADS: &[Row] = &[
    row(
        "an unreadable payload is quarantined all the same",
        &[
            "2.answers.unreadable",
            "2.answers.v3-unreadable",
            "2.partly.whole",
            "7.payloads",
        ],
        "> connect
        < in 0
        ! hold
        > pub id=1 body={\"readings\":
        < silence
        ! release
        3: < 40 02 00 01
        5: < 40 03 00 01 99
        = quarantined 1",
    ),
    row(
        "an unreadable payload at QoS 2",
        &["2.answers.unreadable", "2.answers.v3-unreadable"],
        "> connect
        < in 0
        > pub q=2 id=1 body=x
        3: < 50 02 00 01
        5: < 50 03 00 01 99
        3: > 62 02 00 01
        3: < 70 02 00 01
        = quarantined 1",
    ),
    row(
        "no payload, a mark, 10,000 brackets",
        &["7.payloads", "7.others"],
        "@b
        > connect user=GW-2 id=GW-2
        < in 0
        @a
        > connect
        < in 0
        > pub id=1 body=EMPTY
        3: < 40 02 00 01
        5: < 40 03 00 01 99
        > pub id=2 body=BRACKETS
        3: < 40 02 00 02
        5: < 40 03 00 02 99
        > pub id=3 body=\u{feff}{}
        3: < 40 02 00 03
        5: < 40 03 00 03 99
        = quarantined 3
        @b
        > c0 00
        < d0 00",
    ),
    row(
        "one bad value is quarantined, the good one kept",
        &["2.partly"],
        "> connect
        < in 0
        > pub id=1 body={\"meter\":\"E-01\",\"at\":1795306400,\"values\":{\"kw\":1,\"temperature_c\":true}}
        < 40 02 00 01
        = kept 1
        = quarantined 1",
    ),
    row(
        "a meter that is not registered is quarantined",
        &["2.unknown-meter"],
        "> connect
        < in 0
        > pub id=1 body={\"meter\":\"X-99\",\"at\":1795306500,\"values\":{\"kw\":1}}
        < 40 02 00 01
        = quarantined 1
        = kept 0",
    ),
    small(
        "above the daily volume",
        &["2.limits.volume", "2.answers.quota"],
        "> connect
        < in 0
        > pub id=1 + pub id=2
        < 40 02 00 01
        < 40 02 00 02
        > pub id=3 + pub id=4
        < 40 02 00 03
        < 40 02 00 04
        > pub id=5
        3: < closed
        5: < 40 03 00 05 97
        = refused 1
        = kept 4",
    ),
    small(
        "the window of MQTT 5 is held",
        &["2.limits.window", "2.answers.window"],
        "5: > connect
        5: < in 0
        5: ! hold
        5: > pub id=1 + pub id=2 + pub id=3
        5: < silence
        5: > pub id=4
        5: < silence
        5: ! release
        5: < 40 02 00 01
        5: < 40 02 00 02
        5: < 40 02 00 03
        5: < e0 02 93 00
        5: < closed
        5: = received 3",
    ),
    small(
        "QoS 2 holds its place in the window until PUBREL",
        &["2.limits.window"],
        "5: > connect
        5: < in 0
        5: > pub q=2 id=1 + pub q=2 id=2 + pub q=2 id=3
        5: < 50 02 00 01
        5: < 50 02 00 02
        5: < 50 02 00 03
        5: > 62 02 00 02
        5: < 70 02 00 02
        5: > pub q=2 id=2
        5: < 50 02 00 02
        5: > pub q=2 id=7
        5: < e0 02 93 00
        5: < closed",
    ),
    small(
        "3.1.1 is not read beyond the window",
        &["2.limits.window", "2.answers.unavailable"],
        "3: > connect
        3: < in 0
        3: ! hold
        3: > pub id=1 + pub id=2 + pub id=3 + pub id=4 + c0 00
        3: < silence
        3: ! release
        3: < 40 02 00 01
        3: < 40 02 00 02
        3: < 40 02 00 03
        3: < d0 00
        3: < 40 02 00 04",
    ),
    row(
        "a store that does not commit is not answered for",
        &["2.answers.unavailable", "1.c1"],
        "> connect
        < in 0
        ! hold
        > pub id=1 + pub q=2 id=2
        < silence
        > c0 00
        < d0 00
        < silence
        ! release
        < 40 02 00 01
        < 50 02 00 02",
    ),
];
