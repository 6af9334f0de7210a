-- What keys of the ledger's log signed that contradicts itself, as files that anybody can check: one of a key and a kind.
CREATE TABLE log_evidence (
  key TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, found_at INTEGER NOT NULL, file BLOB NOT NULL,
  PRIMARY KEY (key, kind)) WITHOUT ROWID;
