//! Rows of the MQTT door's table: CONNECT and who may come in. Knows no step.

use super::{Row, row, small};

/// CONNECT and who may come in.
pub(crate) const CONNECTS: &[Row] = &[
    row(
        "what we are is said in the CONNACK",
        &[
            "2.versions",
            "2.who.user",
            "2.who.token",
            "2.who.client-id",
            "2.limits.window",
        ],
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
        &["2.who.user", "2.who.token"],
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
        &[
            "2.who.client-id.or",
            "2.who.client-id.slash",
            "2.who.client-id.suffix",
        ],
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
        &["2.who.foreign-id", "2.who.client-id.slash"],
        "> connect id={G}x
        3: < 20 02 00 02
        5: < 20 03 00 85 00
        < closed",
    ),
    row(
        "a slash without a suffix is no client id",
        &["2.who.client-id.suffix"],
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
        &["7.second-connect", "7.close"],
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
