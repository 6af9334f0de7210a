-- Practice in simulated environments: who may speak of it, what it counts for, and what learners agreed to have kept.
-- Moments are milliseconds since 1970, but stored_at, which is microseconds.
CREATE TABLE simulator (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, activities TEXT NOT NULL, launch TEXT, trial INTEGER NOT NULL, hash BLOB NOT NULL,
  created_at INTEGER NOT NULL, withdrawn_at INTEGER) WITHOUT ROWID;
CREATE TABLE practice_rule (
  id TEXT PRIMARY KEY, content TEXT NOT NULL, created_at INTEGER NOT NULL, ended_at INTEGER) WITHOUT ROWID;

-- A learner's practice for one rule. Nothing of the learner stands in the statements, which name it by its account.
CREATE TABLE practice (
  id BLOB PRIMARY KEY, rule TEXT NOT NULL, learner TEXT NOT NULL, address TEXT, language TEXT, device BLOB,
  confirmed_at INTEGER, state TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, evidence TEXT,
  evidence_hash BLOB, request TEXT, credential BLOB, decided_by TEXT, decided_at INTEGER, reason TEXT) WITHOUT ROWID;
CREATE INDEX practice_state ON practice (state, used_at);
CREATE INDEX practice_address ON practice (address) WHERE address IS NOT NULL;
CREATE INDEX practice_device ON practice (device) WHERE device IS NOT NULL;
CREATE INDEX practice_evidence ON practice (evidence_hash) WHERE evidence_hash IS NOT NULL;
CREATE INDEX practice_credential ON practice (credential) WHERE credential IS NOT NULL;

-- The links that lead a learner to it, by the hashes of their secrets.
CREATE TABLE practice_link (hash BLOB PRIMARY KEY, practice BLOB NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX practice_link_of ON practice_link (practice);

-- Each launch: the secret that is fetched once, and the token that it was fetched for.
CREATE TABLE practice_session (
  id BLOB PRIMARY KEY, practice BLOB NOT NULL, simulator TEXT NOT NULL, activity TEXT NOT NULL, fetch_hash BLOB NOT NULL,
  token_hash BLOB, created_at INTEGER NOT NULL, fetched_at INTEGER, ended_at INTEGER) WITHOUT ROWID;
CREATE INDEX practice_session_of ON practice_session (practice, created_at);
CREATE UNIQUE INDEX practice_session_fetch ON practice_session (fetch_hash);
CREATE INDEX practice_session_token ON practice_session (token_hash) WHERE token_hash IS NOT NULL;

-- What simulators say (xAPI), each on its own: digest is of what was sent, content is what is given out.
CREATE TABLE xapi_statement (
  simulator TEXT NOT NULL, id BLOB NOT NULL, practice BLOB, session BLOB, stored_at INTEGER NOT NULL, digest BLOB NOT NULL,
  voided INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (simulator, id)) WITHOUT ROWID;
CREATE INDEX xapi_statement_stored ON xapi_statement (simulator, stored_at);
CREATE INDEX xapi_statement_practice ON xapi_statement (practice, stored_at) WHERE practice IS NOT NULL;

-- By what they are found: hashes of agents, verbs, activities and registrations, each under its simulator.
CREATE TABLE xapi_term (
  term BLOB NOT NULL, simulator TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY (term, id)) WITHOUT ROWID;
CREATE INDEX xapi_term_of ON xapi_term (simulator, id);
CREATE TABLE xapi_attachment (
  simulator TEXT NOT NULL, id BLOB NOT NULL, sha2 TEXT NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (simulator, id, sha2)) WITHOUT ROWID;

-- Documents (xAPI state and profiles), by the hash of what they belong to and of their name.
CREATE TABLE xapi_document (
  scope BLOB NOT NULL, name TEXT NOT NULL, simulator TEXT NOT NULL, practice BLOB, media_type TEXT NOT NULL,
  updated_at INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (scope, name)) WITHOUT ROWID;
CREATE INDEX xapi_document_practice ON xapi_document (practice) WHERE practice IS NOT NULL;
CREATE INDEX xapi_document_simulator ON xapi_document (simulator);

-- Who was written to is known again by the address.
CREATE INDEX delivery_address ON delivery (address);
