-- 0017: what was decided about a rise of a register that is more than it can count (可疑): that it is right
-- (confirmed) and counts, or that it is not and stays unknown; with what was looked at. Rows are added
-- alone, of each reading the newest counts.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.
CREATE TABLE suspect_decision (
    number INTEGER NOT NULL PRIMARY KEY,
    meter INTEGER NOT NULL REFERENCES meter (number),
    indicator INTEGER NOT NULL,
    at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    amount TEXT,
    confirmed INTEGER NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX suspect_decision_by_key ON suspect_decision (meter, indicator, at, number);
