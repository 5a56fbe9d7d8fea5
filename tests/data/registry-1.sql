-- A registry of format 1 as it was released: opened and brought forward by tests/it/registry_formats.rs.
PRAGMA foreign_keys = OFF;
CREATE TABLE area (
    area TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
INSERT INTO "area" VALUES('A1',1795305600000);
CREATE TABLE area_fact (
    area TEXT NOT NULL REFERENCES area (area),
    since INTEGER NOT NULL,
    until INTEGER,
    park TEXT NOT NULL REFERENCES park (park),
    name TEXT NOT NULL,
    PRIMARY KEY (area, since),
    CHECK (until > since)
) STRICT;
INSERT INTO "area_fact" VALUES('A1',0,NULL,'P1','东片');
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    result TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795305600000,'local','machine','import','parks','added 1, changed 0, ended 0, unchanged 0');
CREATE TABLE enterprise (
    enterprise TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
INSERT INTO "enterprise" VALUES('91320583MA1N0X0X1M',1795305600000);
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
INSERT INTO "enterprise_fact" VALUES('91320583MA1N0X0X1M',0,NULL,'甲厂','P1','A1','C39','above','2015-01-01',NULL,NULL);
CREATE TABLE gateway (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    gateway TEXT NOT NULL UNIQUE,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    registered_at INTEGER NOT NULL,
    barred_at INTEGER
) STRICT;
INSERT INTO "gateway" VALUES(3,'gw-1','91320583MA1N0X0X1M',1795305600000,NULL);
CREATE TABLE gateway_secret (
    number INTEGER NOT NULL PRIMARY KEY,
    gateway INTEGER NOT NULL REFERENCES gateway (number),
    digest TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
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
INSERT INTO "land_holding" VALUES(1,'91320583MA1N0X0X1M','L-1','owned','10000',NULL,NULL,'',1577808000000,NULL,1795305600000,NULL);
CREATE TABLE meter (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    meter TEXT NOT NULL UNIQUE,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    registered_at INTEGER NOT NULL
) STRICT;
INSERT INTO "meter" VALUES(7,'E-01','91320583MA1N0X0X1M',1795305600000);
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
INSERT INTO "meter_row" VALUES(1,7,1,'gw-1','1000000','40','5000',900,'0.5',NULL,'0',NULL,1735660800000,NULL,1795305600000,1795309200000);
INSERT INTO "meter_row" VALUES(2,7,1,'gw-1','1000000','60','5000',900,'0.5',NULL,'0',NULL,1735660800000,NULL,1795309200000,NULL);
CREATE TABLE mqtt_session (
    gateway INTEGER NOT NULL REFERENCES gateway (number),
    client TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (gateway, client)
) STRICT;
INSERT INTO "mqtt_session" VALUES(3,'gw-1',1795305600000,NULL);
CREATE TABLE mqtt_subscription (
    gateway INTEGER NOT NULL,
    client TEXT NOT NULL,
    filter TEXT NOT NULL,
    qos INTEGER NOT NULL CHECK (qos BETWEEN 0 AND 2),
    PRIMARY KEY (gateway, client, filter),
    FOREIGN KEY (gateway, client) REFERENCES mqtt_session (gateway, client) ON DELETE CASCADE
) STRICT;
INSERT INTO "mqtt_subscription" VALUES(3,'gw-1','parkpulse/v1/91320583MA1N0X0X1M/gw-1/receipts',1);
CREATE TABLE parcel (
    parcel TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
INSERT INTO "parcel" VALUES('L-1',1795305600000);
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
INSERT INTO "parcel_fact" VALUES('L-1',0,NULL,'P1',NULL,'47.46072','47.5','2','在产','[[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]]');
CREATE TABLE park (
    park TEXT NOT NULL PRIMARY KEY,
    registered_at INTEGER NOT NULL
) STRICT;
INSERT INTO "park" VALUES('P1',1795305600000);
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
INSERT INTO "park_fact" VALUES('P1',0,1795309200000,'老名字','开发区',NULL);
INSERT INTO "park_fact" VALUES('P1',1795309200000,NULL,'一号园','开发区','综合');
CREATE TABLE registry_format (number INTEGER NOT NULL PRIMARY KEY, reached_at INTEGER NOT NULL) STRICT;
INSERT INTO "registry_format" VALUES(1,1795305600000);
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
INSERT INTO "replacement" VALUES(1,7,1,1767225600000,'99.5','0','到期更换',1795305600000,NULL);
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
INSERT INTO "statement" VALUES(1,'91320583MA1N0X0X1M','2025',60,'1234.5','统计',1795305600000,NULL);
CREATE UNIQUE INDEX park_now ON park_fact (park) WHERE until IS NULL;
CREATE UNIQUE INDEX area_now ON area_fact (area) WHERE until IS NULL;
CREATE UNIQUE INDEX enterprise_now ON enterprise_fact (enterprise) WHERE until IS NULL;
CREATE INDEX enterprise_by_park ON enterprise_fact (park);
CREATE UNIQUE INDEX parcel_now ON parcel_fact (parcel) WHERE until IS NULL;
CREATE INDEX parcel_by_park ON parcel_fact (park);
CREATE UNIQUE INDEX land_now
    ON land_holding (enterprise, parcel, kind, counterparty, valid_from)
    WHERE superseded_at IS NULL;
CREATE INDEX land_by_parcel ON land_holding (parcel);
CREATE INDEX meter_by_enterprise ON meter (enterprise);
CREATE UNIQUE INDEX meter_row_now
    ON meter_row (meter, indicator, valid_from) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX replacement_now
    ON replacement (meter, indicator, at) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX statement_now
    ON statement (enterprise, period, indicator, source) WHERE superseded_at IS NULL;
CREATE INDEX gateway_secret_live ON gateway_secret (gateway) WHERE revoked_at IS NULL;
