-- 0015: files that were taken: who, when, which file, what came of it; and on each dated row the import that
-- recorded it and the one that made it count no longer, so that an import can be taken back by another one
-- (`undoes`). Rows from before this, and those that no file brought, have neither.
CREATE TABLE import (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    form TEXT NOT NULL,
    rows INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    notes TEXT NOT NULL,
    undoes INTEGER REFERENCES import (number)
) STRICT;
CREATE UNIQUE INDEX import_undone ON import (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX import_by_kind ON import (kind);
ALTER TABLE statement ADD COLUMN import INTEGER REFERENCES import (number);
ALTER TABLE statement ADD COLUMN ended_by INTEGER REFERENCES import (number);
ALTER TABLE land_holding ADD COLUMN import INTEGER REFERENCES import (number);
ALTER TABLE land_holding ADD COLUMN ended_by INTEGER REFERENCES import (number);
ALTER TABLE replacement ADD COLUMN import INTEGER REFERENCES import (number);
ALTER TABLE replacement ADD COLUMN ended_by INTEGER REFERENCES import (number);
ALTER TABLE conduct ADD COLUMN import INTEGER REFERENCES import (number);
ALTER TABLE conduct ADD COLUMN ended_by INTEGER REFERENCES import (number);
ALTER TABLE meter_row ADD COLUMN import INTEGER REFERENCES import (number);
ALTER TABLE meter_row ADD COLUMN ended_by INTEGER REFERENCES import (number);
CREATE INDEX statement_by_import ON statement (import) WHERE import IS NOT NULL;
CREATE INDEX statement_ended_by ON statement (ended_by) WHERE ended_by IS NOT NULL;
