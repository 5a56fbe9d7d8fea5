-- 0003: accounts of enterprises, parks and the city, and rated years.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.
-- Rows are only ever added: a revision stands as it was closed.

-- A month or year as accounted, once for each revision. `inputs`: a digest of what went in; under
-- another one the period is accounted again. `ledger`: the revision of the month's closing, 0 for years.
CREATE TABLE account_close (
    period TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    closed_at INTEGER NOT NULL,
    ledger INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    holders INTEGER NOT NULL,
    PRIMARY KEY (period, revision)
) STRICT;

-- The account of a holder from this revision on, until a later one has another. `park`: where the
-- enterprise was registered; of a park itself; empty for the city. `body`: the room `ledger`'s JSON.
CREATE TABLE account (
    period TEXT NOT NULL,
    holder TEXT NOT NULL,
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('enterprise', 'park', 'city')),
    park TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (period, holder, revision),
    FOREIGN KEY (period, revision) REFERENCES account_close (period, revision)
) STRICT;

-- A year as rated. `facts` and `scheme_text` are what `parkpulse rate` takes; `digest` is the SHA-256
-- of what it prints. `lines`: where the borders of the bands lie.
CREATE TABLE assessment (
    year INTEGER NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    rated_at INTEGER NOT NULL,
    account INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    scheme TEXT NOT NULL,
    scheme_text TEXT NOT NULL,
    facts TEXT NOT NULL,
    lines TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (year, revision)
) STRICT;

-- What an enterprise got; `place`: its place in the list.
CREATE TABLE assessed (
    year INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    place INTEGER NOT NULL,
    enterprise TEXT NOT NULL REFERENCES enterprise (enterprise),
    park TEXT NOT NULL,
    grade TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (year, revision, enterprise),
    FOREIGN KEY (year, revision) REFERENCES assessment (year, revision)
) STRICT;
CREATE UNIQUE INDEX assessed_in_order ON assessed (year, revision, place);
