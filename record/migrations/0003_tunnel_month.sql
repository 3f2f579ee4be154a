-- What came through the tunnel, a row for each month and type of message, which
-- stays when the exchanges go. A month is 2026-11, of UTC; type is empty for all
-- that is no known server message. Bytes are of both directions, headers among
-- them.
CREATE TABLE tunnel_month (
  month    TEXT NOT NULL,
  type     TEXT NOT NULL,
  requests INTEGER NOT NULL,
  bytes    INTEGER NOT NULL,
  PRIMARY KEY (month, type)
) WITHOUT ROWID;
