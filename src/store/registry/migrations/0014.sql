-- 0014: changes of outlines made by hand: who, why, from when on, which parcels it ended or changed (`before`) and
-- which there are after it (`after`), ids with a blank between. The outlines themselves stand in parcel_fact, the
-- land that moved with them in land_holding. `undoes`: the change that this one takes back.
CREATE TABLE parcel_change (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('draw', 'split', 'merge', 'undo')),
    park TEXT NOT NULL REFERENCES park (park),
    valid_from INTEGER NOT NULL,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    mu_before TEXT NOT NULL,
    mu_after TEXT NOT NULL,
    undoes INTEGER REFERENCES parcel_change (number)
) STRICT;
CREATE UNIQUE INDEX parcel_change_undone ON parcel_change (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX parcel_change_by_park ON parcel_change (park);
