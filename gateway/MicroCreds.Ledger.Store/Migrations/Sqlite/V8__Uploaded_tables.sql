-- A table that somebody looks at before it is issued: personal, and gone once it is, or after a day.
CREATE TABLE uploaded_table (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, content BLOB NOT NULL, created_at INTEGER NOT NULL, batch TEXT);
