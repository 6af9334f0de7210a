-- The trust files of other consortia, as their own heads renewed them: of each agreement the newest.
CREATE TABLE renewed_trust (
  agreement TEXT PRIMARY KEY, version BIGINT NOT NULL, size BIGINT NOT NULL, trust BYTEA NOT NULL);
