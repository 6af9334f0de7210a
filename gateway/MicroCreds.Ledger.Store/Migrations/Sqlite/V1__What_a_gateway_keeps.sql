-- A store of a gateway from before there were migrations has these tables already, and keeps them as they are.
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS api_key (
  id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL,
  created_at INTEGER NOT NULL, revoked_at INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS status_list (number INTEGER PRIMARY KEY, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS issuance (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  fingerprint BLOB UNIQUE, body_hash BLOB NOT NULL, state TEXT NOT NULL, request BLOB, size INTEGER NOT NULL,
  created_at INTEGER NOT NULL, root TEXT, statement BLOB, transaction_id TEXT, issued_at INTEGER, refusal TEXT);
CREATE INDEX IF NOT EXISTS issuance_root ON issuance (root);
CREATE INDEX IF NOT EXISTS issuance_unfinished ON issuance (state) WHERE state IN ('accepted', 'ready');
CREATE TABLE IF NOT EXISTS credential (
  id BLOB PRIMARY KEY, issuance INTEGER NOT NULL, leaf INTEGER NOT NULL, row INTEGER NOT NULL,
  document BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS credential_row ON credential (issuance, row);
CREATE INDEX IF NOT EXISTS credential_leaf ON credential (issuance, leaf);
CREATE TABLE IF NOT EXISTS awarded (issuance INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS left_out (issuance INTEGER PRIMARY KEY, rows BLOB NOT NULL);
