-- 0005: what people call a meter, and where they find it.

ALTER TABLE meter_row ADD COLUMN name TEXT;
ALTER TABLE meter_row ADD COLUMN place TEXT;
