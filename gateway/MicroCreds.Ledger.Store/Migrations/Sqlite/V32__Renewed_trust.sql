-- The trust files of other consortia, as their own heads renewed them: of each agreement the newest.
CREATE TABLE renewed_trust (
  agreement TEXT PRIMARY KEY, version INTEGER NOT NULL, size INTEGER NOT NULL, trust BLOB NOT NULL) WITHOUT ROWID;
