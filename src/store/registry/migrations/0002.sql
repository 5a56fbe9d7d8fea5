-- 0002: what the ledger worked out from the readings.
-- For PostgreSQL read INTEGER as BIGINT, BLOB as BYTEA and leave STRICT out.
-- Follower, series, days and touched months can be worked out again; what was closed stands.

CREATE TABLE follower (
    name TEXT NOT NULL PRIMARY KEY,
    batch INTEGER NOT NULL
) STRICT;

-- A register as it was walked. `terms`: under another text its days are walked again.
CREATE TABLE ledger_series (
    meter INTEGER NOT NULL REFERENCES meter (number),
    indicator INTEGER NOT NULL,
    parent INTEGER REFERENCES meter (number),
    interval_ms INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    terms TEXT NOT NULL,
    PRIMARY KEY (meter, indicator)
) STRICT;
CREATE INDEX ledger_series_by_indicator ON ledger_series (indicator);

-- `day` counts park days from 1970-01-01; `first_day`: the first that `walked` says anything of.
CREATE TABLE ledger_day (
    meter INTEGER NOT NULL,
    indicator INTEGER NOT NULL,
    day INTEGER NOT NULL,
    first_day INTEGER NOT NULL,
    walked BLOB NOT NULL,
    PRIMARY KEY (meter, indicator, day),
    FOREIGN KEY (meter, indicator) REFERENCES ledger_series (meter, indicator)
) STRICT;

-- Months in which something changed since they were last closed.
CREATE TABLE ledger_touched (
    month TEXT NOT NULL PRIMARY KEY
) STRICT;

-- A month as closed, once for each revision; `entries` tells how many meters it changed.
CREATE TABLE ledger_close (
    month TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    closed_at INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (month, revision)
) STRICT;

-- The account of a meter from this revision on, until a later one has another. Amounts are
-- decimals with 4 places, rounded once; `used` is empty if nothing is known.
CREATE TABLE ledger_closed (
    month TEXT NOT NULL,
    meter INTEGER NOT NULL REFERENCES meter (number),
    indicator INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    used TEXT,
    known_share TEXT NOT NULL,
    completeness TEXT,
    conflicts INTEGER NOT NULL,
    flags TEXT NOT NULL,
    PRIMARY KEY (month, meter, indicator, revision),
    FOREIGN KEY (month, revision) REFERENCES ledger_close (month, revision)
) STRICT;
