-- What is to be issued once another person approves, or at a day to come. The rows are personal, and go as soon as it
-- is decided that they are issued or not. Moments are milliseconds since 1970.
CREATE TABLE issuing_request (
  id TEXT COLLATE "C" PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL, rows BYTEA,
  fingerprint BYTEA UNIQUE, body_hash BYTEA NOT NULL, parts TEXT, corrects TEXT,
  file TEXT, file_hash BYTEA, file_lines BYTEA, asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL,
  due TEXT, due_at BIGINT, decided_by TEXT, decided_at BIGINT, reason TEXT, issuance TEXT, outcome TEXT);
CREATE INDEX issuing_request_due ON issuing_request (due_at) WHERE state = 'approved';
CREATE INDEX issuing_request_state ON issuing_request (state, id);

-- Where an issuance's rows are from: the file and its lines, and the request that another person approved.
CREATE TABLE issuance_source (
  issuance TEXT COLLATE "C" PRIMARY KEY, file TEXT, file_hash BYTEA, file_lines BYTEA, request TEXT);
