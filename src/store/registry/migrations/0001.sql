-- 0001: who is where, who may send, who did what.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out; every query reads both.
-- Times are whole milliseconds since 1970-01-01T00:00Z, decimals and GeoJSON are text.
-- Nothing here is deleted. Two ways to end:
--   *_fact (no date in its file): `until` ends it in the world, a change begins a new row; the
--     first fact holds since 0, for nothing is known of the time before it;
--   the others (dated in their file): a correction sets `superseded_at` and adds a row.

CREATE TABLE park (
    park TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
CREATE TABLE park_fact (
    park TEXT NOT NULL REFERENCES park (park),
    since INTEGER NOT NULL,
    until INTEGER,
    name TEXT NOT NULL,
    district TEXT NOT NULL,
    kind TEXT,
    PRIMARY KEY (park, since),
    CHECK (until > since)
) STRICT;
CREATE UNIQUE INDEX park_now ON park_fact (park) WHERE until IS NULL;

CREATE TABLE area (
    area TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
CREATE TABLE area_fact (
    area TEXT NOT NULL REFERENCES area (area),
    since INTEGER NOT NULL,
    until INTEGER,
    park TEXT NOT NULL REFERENCES park (park),
    name TEXT NOT NULL,
    PRIMARY KEY (area, since),
    CHECK (until > since)
) STRICT;
CREATE UNIQUE INDEX area_now ON area_fact (area) WHERE until IS NULL;

CREATE TABLE enterprise (
    enterprise TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
CREATE TABLE enterprise_fact (
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    since INTEGER NOT NULL,
    until INTEGER,
    name TEXT NOT NULL,
    park TEXT NOT NULL REFERENCES park (park),
    area TEXT REFERENCES area (area),
    industry TEXT NOT NULL,
    scale TEXT NOT NULL CHECK (scale IN ('above', 'below')),
    established_on TEXT NOT NULL,
    group_id TEXT,
    capital_origin TEXT,
    PRIMARY KEY (enterprise, since),
    CHECK (until > since)
) STRICT;
CREATE UNIQUE INDEX enterprise_now ON enterprise_fact (enterprise) WHERE until IS NULL;
CREATE INDEX enterprise_by_park ON enterprise_fact (park);

CREATE TABLE parcel (
    parcel TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
CREATE TABLE parcel_fact (
    parcel TEXT NOT NULL REFERENCES parcel (parcel),
    since INTEGER NOT NULL,
    until INTEGER,
    park TEXT NOT NULL REFERENCES park (park),
    area TEXT REFERENCES area (area),
    area_mu TEXT NOT NULL,
    declared_mu TEXT,
    plot_ratio TEXT,
    state TEXT,
    outline TEXT NOT NULL,
    PRIMARY KEY (parcel, since),
    CHECK (until > since)
) STRICT;
CREATE UNIQUE INDEX parcel_now ON parcel_fact (parcel) WHERE until IS NULL;
CREATE INDEX parcel_by_park ON parcel_fact (park);

CREATE TABLE land_holding (
    number INTEGER NOT NULL PRIMARY KEY,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    parcel TEXT NOT NULL REFERENCES parcel (parcel),
    kind TEXT NOT NULL
        CHECK (kind IN ('owned', 'occupied', 'leased_in', 'leased_out', 'leased_floor')),
    m2 TEXT,
    floor_m2 TEXT,
    far TEXT,
    counterparty TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    CHECK (valid_to > valid_from)
) STRICT;
CREATE UNIQUE INDEX land_now
    ON land_holding (enterprise, parcel, kind, counterparty, valid_from)
    WHERE superseded_at IS NULL;
CREATE INDEX land_by_parcel ON land_holding (parcel);

-- A number stands on disk with every reading: given once, never reused.
CREATE TABLE meter (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    meter TEXT NOT NULL UNIQUE,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    registered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX meter_by_enterprise ON meter (enterprise);
CREATE TABLE meter_row (
    number INTEGER NOT NULL PRIMARY KEY,
    meter INTEGER NOT NULL REFERENCES meter (number),
    indicator INTEGER NOT NULL,
    gateway TEXT,
    register_size TEXT,
    multiplier TEXT NOT NULL,
    max_per_hour TEXT,
    interval_s INTEGER NOT NULL,
    jitter TEXT NOT NULL,
    update_s INTEGER,
    resolution TEXT NOT NULL,
    parent INTEGER REFERENCES meter (number),
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    CHECK (valid_to > valid_from)
) STRICT;
CREATE UNIQUE INDEX meter_row_now
    ON meter_row (meter, indicator, valid_from) WHERE superseded_at IS NULL;

CREATE TABLE replacement (
    number INTEGER NOT NULL PRIMARY KEY,
    meter INTEGER NOT NULL REFERENCES meter (number),
    indicator INTEGER NOT NULL,
    at INTEGER NOT NULL,
    old_final TEXT,
    new_initial TEXT,
    reason TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER
) STRICT;
CREATE UNIQUE INDEX replacement_now
    ON replacement (meter, indicator, at) WHERE superseded_at IS NULL;

CREATE TABLE statement (
    number INTEGER NOT NULL PRIMARY KEY,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    period TEXT NOT NULL,
    indicator INTEGER NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER
) STRICT;
CREATE UNIQUE INDEX statement_now
    ON statement (enterprise, period, indicator, source) WHERE superseded_at IS NULL;

CREATE TABLE gateway (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    gateway TEXT NOT NULL UNIQUE,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    registered_at INTEGER NOT NULL,
    barred_at INTEGER
) STRICT;
CREATE TABLE gateway_secret (
    number INTEGER NOT NULL PRIMARY KEY,
    gateway INTEGER NOT NULL REFERENCES gateway (number),
    digest TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX gateway_secret_live ON gateway_secret (gateway) WHERE revoked_at IS NULL;

-- MQTT sessions are the protocol's state, not the registry's memory: these two do lose rows.
CREATE TABLE mqtt_session (
    gateway INTEGER NOT NULL REFERENCES gateway (number),
    client TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (gateway, client)
) STRICT;
CREATE TABLE mqtt_subscription (
    gateway INTEGER NOT NULL,
    client TEXT NOT NULL,
    filter TEXT NOT NULL,
    qos INTEGER NOT NULL CHECK (qos BETWEEN 0 AND 2),
    PRIMARY KEY (gateway, client, filter),
    FOREIGN KEY (gateway, client) REFERENCES mqtt_session (gateway, client) ON DELETE CASCADE
) STRICT;

CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    result TEXT NOT NULL
) STRICT;
