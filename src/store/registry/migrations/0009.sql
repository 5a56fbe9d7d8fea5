-- 0009: what people are to be told, who has read it, and what is on its way to them by mail or webhook.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.

-- `key`: what makes two findings the same. `matter`: whose rights it is read with. `about`: the object;
-- `told`: what the words are filled in with, a JSON object of texts. `ended_at`: it is over.
CREATE TABLE notice (
    number INTEGER NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    matter TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    park TEXT NOT NULL,
    about TEXT NOT NULL,
    told TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX notice_open ON notice (kind) WHERE ended_at IS NULL;

CREATE TABLE notice_read (
    account TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notice (number) ON DELETE CASCADE,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (account, notice)
) STRICT;
CREATE INDEX notice_read_of ON notice_read (notice);

-- One notice on its way to one address. `fault`: why the last try failed.
CREATE TABLE delivery (
    number INTEGER NOT NULL PRIMARY KEY,
    notice INTEGER NOT NULL REFERENCES notice (number) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    fault TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'waiting';
CREATE INDEX delivery_of ON delivery (notice);
