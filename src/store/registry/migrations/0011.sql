-- 0011: how often readings of a register are expected, row by row: `from until interval` in milliseconds, a
-- line each, `until` empty where the row still runs. Empty: kept by an older release, which knew the newest alone.
ALTER TABLE ledger_series ADD COLUMN expected TEXT NOT NULL DEFAULT '';
