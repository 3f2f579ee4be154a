-- A session is one run of a command that records.
CREATE TABLE session (
  id      TEXT PRIMARY KEY,
  started INTEGER NOT NULL,               -- Unix time in microseconds, as all times here
  target  TEXT NOT NULL DEFAULT '',       -- where it forwarded to
  command TEXT NOT NULL DEFAULT ''        -- run, demo, replay, ...
) WITHOUT ROWID;

-- What is listed of an exchange. Most of it is the line that vapitap prints of
-- it as JSON, so: SELECT line ->> 'type', line ->> 'summary' FROM exchange. Its
-- bodies are in payload, so that a list reads few pages.
CREATE TABLE exchange (
  id             INTEGER PRIMARY KEY,     -- never given twice: see the counter id
  change         INTEGER NOT NULL,        -- 0 as it was committed, else the number of its last amendment
  session        TEXT NOT NULL,
  time           INTEGER NOT NULL,
  call_id        TEXT NOT NULL,
  request_bytes  INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  marked         INTEGER NOT NULL,
  flags          INTEGER NOT NULL,        -- what else is known of it, a bit each
  tools          TEXT NOT NULL,           -- the names of the tools it calls, a line each
  line           TEXT NOT NULL
);
CREATE INDEX exchange_change ON exchange (change) WHERE change > 0;

-- Headers are "Name: value" lines, with trailers after an empty line. Bodies are
-- as they were on the wire, as much of them as was captured.
CREATE TABLE payload (
  exchange        INTEGER PRIMARY KEY,
  request_header  BLOB NOT NULL,
  response_header BLOB NOT NULL,
  request_body    BLOB NOT NULL,
  response_body   BLOB NOT NULL
);

-- The counter change numbers the amendments: what a watcher compares to see what
-- it missed. The counter id is the highest id that was deleted, or higher: the
-- next id is above it and above all that are there.
CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('change', 0), ('id', 0);
