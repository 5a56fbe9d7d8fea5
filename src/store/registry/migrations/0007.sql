-- 0007: what one administrator asks for and another person is to confirm; and where the front of the
-- audit log was cut off once it was old enough.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.

-- `role`, `scope`, `until`: the office it is about, empty where it is about none.
CREATE TABLE proposal (
    number INTEGER NOT NULL PRIMARY KEY,
    action TEXT NOT NULL
        CHECK (action IN ('person.add', 'person.reset', 'person.end', 'grant.add', 'grant.end')),
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    until INTEGER,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN ('done', 'refused')),
    closed_by TEXT,
    closed_at INTEGER,
    CHECK ((outcome IS NULL) = (closed_at IS NULL))
) STRICT;
CREATE INDEX proposal_open ON proposal (number) WHERE outcome IS NULL;

-- Everything up to `number` was cut off: `hash` and `at` are those of the last record that went, and
-- what the next one is chained to. Signed (Ed25519, audit.key) as a cut, not as a head.
CREATE TABLE audit_cut (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    cut_at INTEGER NOT NULL,
    signature TEXT NOT NULL
) STRICT;
