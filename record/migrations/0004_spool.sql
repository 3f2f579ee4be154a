-- How far the spools beside this file are filed here: what a spool holds from
-- position upto on is not. Pending is 1 while its owner may still append to it.
CREATE TABLE spool (
  file    TEXT PRIMARY KEY,               -- its name, without the folder
  upto    INTEGER NOT NULL,
  pending INTEGER NOT NULL
) WITHOUT ROWID;
