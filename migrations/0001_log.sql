-- One log, the locks of what is open, and the registry of tenants. Runs unchanged on SQLite and PostgreSQL.

-- Where the log ends, and the term of the process that may write. Its one row is locked by every writer.
CREATE TABLE head (
    id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    position  BIGINT NOT NULL,
    operation TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    term      BIGINT NOT NULL
);

INSERT INTO head (id, position, operation, seq, hash, term)
VALUES (1, 0, '', 0, '0000000000000000000000000000000000000000000000000000000000000000', 0);

-- What lists need of an operation; all of it follows from the operation's events.
CREATE TABLE operations (
    id           TEXT    NOT NULL PRIMARY KEY,
    position     BIGINT  NOT NULL UNIQUE, -- of its filing in the log: what "newest first" goes by
    seq          BIGINT  NOT NULL,        -- of its last event
    command      TEXT    NOT NULL,
    tenant       TEXT    NOT NULL,
    environment  TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    is_open      BOOLEAN NOT NULL,
    requester    TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    filed_at     TEXT    NOT NULL,
    changed_at   TEXT    NOT NULL,
    card_channel TEXT,
    card_message TEXT
);

CREATE INDEX operations_by_tenant ON operations (tenant, environment);
CREATE INDEX operations_by_card ON operations (card_channel, card_message);
CREATE INDEX operations_open ON operations (position) WHERE is_open;

CREATE TABLE events (
    operation TEXT   NOT NULL REFERENCES operations (id),
    seq       BIGINT NOT NULL,
    position  BIGINT NOT NULL UNIQUE, -- in the whole log
    at        TEXT   NOT NULL,
    actor     TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    payload   TEXT   NOT NULL,        -- JSON with sorted keys and no blanks
    previous  TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    PRIMARY KEY (operation, seq)
);

-- Held only while their operation is open.
CREATE TABLE locks (
    key       TEXT NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL REFERENCES operations (id)
);

CREATE INDEX locks_by_operation ON locks (operation);

CREATE TABLE tenants (
    id        TEXT NOT NULL PRIMARY KEY,
    subdomain TEXT NOT NULL UNIQUE,
    search    TEXT NOT NULL, -- id, company and host label in lower case, a line each
    details   TEXT NOT NULL, -- JSON
    operation TEXT NOT NULL REFERENCES operations (id)  -- that registered it
);

CREATE TABLE standings (
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    environment TEXT NOT NULL,
    standing    TEXT NOT NULL,
    PRIMARY KEY (tenant, environment)
);
