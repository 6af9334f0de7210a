-- What somebody has mended of a table on the page, as JSON: the file itself stays as it was sent.
ALTER TABLE uploaded_table ADD COLUMN mended TEXT;

-- A search that somebody keeps under a name.
CREATE TABLE saved_view (
  id TEXT COLLATE "C" PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX saved_view_owner ON saved_view (owner, id);
