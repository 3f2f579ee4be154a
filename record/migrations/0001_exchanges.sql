-- A session is one run of a command that records.
CREATE TABLE session (
  id      TEXT PRIMARY KEY,
  started INTEGER NOT NULL,               -- Unix time in microseconds, as all times here
  target  TEXT NOT NULL DEFAULT '',       -- where it forwarded to
  command TEXT NOT NULL DEFAULT ''        -- run, demo, replay, ...
) WITHOUT ROWID;

-- What is listed of an exchange. Its bodies are in payload, so that a list reads
-- few pages.
CREATE TABLE exchange (
  id                 INTEGER PRIMARY KEY,                -- never given twice: see the counter id
  change             INTEGER NOT NULL DEFAULT 0,         -- 0 as it was committed, else the number of its last amendment
  session            TEXT NOT NULL,
  time               INTEGER NOT NULL,
  source             TEXT NOT NULL,                      -- tunnel, local, replay, simulate, test, import
  remote             TEXT NOT NULL,
  kind               TEXT NOT NULL,
  type               TEXT NOT NULL,
  call_id            TEXT NOT NULL,
  method             TEXT NOT NULL,
  path               TEXT NOT NULL,
  target             TEXT NOT NULL,
  status             INTEGER NOT NULL,
  duration           INTEGER NOT NULL,                   -- nanoseconds
  first_byte         INTEGER NOT NULL,                   -- nanoseconds
  request_bytes      INTEGER NOT NULL,
  response_bytes     INTEGER NOT NULL,
  request_truncated  INTEGER NOT NULL,
  response_truncated INTEGER NOT NULL,
  summary            TEXT NOT NULL,
  checks             TEXT NOT NULL,                      -- JSON array, or empty
  tools              TEXT NOT NULL,                      -- JSON array, or empty
  rules              TEXT NOT NULL,                      -- JSON array, or empty
  auth_scheme        TEXT NOT NULL,
  auth_verdict       TEXT NOT NULL,
  replay_of          INTEGER NOT NULL,
  redelivery_of      INTEGER NOT NULL,
  mocked             INTEGER NOT NULL,
  saved              INTEGER NOT NULL,
  marked             INTEGER NOT NULL,
  unreachable        INTEGER NOT NULL,                   -- the reply is vapitap's own
  error              TEXT NOT NULL
);
CREATE INDEX exchange_change ON exchange (change) WHERE change > 0;

-- Headers and trailers are "Name: value" lines; bodies are as they were on the
-- wire, as much of them as was captured.
CREATE TABLE payload (
  exchange         INTEGER PRIMARY KEY,
  request_header   BLOB NOT NULL,
  request_trailer  BLOB NOT NULL,
  response_header  BLOB NOT NULL,
  response_trailer BLOB NOT NULL,
  request_body     BLOB NOT NULL,
  response_body    BLOB NOT NULL
);

-- The counter change numbers the amendments: what a watcher compares to see what
-- it missed. The counter id is the highest id that was deleted, or higher: the
-- next id is above it and above all that are there.
CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('change', 0), ('id', 0);
