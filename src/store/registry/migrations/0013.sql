-- 0013: when the second factor was last shown in a session: weighty deeds ask for it anew. NULL: it was not
-- shown in this one.
-- For PostgreSQL read INTEGER as BIGINT.
ALTER TABLE person_session ADD COLUMN factor_shown_at INTEGER;
