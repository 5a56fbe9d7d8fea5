//! The tables of `readings.db`, as numbered migrations that only go forward.

/// "park", so that other programs' files are told apart.
pub(super) const APPLICATION_ID: i64 = 0x7061_726b;

/// One migration a format; format n is what the first n leave behind.
pub(super) const MIGRATIONS: &[&str] = &[FORMAT_1];

const FORMAT_1: &str = "
-- The log: one row per group commit; numbers dense, never reused; n entries.
CREATE TABLE batch (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, d BLOB NOT NULL);
-- One meter, one day of the park, all its indicators.
CREATE TABLE day (k INTEGER PRIMARY KEY, d BLOB NOT NULL);
-- One column of 16 meters, one month.
CREATE TABLE month (k INTEGER PRIMARY KEY, d BLOB NOT NULL);
-- The newest first value of each series of 64 meters.
CREATE TABLE latest (k INTEGER PRIMARY KEY, d BLOB NOT NULL);
-- Values beside the chunks: conflicts (revision 2, 3 ..) and bad values (0). v is the double's bits.
CREATE TABLE rev (
    dev INTEGER NOT NULL, ts INTEGER NOT NULL, metric INTEGER NOT NULL, bad INTEGER NOT NULL,
    v INTEGER NOT NULL, revision INTEGER NOT NULL, gateway INTEGER NOT NULL, epoch INTEGER,
    seq INTEGER, seen INTEGER NOT NULL, marks INTEGER NOT NULL,
    PRIMARY KEY (dev, ts, metric, bad, v)
) WITHOUT ROWID;
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, gateway INTEGER NOT NULL, epoch INTEGER,
    seq INTEGER, received_s INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,
    place INTEGER, n INTEGER NOT NULL, bytes INTEGER NOT NULL, digest BLOB NOT NULL, raw BLOB,
    who TEXT, how TEXT, replayed_ms INTEGER
);
CREATE INDEX quarantine_by_gateway ON quarantine (gateway, id);
CREATE TABLE trial (
    id INTEGER PRIMARY KEY, gateway INTEGER NOT NULL, received_s INTEGER NOT NULL, d TEXT NOT NULL
);
CREATE INDEX trial_by_gateway ON trial (gateway, id);
CREATE INDEX trial_by_time ON trial (received_s);
CREATE TABLE decision (
    id INTEGER PRIMARY KEY, meter INTEGER NOT NULL, indicator INTEGER NOT NULL, at INTEGER NOT NULL,
    chosen INTEGER, who TEXT NOT NULL, reason TEXT NOT NULL, decided_at INTEGER NOT NULL
);
CREATE INDEX decision_by_key ON decision (meter, at, indicator, id);
-- Contract C2, of folded batches; those in the log carry their own counts. A slice of a fold takes
-- what it merged from `pending`, the last one adds what its batches had brought: so `pending` may
-- be below 0 here while a fold is under way.
CREATE TABLE counts (
    day INTEGER NOT NULL, gateway INTEGER NOT NULL, received INTEGER NOT NULL,
    stored INTEGER NOT NULL, duplicate INTEGER NOT NULL, conflict INTEGER NOT NULL,
    quarantined INTEGER NOT NULL, refused INTEGER NOT NULL, pending INTEGER NOT NULL,
    unpromised INTEGER NOT NULL, PRIMARY KEY (day, gateway)
) WITHOUT ROWID;
-- Message numbers on disk, as pairs of 8-byte numbers: from, to.
CREATE TABLE receipt (
    gateway INTEGER NOT NULL, epoch INTEGER NOT NULL, ranges BLOB NOT NULL,
    PRIMARY KEY (gateway, epoch)
) WITHOUT ROWID;
CREATE TABLE cursor (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
-- folded: the last batch folded; compacted_on: the day of the last compaction; compactions: how
-- many blocks were compacted.
CREATE TABLE meta (k TEXT PRIMARY KEY, v INTEGER NOT NULL) WITHOUT ROWID;
-- Rows that could not be read, as they were.
CREATE TABLE damaged (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, k INTEGER NOT NULL, why TEXT NOT NULL, d BLOB
);
";
