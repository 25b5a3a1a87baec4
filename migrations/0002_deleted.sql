-- A tenant that is deleted for ever keeps its id and details, and its host label is free again. Runs unchanged on SQLite
-- and PostgreSQL, which share no way to drop a constraint: so the registry's tables are made anew and filled again.

-- Whoever else writes waits: nothing is registered between the copy and the drop.
UPDATE head SET term = term WHERE id = 1;

CREATE TABLE tenants_before AS SELECT * FROM tenants;
CREATE TABLE standings_before AS SELECT * FROM standings;

DROP TABLE standings;
DROP TABLE tenants;

CREATE TABLE tenants (
    id         TEXT NOT NULL PRIMARY KEY,
    subdomain  TEXT NOT NULL,
    search     TEXT NOT NULL, -- id, company and host label in lower case, a line each
    engagement TEXT NOT NULL, -- of the details
    details    TEXT NOT NULL, -- JSON
    operation  TEXT NOT NULL REFERENCES operations (id), -- that registered it
    deleted    TEXT           -- when; NULL for the living
);

CREATE UNIQUE INDEX tenants_by_subdomain ON tenants (subdomain) WHERE deleted IS NULL;

CREATE TABLE standings (
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    environment TEXT NOT NULL,
    standing    TEXT NOT NULL,
    PRIMARY KEY (tenant, environment)
);

-- A quotation mark inside a JSON text has a backslash before it, so only the key itself is found.
INSERT INTO tenants (id, subdomain, search, engagement, details, operation)
SELECT id, subdomain, search,
       CASE WHEN details LIKE '%"engagement":"poc"%' THEN 'poc' ELSE 'client' END,
       details, operation
FROM tenants_before;

INSERT INTO standings (tenant, environment, standing) SELECT tenant, environment, standing FROM standings_before;

DROP TABLE standings_before;
DROP TABLE tenants_before;
