//! Rows of the MQTT door's table: SUBSCRIBE, what comes down, and sessions. Knows no step.

use super::{Row, row};

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
        &[
            "2.where.refusals",
            "2.partly.code",
            "2.unknown-meter.code",
        ],
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
        &["2.sessions.kept", "2.sessions.client"],
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
        &[
            "2.sessions.take-over",
            "2.sessions.client",
            "2.who.client-id.suffix",
        ],
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
