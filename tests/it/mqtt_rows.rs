//! The conformance table of the MQTT door, and nothing but the table: each row cites the sentences it shows
//! (`tests/data/mqtt-sentences.toml`); the steps are those of `mqtt_script`.

/// Which door a row is played against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// The limits of the contract.
    Usual,
    /// Window 3, 4 values a day, 300 ms for CONNECT and for a packet.
    Small,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) cites: &'static [&'static str],
    pub(crate) size: Size,
    pub(crate) script: &'static str,
}

const fn row(name: &'static str, cites: &'static [&'static str], script: &'static str) -> Row {
    Row {
        name,
        cites,
        size: Size::Usual,
        script,
    }
}

const fn small(name: &'static str, cites: &'static [&'static str], script: &'static str) -> Row {
    Row {
        name,
        cites,
        size: Size::Small,
        script,
    }
}

/// CONNECT and who may come in.
pub(crate) const CONNECTS: &[Row] = &[
    row(
        "what we are is said in the CONNACK",
        &["2.versions", "2.who.token", "2.limits.window"],
        "> connect
        3: < 20 02 00 00
        5: < 20 12 00 00 0f 21 00 c8 27 00 05 00 00 22 00 10 29 00 2a 00",
    ),
    row(
        "a wrong token is refused",
        &["2.who.token"],
        "> connect token=0000
        3: < 20 02 00 04
        5: < 20 03 00 86 00
        < closed",
    ),
    row(
        "an unknown gateway is refused like a wrong token",
        &["2.who.token"],
        "> connect user=GW-9 token=0000 id=GW-9
        3: < 20 02 00 04
        5: < 20 03 00 86 00
        < closed",
    ),
    row(
        "nobody comes in without a credential",
        &["2.who.token"],
        "> connect user=- token=-
        3: < 20 02 00 04
        5: < 20 03 00 86 00
        < closed",
    ),
    row(
        "a suffix after the slash is a client id of the gateway",
        &["2.who.client-id"],
        "> connect id={G}/logger
        < in 0",
    ),
    row(
        "another gateway's client id is refused",
        &["2.who.foreign-id", "2.sessions.take-over"],
        "@b
        > connect user=GW-2 id=GW-2
        < in 0
        @a
        > connect id=GW-2
        3: < 20 02 00 02
        5: < 20 03 00 85 00
        < closed
        @b
        > c0 00
        < d0 00",
    ),
    row(
        "an id that only begins like the gateway's is another's",
        &["2.who.foreign-id"],
        "> connect id={G}x
        3: < 20 02 00 02
        5: < 20 03 00 85 00
        < closed",
    ),
    row(
        "a slash without a suffix is no client id",
        &["2.who.client-id"],
        "> connect id={G}/
        3: < 20 02 00 02
        5: < 20 03 00 85 00
        < closed",
    ),
    row(
        "a client id full of wildcards is refused",
        &["7.wild-id"],
        "> connect id=+#/+#/
        3: < 20 02 00 02
        5: < 20 03 00 85 00
        < closed
        @b
        > connect id={G}/+#/+#
        3: < 20 02 00 02
        5: < 20 03 00 85 00
        < closed",
    ),
    row(
        "without a client id one is assigned",
        &["2.who.no-id"],
        "> connect id=-
        3: < 20 02 00 00
        5: < text {G}/
        > c0 00
        < d0 00",
    ),
    row(
        "3.1.1 needs a client id for a session that stays",
        &["2.who.no-id"],
        "3: > connect id=- clean=0
        3: < 20 02 00 02
        3: < closed
        5: > connect id=- clean=0
        5: < in 0",
    ),
    row(
        "permissions come from the credential, not from the client id",
        &["2.who.permissions"],
        "@b
        > connect user=GW-2 id=GW-2
        < in 0
        > pub to=readings id=5
        3: < closed
        5: < 40 03 00 05 87
        @a
        > connect
        < in 0
        = received 0",
    ),
    row(
        "a will may go to the own status",
        &["2.where.status"],
        "> connect will=status
        < in 0
        ! leave
        ! said offline",
    ),
    row(
        "a client that says goodbye takes its will with it",
        &["2.where.status"],
        "> connect will=status says=offline
        < in 0
        > pub to=status id=3 body=online
        < 40 02 00 03
        > e0 00
        < closed
        ! said online",
    ),
    row(
        "MQTT 5 may leave with its will",
        &["2.where.status"],
        "5: > connect will=status
        5: < in 0
        5: > e0 01 04
        5: < closed
        5: ! said offline",
    ),
    row(
        "a will on a foreign topic is refused",
        &["7.foreign-will", "7.no-state"],
        "> connect will=readings
        3: < 20 02 00 05
        5: < 20 03 00 87 00
        < closed
        @b
        > connect will=/parkpulse/v1/x/y/status
        3: < 20 02 00 05
        5: < 20 03 00 87 00
        < closed
        @c
        > connect clean=0
        < in 0",
    ),
    row(
        "a will with wildcards is refused",
        &["7.foreign-will", "7.wildcards"],
        "> connect will=/parkpulse/#
        3: < 20 02 00 03
        5: < 20 03 00 90 00
        < closed",
    ),
    row(
        "the reserved flag of CONNECT must be 0",
        &["7.reserved"],
        "> connect flags=1
        5: < 20 03 00 81 00
        < closed",
    ),
    row(
        "will QoS and will retain without a will",
        &["7.reserved"],
        "> connect flags=32
        5: < 20 03 00 81 00
        < closed",
    ),
    row(
        "will QoS 3",
        &["7.reserved"],
        "> connect will=status flags=24
        5: < 20 03 00 81 00
        < closed",
    ),
    row(
        "bytes after the CONNECT's last field",
        &["7.reserved"],
        "> connect trailing
        5: < 20 03 00 81 00
        < closed",
    ),
    row(
        "NUL in a client id",
        &["7.nul"],
        "> connect id={G}/*
        5: < 20 03 00 81 00
        < closed",
    ),
    row(
        "an unknown protocol name is cut off",
        &["8.protocol"],
        "> connect name=MQTX
        < closed",
    ),
    row(
        "MQTT 3.1 is told that it is not spoken here",
        &["8.protocol"],
        "> 10 0e 00 06 4d 51 49 73 64 70 03 02 00 3c 00 00
        < 20 02 00 01
        < closed",
    ),
    row(
        "unknown levels are told so",
        &["8.protocol"],
        "> connect level=3
        < 20 02 00 01
        < closed
        @b
        > connect level=6
        < 20 03 00 84 00
        < closed",
    ),
    row(
        "an authentication that nobody agreed on",
        &["8.protocol"],
        "5: > connect props=15,00,01,78
        5: < 20 03 00 8c 00
        5: < closed",
    ),
    row(
        "PUBLISH before CONNECT",
        &["7.publish-first", "7.no-state"],
        "> pub
        < closed
        = received 0",
    ),
    row(
        "a second CONNECT",
        &["7.second-connect"],
        "> connect
        < in 0
        > connect
        5: < e0 02 82 00
        < closed",
    ),
    row(
        "packets that only a server sends",
        &["7.reserved"],
        "> connect
        < in 0
        > 20 02 00 00
        5: < e0 02 82 00
        < closed",
    ),
    row(
        "packet type 0",
        &["7.reserved"],
        "> connect
        < in 0
        > 00 00
        5: < e0 02 82 00
        < closed",
    ),
    row(
        "a first packet of 256 MB is not awaited",
        &["7.announced"],
        "> 10 ff ff ff 7f
        < closed",
    ),
    small(
        "a connection without a CONNECT ends in time",
        &["2.limits.connect"],
        "> 10
        < closed",
    ),
    small(
        "a packet must be whole in time",
        &["2.limits.connect"],
        "> connect
        < in 0
        > 32 10 00
        5: < e0 02 8d 00
        < closed",
    ),
    small(
        "silence for one and a half keep-alives ends the connection",
        &["2.limits.keep-alive"],
        "> connect keep=1
        < in 0
        < quiet 1300
        5: < e0 02 8d 00
        < closed",
    ),
    small(
        "a ping keeps the connection alive",
        &["2.limits.keep-alive"],
        "> connect keep=1
        < in 0
        < quiet 800
        > c0 00
        < d0 00
        < quiet 900
        > c0 00
        < d0 00",
    ),
];

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
        &["2.qos", "2.qos-0"],
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
        &["2.where.test"],
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
        &["2.where.slash"],
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
        &["7.dollar"],
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

/// SUBSCRIBE, what comes down, and sessions.
pub(crate) const SESSIONS: &[Row] = &[
    row(
        "a gateway subscribes below its own prefix",
        &["2.where.subscribe"],
        "> connect
        < in 0
        > sub id=10 to=receipts:0,refusals:1,#:2
        3: < 90 05 00 0a 00 01 01
        5: < 90 06 00 0a 00 00 01 01",
    ),
    row(
        "one allowed and one foreign filter are answered on their own",
        &["7.mixed-subscribe", "2.where.subscribe"],
        "> connect
        < in 0
        > sub id=10 to=receipts:1,/parkpulse/v1/{E}/GW-2/receipts:1,/#:0
        3: < 90 05 00 0a 01 80 80
        5: < 90 06 00 0a 00 01 87 87",
    ),
    row(
        "the prefix of a filter is compared with its slash",
        &["2.where.slash"],
        "> connect
        < in 0
        > sub id=10 to=/parkpulse/v1/{E}/{G}x/#:0,/parkpulse/v1/{E}/+/receipts:0
        3: < 90 04 00 0a 80 80
        5: < 90 05 00 0a 00 87 87",
    ),
    row(
        "a filter that is none",
        &["7.wildcards"],
        "> connect
        < in 0
        > sub id=10 to=a#:0
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "a shared subscription",
        &["2.where.subscribe"],
        "> connect
        < in 0
        > sub id=10 to=/$share/g/x:0
        3: < 90 03 00 0a 80
        5: < 90 04 00 0a 00 9e",
    ),
    row(
        "a subscription identifier, which we said we do not know",
        &["7.reserved"],
        "5: > connect
        5: < in 0
        5: > sub id=10 props=0b,05 to=receipts:0
        5: < e0 02 a1 00
        5: < closed",
    ),
    row(
        "SUBSCRIBE with id 0, without a filter, with wrong flags",
        &["7.id-0", "7.reserved"],
        "> connect
        < in 0
        > sub id=0 to=receipts:0
        5: < e0 02 81 00
        < closed
        @b
        > connect
        < in 0
        3: > 82 02 00 01
        5: > 82 03 00 01 00
        5: < e0 02 82 00
        < closed
        @c
        > connect
        < in 0
        > 80 02 00 01
        5: < e0 02 81 00
        < closed",
    ),
    row(
        "options that 3.1.1 does not know",
        &["7.reserved"],
        "3: > connect
        3: < in 0
        3: > sub id=1 to=receipts:4
        3: < closed",
    ),
    row(
        "UNSUBSCRIBE is answered",
        &["2.where.subscribe"],
        "> connect
        < in 0
        > sub id=1 to=receipts:0
        < 90 ..
        > unsub id=2 to=receipts,refusals
        3: < b0 02 00 02
        5: < b0 05 00 02 00 00 11
        > pub id=3 body={\"epoch\":1,\"seq\":1,\"readings\":[]}
        < 40 02 00 03
        < silence",
    ),
    row(
        "a receipt follows the acknowledgement",
        &["2.where.receipts", "2.what.uncounted"],
        "> connect
        < in 0
        > sub id=1 to=receipts:0
        < 90 ..
        > pub id=2 body={\"epoch\":100,\"seq\":1,\"readings\":[]}
        < 40 02 00 02
        < text {G}/receipts & {\"epoch\":100,\"durable_seq\":1}
        > pub id=3 body={\"epoch\":100,\"seq\":3,\"readings\":[]}
        < 40 02 00 03
        < silence
        > pub id=4 body={\"epoch\":100,\"seq\":2,\"readings\":[]}
        < 40 02 00 04
        < text {\"epoch\":100,\"durable_seq\":3}
        > pub id=5
        < 40 02 00 05
        < silence",
    ),
    row(
        "the last receipt is sent again on connect",
        &["2.where.last-receipt", "2.sessions.kept"],
        "> connect clean=0
        < in 0
        > sub id=1 to=receipts:1
        < 90 ..
        > pub id=2 body={\"epoch\":100,\"seq\":1,\"readings\":[]}
        < 40 02 00 02
        < text {\"epoch\":100,\"durable_seq\":1}
        > 40 02 00 01
        > e0 00
        < closed
        @b
        > connect clean=0
        < in 1
        < text {\"epoch\":100,\"durable_seq\":1}",
    ),
    row(
        "a refusal says code, place and reason",
        &["2.where.refusals"],
        "> connect
        < in 0
        > sub id=1 to=refusals:1
        < 90 ..
        > pub id=2 body={\"epoch\":5,\"seq\":8,\"readings\":[{\"meter\":\"X-9\",\"at\":1795306500,\"values\":{\"kw\":1}}]}
        < 40 02 00 02
        < text {G}/refusals & \"epoch\":5,\"seq\":8 & \"code\":\"unknown_meter\" & \"readings\":[{\"index\":0",
    ),
    row(
        "a refusal reaches every subscriber of the gateway and nobody else",
        &["2.where.refusals", "2.who.permissions"],
        "@b
        > connect id={G}/screen
        < in 0
        > sub id=1 to=refusals:0
        < 90 ..
        @a
        > connect
        < in 0
        > pub id=2 body=x
        < 40 ..
        < silence
        @b
        < text \"code\":\"bad_encoding\"",
    ),
    row(
        "our messages keep to the client's window",
        &["2.where.refusals"],
        "5: > connect props=21,00,01
        5: < in 0
        5: > sub id=1 to=refusals:1
        5: < 90 ..
        5: > pub id=2 body=x
        5: < 40 ..
        5: < text bad_encoding
        5: > pub id=3 body=y
        5: < 40 ..
        5: < silence
        5: > 40 02 00 01
        5: < text bad_encoding",
    ),
    row(
        "a session is present for a known client",
        &["2.sessions.kept"],
        "> connect clean=0
        < in 0
        > e0 00
        < closed
        ! gone
        @b
        > connect clean=0
        < in 1",
    ),
    row(
        "a clean start forgets the session",
        &["2.sessions.kept"],
        "> connect clean=0
        < in 0
        > sub id=1 to=receipts:0
        < 90 ..
        > e0 00
        < closed
        @b
        > connect clean=1
        < in 0
        > e0 00
        < closed
        ! gone
        @c
        > connect clean=0
        < in 0",
    ),
    row(
        "MQTT 5 may end its session with its connection",
        &["2.sessions.kept"],
        "5: > connect clean=0
        5: < in 0
        5: > e0 07 00 05 11 00 00 00 00
        5: < closed
        5: ! gone
        5: @b
        5: > connect clean=0
        5: < in 0",
    ),
    row(
        "the same client id takes its connection over",
        &["2.answers.taken-over", "2.sessions.take-over"],
        "> connect
        < in 0
        @b
        > connect
        < in 0
        @a
        5: < e0 02 8e 00
        < closed
        @b
        > c0 00
        < d0 00",
    ),
    row(
        "a connection that is taken over leaves its will",
        &["2.where.status", "2.answers.taken-over"],
        "> connect will=status
        < in 0
        > pub to=status id=1 body=online
        < 40 02 00 01
        ! said online
        @b
        > connect
        < in 0
        ! said offline
        > pub to=status id=1 body=online
        < 40 02 00 01
        ! said online",
    ),
    row(
        "another suffix takes nothing over",
        &["2.sessions.take-over", "2.who.client-id"],
        "> connect
        < in 0
        @b
        > connect id={G}/b
        < in 0
        @a
        > c0 00
        < d0 00",
    ),
    row(
        "a revoked credential ends its connection",
        &["2.revoked"],
        "> connect
        < in 0
        ! revoke
        5: < e0 02 87 00
        < closed
        @b
        > connect
        3: < 20 02 00 04
        5: < 20 03 00 86 00
        < closed",
    ),
    row(
        "an AUTH out of nowhere",
        &["8.protocol"],
        "> connect
        < in 0
        > f0 00
        5: < e0 02 82 00
        < closed",
    ),
];
