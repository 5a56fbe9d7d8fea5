-- 0006: people who sign in, and an audit log that shows whether it was changed.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.
-- Nobody is deleted: accounts, grants and tokens end. Secrets are kept as digests (keyed by
-- token.key), passwords as argon2id (PHC), the second factor's secret sealed. Sessions are the
-- door's state, not the registry's memory: they do lose rows.

CREATE TABLE person (
    number INTEGER NOT NULL PRIMARY KEY,
    account TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE TABLE person_grant (
    number INTEGER NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (number),
    role TEXT NOT NULL
        CHECK (role IN ('enterprise', 'operator', 'kiosk', 'bureau', 'sys', 'sec', 'aud')),
    scope TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    granted_at INTEGER NOT NULL,
    granted_by TEXT NOT NULL,
    CHECK (valid_to >= valid_from)
) STRICT;
CREATE INDEX person_grant_of ON person_grant (person);

-- `is_given`: somebody else chose it, so that it is changed at the first sign-in.
CREATE TABLE person_password (
    number INTEGER NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (number),
    phc TEXT NOT NULL,
    is_given INTEGER NOT NULL CHECK (is_given IN (0, 1)),
    set_at INTEGER NOT NULL,
    superseded_at INTEGER
) STRICT;
CREATE UNIQUE INDEX person_password_now ON person_password (person) WHERE superseded_at IS NULL;

-- `step`: the last 30 s step whose code was taken.
CREATE TABLE person_factor (
    number INTEGER NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (number),
    sealed TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    ended_at INTEGER,
    step INTEGER NOT NULL
) STRICT;
CREATE INDEX person_factor_of ON person_factor (person);
CREATE UNIQUE INDEX person_factor_now ON person_factor (person)
    WHERE ended_at IS NULL AND confirmed_at IS NOT NULL;

CREATE TABLE recovery_code (
    digest TEXT NOT NULL PRIMARY KEY,
    factor INTEGER NOT NULL REFERENCES person_factor (number),
    used_at INTEGER
) STRICT;

-- `stage`: what is still missing before it counts: code, enrol, password; full: nothing.
CREATE TABLE person_session (
    digest TEXT NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (number),
    stage TEXT NOT NULL CHECK (stage IN ('code', 'enrol', 'password', 'full')),
    begun_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    tries INTEGER NOT NULL
) STRICT;
CREATE INDEX person_session_of ON person_session (person);

CREATE TABLE person_token (
    number INTEGER NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (number),
    digest TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    may_write INTEGER NOT NULL CHECK (may_write IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX person_token_of ON person_token (person);

CREATE TABLE setup_code (
    number INTEGER NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

-- `via`: from which network address; `request`: its id in answers and logs; `hash`: SHA-256 over the
-- hash of the record before and everything in this one.
ALTER TABLE audit ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';

-- Every so many records the hash so far is signed (Ed25519, audit.key). The newest head of all lies
-- in the file audit.head, beside the database.
CREATE TABLE audit_head (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
