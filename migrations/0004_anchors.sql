-- What is kept beside the log: when the bot was last in the chat, and which heads of the log were posted there. Runs unchanged on
-- SQLite and PostgreSQL.

-- One row at most: none before the bot was in the chat for the first time.
CREATE TABLE seen (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    at TEXT   NOT NULL
);

-- The log's head at the end of a day, as it was posted.
CREATE TABLE anchors (
    day      TEXT   NOT NULL PRIMARY KEY, -- UTC, YYYY-MM-DD
    position BIGINT NOT NULL,
    hash     TEXT   NOT NULL
);
