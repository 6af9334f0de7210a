-- A table that somebody looks at before it is issued: personal, and gone once it is, or after a day.
CREATE TABLE uploaded_table (
  id TEXT COLLATE "C" PRIMARY KEY, name TEXT NOT NULL, content BYTEA NOT NULL, created_at BIGINT NOT NULL, batch TEXT);
