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
            "7.others",
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
        "no payload, a mark, 100,000 brackets",
        &["7.mark", "7.payload.brackets", "7.others", "7.unharmed"],
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
        &["2.partly", "2.partly.acknowledged", "2.what.alone"],
        "> connect
        < in 0
        ! hold
        > pub id=1 body={\"meter\":\"E-01\",\"at\":1795306400,\"values\":{\"kw\":1,\"temperature_c\":true}}
        < silence
        ! release
        < 40 02 00 01
        = kept 1
        = quarantined 1",
    ),
    row(
        "a meter that is not registered is quarantined, again and again",
        &["2.unknown-meter", "2.unknown-meter.never", "2.partly.meter"],
        "> connect
        < in 0
        > pub id=1 body={\"meter\":\"X-99\",\"at\":1795306500,\"values\":{\"kw\":1}}
        < 40 02 00 01
        = quarantined 1
        > pub id=2 body={\"meter\":\"X-99\",\"at\":1795306500,\"values\":{\"kw\":1}}
        < 40 02 00 02
        = quarantined 2
        = kept 0",
    ),
    row(
        "a meter of somebody else is quarantined like one that is not there",
        &["2.unknown-meter.foreign", "2.unknown-meter.code"],
        "> connect
        < in 0
        > sub id=1 to=refusals:0
        < 90 ..
        > pub id=2 body={\"meter\":\"X-09\",\"at\":1795306500,\"values\":{\"kwh_register\":1}}
        < 40 02 00 02
        < text \"code\":\"unknown_meter\"
        = quarantined 1
        = kept 0",
    ),
    row(
        "1,000 readings a message and no more",
        &["2.limits.readings"],
        "> connect
        < in 0
        > pub id=1 body=READINGS*1000
        < 40 02 00 01
        = kept 1000
        > pub id=2 body=READINGS*1001
        3: < 40 02 00 02
        5: < 40 03 00 02 99
        = kept 1000
        = quarantined 1",
    ),
    row(
        "64 values a reading and no more",
        &["2.limits.values"],
        "> connect
        < in 0
        > sub id=1 to=refusals:0
        < 90 ..
        > pub id=2 body=VALUES*64
        < 40 02 00 02
        < text \"code\":\"unknown_indicator\"
        > pub id=3 body=VALUES*65
        < 40 02 00 03
        < text \"code\":\"too_many\"
        = quarantined 129",
    ),
    row(
        "depth 8 and no more",
        &["2.limits.depth"],
        "> connect
        < in 0
        > sub id=1 to=refusals:0
        < 90 ..
        > pub id=2 body={\"readings\":[{\"meter\":\"E-01\",\"at\":1795306500,\"values\":{\"kw\":[[[[1]]]]}}]}
        < 40 02 00 02
        < text \"code\":\"bad_type\"
        > pub id=3 body={\"readings\":[{\"meter\":\"E-01\",\"at\":1795306500,\"values\":{\"kw\":[[[[[1]]]]]}}]}
        < 40 02 00 03
        < text \"code\":\"too_deep\"",
    ),
    row(
        "400 days back and no more",
        &["2.limits.back"],
        "> connect
        < in 0
        > sub id=1 to=refusals:0
        < 90 ..
        > pub id=2 body={\"meter\":\"E-01\",\"at\":1760746505,\"values\":{\"kw\":1}}
        < 40 02 00 02
        = kept 1
        > pub id=3 body={\"meter\":\"E-01\",\"at\":1760746504999,\"values\":{\"kw\":1}}
        < 40 02 00 03
        < text \"code\":\"time_out_of_range\"
        = kept 1",
    ),
    row(
        "10 minutes ahead and no more",
        &["2.limits.ahead"],
        "> connect
        < in 0
        > sub id=1 to=refusals:0
        < 90 ..
        > pub id=2 body={\"meter\":\"E-01\",\"at\":1795307105,\"values\":{\"kw\":1}}
        < 40 02 00 02
        = kept 1
        > pub id=3 body={\"meter\":\"E-01\",\"at\":1795307105001,\"values\":{\"kw\":1}}
        < 40 02 00 03
        < text \"code\":\"time_out_of_range\"
        = kept 1",
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
