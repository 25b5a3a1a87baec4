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

-- What else a deletion works on stands in its filing, whose JSON the two databases share no way to read: it is cut into pieces
-- and those into shreds, which overlap by more than a tenancy takes, and each is searched for where one begins. A quotation
-- mark inside a JSON text has a backslash before it, so only the key itself is found.
INSERT INTO sites (operation, tenant, environment)
WITH RECURSIVE
    numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100),
    stages (environment) AS (SELECT 'dev' UNION ALL SELECT 'sit' UNION ALL SELECT 'prod'),
    pieces (operation, start, piece) AS (
        SELECT operation, 1, substr(payload, 1, 2200) FROM events
        WHERE seq = 1 AND (payload LIKE '%"purpose":"delete"%' OR payload LIKE '%"purpose":"bulk-delete"%')
        UNION ALL
        SELECT events.operation, start + 2000, substr(payload, start + 2000, 2200)
        FROM pieces JOIN events ON events.operation = pieces.operation AND events.seq = 1
        WHERE piece <> ''
    ),
    shreds (operation, shred) AS MATERIALIZED (
        SELECT operation, substr(piece, 100 * n - 99, 300) FROM pieces CROSS JOIN numbers
        WHERE n <= 20 AND piece LIKE '%"tenancy":{"environment":"%'
    ),
    begun (operation, rest) AS MATERIALIZED (
        SELECT operation, substr(shred, n + 26, 80) FROM shreds CROSS JOIN numbers
        WHERE shred LIKE '%"tenancy":{"environment":"%' AND substr(shred, n, 26) = '"tenancy":{"environment":"'
    ),
    named (operation, environment, rest) AS MATERIALIZED (
        SELECT operation, environment, substr(rest, length(environment) + 13) FROM begun CROSS JOIN stages
        WHERE rest LIKE environment || '","tenant":"%'
    )
SELECT operation, substr(rest, 1, n - 1), environment FROM named CROSS JOIN numbers
WHERE substr(rest, n, 2) = '"}' AND substr(rest, 1, n - 1) NOT LIKE '%"%'
ON CONFLICT DO NOTHING;

DROP INDEX operations_by_tenant;
ALTER TABLE operations DROP COLUMN tenant;
ALTER TABLE operations DROP COLUMN environment;
