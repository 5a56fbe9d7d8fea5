//! Rows of the MQTT door's table: PUBLISH: where to, at which QoS, and what is answered when. Knows no step.

use super::{Row, row};

/// PUBLISH: where to, at which QoS, and what is answered when.
pub(crate) const PUBLISHES: &[Row] = &[
    row(
        "QoS 1 is acknowledged after the commit and not before",
        &["1.c1", "2.qos", "2.where.readings", "2.answers.ok"],
        "> connect
        < in 0
        ! hold
        > pub id=7
        < silence
        ! release
        < 40 02 00 07
        = kept 1",
    ),
    row(
        "QoS 2 is received after the commit, once",
        &["1.c1", "2.qos"],
        "> connect
        < in 0
        ! hold
        > pub q=2 id=9
        < silence
        ! release
        < 50 02 00 09
        > 62 02 00 09
        < 70 02 00 09
        = received 1",
    ),
    row(
        "a repeated QoS 2 id is received again and taken once",
        &["2.qos"],
        "> connect
        < in 0
        > pub q=2 id=9
        < 50 02 00 09
        > pub q=2 id=9 dup
        < 50 02 00 09
        > 62 02 00 09
        < 70 02 00 09
        = received 1
        > pub q=2 id=9
        < 50 02 00 09
        = received 2",
    ),
    row(
        "a repeated QoS 2 id before the commit",
        &["2.qos", "1.c1"],
        "> connect
        < in 0
        ! hold
        > pub q=2 id=9 + pub q=2 id=9 dup
        < silence
        ! release
        < 50 02 00 09
        < 50 02 00 09
        = received 1",
    ),
    row(
        "QoS 0 is committed, counted apart and not answered",
        &["2.qos.zero", "2.qos-0"],
        "> connect
        < in 0
        > pub q=0
        = kept 1
        = unpromised 1
        < silence",
    ),
    row(
        "acknowledgements come in the order of the messages",
        &["1.c1"],
        "> connect
        < in 0
        ! hold
        > pub id=3 + pub id=1 kw=2 + pub id=2 kw=3
        < silence
        ! release
        < 40 02 00 03
        < 40 02 00 01
        < 40 02 00 02",
    ),
    row(
        "PUBREL of an unknown id gets PUBCOMP",
        &["2.answers.release"],
        "> connect
        < in 0
        > 62 02 12 34
        < 70 02 12 34",
    ),
    row(
        "a test is checked and answered and never in the ledger",
        &["2.where.test", "2.where.test.ledger"],
        "> connect
        < in 0
        > pub to=test id=4
        < 40 02 00 04
        > pub to=test id=5 body={
        3: < 40 02 00 05
        5: < 40 03 00 05 99
        = kept 0",
    ),
    row(
        "a status is neither kept nor counted",
        &["2.where.status"],
        "> connect
        < in 0
        > pub to=status id=1 body=online
        < 40 02 00 01
        ! said online
        > pub to=status id=2 body=offline
        < 40 02 00 02
        ! said offline
        = received 0",
    ),
    row(
        "a status that is none is quarantined",
        &["2.where.status", "2.answers.unreadable"],
        "> connect
        < in 0
        > pub to=status id=1 body=busy
        3: < 40 02 00 01
        5: < 40 03 00 01 99
        = quarantined 1",
    ),
    row(
        "a foreign topic is refused and counted",
        &[
            "2.where.publish",
            "2.answers.foreign",
            "2.answers.v3-foreign",
            "7.close",
        ],
        "> connect
        < in 0
        > pub to=/parkpulse/v1/{E}/GW-2/readings id=6
        3: < closed
        5: < 40 03 00 06 87
        = refused 1",
    ),
    row(
        "a foreign topic at QoS 2",
        &["2.answers.foreign"],
        "> connect
        < in 0
        > pub q=2 to=/other id=6
        3: < closed
        5: < 50 03 00 06 87
        5: > pub q=2 id=6
        5: < 50 02 00 06
        = refused 1",
    ),
    row(
        "what came before a foreign topic is acknowledged all the same",
        &["2.answers.v3-foreign"],
        "> connect
        < in 0
        > pub id=1 + pub id=2 to=/x
        < 40 02 00 01
        3: < closed
        5: < 40 03 00 02 87
        = kept 1
        = refused 1",
    ),
    row(
        "below the own prefix there are three topics up",
        &["2.where.publish"],
        "> connect
        < in 0
        > pub to=receipts id=6
        3: < closed
        5: < 40 03 00 06 87
        = refused 1",
    ),
    row(
        "the prefix is compared with its trailing slash",
        &["2.where.whole", "2.where.slash"],
        "> connect
        < in 0
        > pub to=/parkpulse/v1/{E}/{G}x/readings id=6
        3: < closed
        5: < 40 03 00 06 87
        = kept 0",
    ),
    row(
        "empty levels are foreign",
        &["7.empty-levels"],
        "> connect
        < in 0
        > pub to=/parkpulse/v1//{G}/readings id=6
        3: < closed
        5: < 40 03 00 06 87
        = refused 1",
    ),
    row(
        "an empty level below the prefix is foreign",
        &["7.empty-levels"],
        "> connect
        < in 0
        > pub to=/parkpulse/v1/{E}/{G}//readings id=6
        3: < closed
        5: < 40 03 00 06 87",
    ),
    row(
        "$ topics are foreign",
        &["7.empty-levels"],
        "> connect
        < in 0
        > pub to=/$SYS/readings id=6
        3: < closed
        5: < 40 03 00 06 87
        = refused 1",
    ),
    row(
        "wildcards in a publish topic",
        &["7.wildcards"],
        "> connect
        < in 0
        > pub to=/parkpulse/v1/{E}/+/readings id=6
        5: < e0 02 90 00
        < closed
        @b
        > connect
        < in 0
        > pub to=# id=6
        5: < e0 02 90 00
        < closed",
    ),
    row(
        "NUL in a publish topic",
        &["7.nul"],
        "> connect
        < in 0
        > pub to=readings* id=6
        5: < e0 02 90 00
        < closed",
    ),
    row(
        "a topic of no characters",
        &["7.empty-levels"],
        "> connect
        < in 0
        > pub to=- id=6
        5: < e0 02 90 00
        < closed",
    ),
    row(
        "a topic that is not UTF-8",
        &["7.nul"],
        "> connect
        < in 0
        3: > 32 06 00 02 ff fe 00 01
        5: > 32 07 00 02 ff fe 00 01 00
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "packet id 0",
        &["7.id-0"],
        "> connect
        < in 0
        > pub id=0
        5: < e0 02 81 00
        < closed
        = received 0",
    ),
    row(
        "QoS 3",
        &["7.reserved"],
        "> connect
        < in 0
        > 36 04 00 00 00 01
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "a repetition of what was never promised",
        &["7.reserved"],
        "> connect
        < in 0
        > pub q=0 dup
        5: < e0 02 81 00
        < closed
        = received 0",
    ),
    row(
        "wrong flags of PUBREL",
        &["7.reserved"],
        "> connect
        < in 0
        > 60 02 00 01
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "PINGREQ with flags, and with a body",
        &["7.reserved"],
        "> connect
        < in 0
        > c1 00
        5: < e0 02 81 00
        < closed
        @b
        > connect
        < in 0
        > c0 01 00
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "an answer to what we never sent at QoS 2",
        &["7.reserved"],
        "> connect
        < in 0
        > 50 02 00 01
        5: < e0 02 82 00
        < closed",
    ),
    row(
        "a length of five bytes",
        &["7.announced"],
        "> connect
        < in 0
        > 32 ff ff ff ff 01
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "announced 256 MB",
        &["7.announced", "2.answers.too-large"],
        "> connect
        < in 0
        > 32 ff ff ff 7f
        5: < e0 02 95 00
        < closed",
    ),
    row(
        "a message above 256 KiB",
        &["2.limits.bytes", "2.answers.too-large"],
        "> connect
        < in 0
        > pub id=1 body=HUGE
        5: < e0 02 95 00
        < closed",
    ),
    row(
        "retain is accepted and not kept",
        &["2.answers.retain"],
        "> connect
        < in 0
        > pub id=1 retain
        < 40 02 00 01
        > sub id=2 to=#
        5: < 90 04 00 02 00 00
        3: < 90 03 00 02 00
        < silence",
    ),
    row(
        "properties that belong to a PUBLISH are read over",
        &["2.answers.ok"],
        "5: > connect
        5: < in 0
        5: > pub id=1 props=01,01,02,00,00,00,3c,26,00,01,61,00,01,62
        5: < 40 02 00 01",
    ),
    row(
        "a subscription identifier from a client",
        &["7.reserved"],
        "5: > connect
        5: < in 0
        5: > pub id=1 props=0b,01
        5: < e0 02 82 00
        5: < closed",
    ),
    row(
        "a property twice",
        &["7.reserved"],
        "5: > connect
        5: < in 0
        5: > pub id=1 props=01,01,01,01
        5: < e0 02 82 00
        5: < closed",
    ),
    row(
        "an alias stands for the topic it was sent with",
        &["2.answers.ok"],
        "5: > connect
        5: < in 0
        5: > pub id=1 props=23,00,10
        5: < 40 02 00 01
        5: > pub id=2 to=- props=23,00,10 kw=2
        5: < 40 02 00 02
        5: = received 2",
    ),
    row(
        "an alias may stand for a foreign topic and is refused as such",
        &["2.where.publish"],
        "5: > connect
        5: < in 0
        5: > pub id=1 to=/x props=23,00,01
        5: < 40 03 00 01 87
        5: > pub id=2 to=- props=23,00,01
        5: < 40 03 00 02 87",
    ),
    row(
        "topic alias 0",
        &["7.alias"],
        "5: > connect
        5: < in 0
        5: > pub id=1 props=23,00,00
        5: < e0 02 94 00
        5: < closed",
    ),
    row(
        "topic alias above the maximum",
        &["7.alias"],
        "5: > connect
        5: < in 0
        5: > pub id=1 props=23,00,11
        5: < e0 02 94 00
        5: < closed",
    ),
    row(
        "a topic alias that stands for nothing",
        &["7.alias"],
        "5: > connect
        5: < in 0
        5: > pub id=1 to=- props=23,00,02
        5: < e0 02 82 00
        5: < closed",
    ),
];
