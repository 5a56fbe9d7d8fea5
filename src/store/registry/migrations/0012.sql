-- 0012: who somebody is at an identity server of the city: its issuer and its `sub`, which never change
-- there, noted beside the account at the first sign-in from there. A name that it gives somebody else
-- later opens nothing here.
-- For PostgreSQL read INTEGER as BIGINT and leave STRICT out.
CREATE TABLE person_identity (
    number INTEGER NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (number),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    bound_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX person_identity_now ON person_identity (issuer, subject) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX person_identity_of ON person_identity (person, issuer) WHERE ended_at IS NULL;
