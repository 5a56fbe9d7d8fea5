-- What an enterprise says of a row of its closed ledger (核对): confirmed, or questioned with a note.
-- Rows are added alone; of each kind the newest counts. `value` and `revision`: what was looked at.
CREATE TABLE ledger_check (
    number INTEGER NOT NULL PRIMARY KEY,
    enterprise TEXT NOT NULL,
    month TEXT NOT NULL,
    kind TEXT NOT NULL,
    revision INTEGER NOT NULL,
    value TEXT,
    verdict TEXT NOT NULL CHECK (verdict IN ('confirmed', 'questioned')),
    note TEXT NOT NULL,
    who TEXT NOT NULL,
    checked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_check_of ON ledger_check (enterprise, month, number);
