-- 0004: honours and events of enterprises, and where the figures of a rated year were taken from.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.

-- Dated in its file: a correction sets `superseded_at` and adds a row. An event holds for its day.
CREATE TABLE conduct (
    number INTEGER NOT NULL PRIMARY KEY,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    kind TEXT NOT NULL CHECK (kind IN ('honour', 'event')),
    code TEXT NOT NULL,
    document TEXT NOT NULL,
    source TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    CHECK (valid_to > valid_from)
) STRICT;
CREATE UNIQUE INDEX conduct_now
    ON conduct (enterprise, kind, code, document, valid_from) WHERE superseded_at IS NULL;

-- The figures behind a result, each with its inputs: the room `ledger`'s JSON, empty for results that
-- were worked out before there were any.
ALTER TABLE assessed ADD COLUMN figures TEXT NOT NULL DEFAULT '';
