-- Incidents: what became of alerts. Beside the log of operations, and not in its chain. Runs unchanged on SQLite and PostgreSQL.

-- What finds an incident; all of it follows from the incident's events.
CREATE TABLE incidents (
    id           TEXT    NOT NULL PRIMARY KEY,
    seq          BIGINT  NOT NULL, -- of its last event
    alert        TEXT    NOT NULL, -- the key of its alert
    is_open      BOOLEAN NOT NULL, -- whether its alert goes on in it
    is_settled   BOOLEAN NOT NULL, -- whether nothing is left to be done or shown
    opened       BIGINT  NOT NULL, -- microseconds since 1970, UTC
    tenant       TEXT,
    environment  TEXT,
    card_channel TEXT,
    card_message TEXT,
    thread       TEXT
);

-- While one is open, its alert goes on in it.
CREATE UNIQUE INDEX incidents_by_alert ON incidents (alert) WHERE is_open;
CREATE INDEX incidents_unsettled ON incidents (opened) WHERE NOT is_settled;
CREATE INDEX incidents_by_tenant ON incidents (tenant, environment);
CREATE INDEX incidents_by_card ON incidents (card_channel, card_message);
CREATE INDEX incidents_by_thread ON incidents (thread);

CREATE TABLE incident_events (
    incident TEXT   NOT NULL REFERENCES incidents (id),
    seq      BIGINT NOT NULL,
    at       TEXT   NOT NULL,
    event    TEXT   NOT NULL, -- JSON
    PRIMARY KEY (incident, seq)
);

-- Messages that were taken, so that one that is sent again is not taken twice.
CREATE TABLE arrivals (
    message TEXT NOT NULL PRIMARY KEY,
    at      TEXT NOT NULL
);

-- When what the calendar calls for ran last.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    ran  TEXT NOT NULL
);
