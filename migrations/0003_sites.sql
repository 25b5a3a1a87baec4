-- An operation is found by each tenant and environment that it works on: a deletion has several, one in bulk hundreds. Runs
-- unchanged on SQLite and PostgreSQL.

-- Whoever else writes waits: nothing is filed between the copy and the drop.
UPDATE head SET term = term WHERE id = 1;

-- The sites of an operation's plan; written with its filing, and never changed.
CREATE TABLE sites (
    operation   TEXT NOT NULL REFERENCES operations (id),
    tenant      TEXT NOT NULL,
    environment TEXT NOT NULL,
    PRIMARY KEY (operation, tenant, environment)
);

CREATE INDEX sites_by_tenant ON sites (tenant, environment, operation);
CREATE INDEX sites_by_environment ON sites (environment, operation);

-- The site that the plan begins with: the only one of a provisioning.
INSERT INTO sites (operation, tenant, environment) SELECT id, tenant, environment FROM operations;

-- What else a deletion works on stands in its filing, whose JSON the two databases share no way to read: so it is searched
-- for every site that there can be. Each tenant was registered by an operation of its own, and a quotation mark inside a JSON
-- text has a backslash before it, so only a site itself is found.
INSERT INTO sites (operation, tenant, environment)
SELECT filings.operation, known.tenant, stages.environment
FROM (SELECT operation, payload FROM events WHERE seq = 1 AND payload LIKE '%"purpose":"delete"%') AS filings
CROSS JOIN (SELECT DISTINCT operation, tenant FROM sites) AS known
CROSS JOIN (SELECT 'dev' AS environment UNION ALL SELECT 'sit' UNION ALL SELECT 'prod') AS stages
WHERE known.operation = filings.operation
  AND filings.payload LIKE '%"tenancy":{"environment":"' || stages.environment || '","tenant":"' || known.tenant || '"}%'
ON CONFLICT DO NOTHING;

INSERT INTO sites (operation, tenant, environment)
SELECT filings.operation, known.tenant, stages.environment
FROM (SELECT operation, payload FROM events WHERE seq = 1 AND payload LIKE '%"purpose":"bulk-delete"%') AS filings
CROSS JOIN (SELECT DISTINCT tenant FROM sites) AS known
CROSS JOIN (SELECT 'dev' AS environment UNION ALL SELECT 'sit' UNION ALL SELECT 'prod') AS stages
WHERE filings.payload LIKE '%"tenancy":{"environment":"' || stages.environment || '","tenant":"' || known.tenant || '"}%'
ON CONFLICT DO NOTHING;

DROP INDEX operations_by_tenant;
ALTER TABLE operations DROP COLUMN tenant;
ALTER TABLE operations DROP COLUMN environment;
