-- What a later message of a call shows that Vapi took as the result of a tool
-- call of this exchange. Both values are JSON; warnings is empty for none.
CREATE TABLE recorded (
  exchange     INTEGER NOT NULL,
  tool_call_id TEXT NOT NULL,
  result       TEXT NOT NULL,
  warnings     TEXT NOT NULL,
  PRIMARY KEY (exchange, tool_call_id)
) WITHOUT ROWID;
