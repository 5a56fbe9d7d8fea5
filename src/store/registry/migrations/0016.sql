-- 0016: of each statement who typed it in where no file brought it, in which row of its file it stood, and why it
-- corrects the one before it. Rows from before this know none of the three.
ALTER TABLE statement ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE statement ADD COLUMN file_row INTEGER;
ALTER TABLE statement ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX statement_by_enterprise ON statement (enterprise, period);
