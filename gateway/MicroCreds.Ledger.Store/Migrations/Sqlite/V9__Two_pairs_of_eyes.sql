-- What is to be issued once another person approves, or at a day to come. The rows are personal, and go as soon as it
-- is decided that they are issued or not. Moments are milliseconds since 1970.
CREATE TABLE issuing_request (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL, rows BLOB,
  fingerprint BLOB UNIQUE, body_hash BLOB NOT NULL, parts TEXT, corrects TEXT,
  file TEXT, file_hash BLOB, file_lines BLOB, asked_by TEXT NOT NULL, asked_at INTEGER NOT NULL,
  due TEXT, due_at INTEGER, decided_by TEXT, decided_at INTEGER, reason TEXT, issuance TEXT, outcome TEXT);
CREATE INDEX issuing_request_due ON issuing_request (due_at) WHERE state = 'approved';
CREATE INDEX issuing_request_state ON issuing_request (state, id);

-- Where an issuance's rows are from: the file and its lines, and the request that another person approved.
CREATE TABLE issuance_source (
  issuance TEXT PRIMARY KEY, file TEXT, file_hash BLOB, file_lines BLOB, request TEXT);
