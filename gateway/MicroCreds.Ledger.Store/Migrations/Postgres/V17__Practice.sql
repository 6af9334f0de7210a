-- Practice in simulated environments: who may speak of it, what it counts for, and what learners agreed to have kept.
-- Moments are milliseconds since 1970, but stored_at, which is microseconds.
CREATE TABLE simulator (
  id TEXT COLLATE "C" PRIMARY KEY, name TEXT NOT NULL, activities TEXT NOT NULL, launch TEXT, trial INTEGER NOT NULL, hash BYTEA NOT NULL,
  created_at BIGINT NOT NULL, withdrawn_at BIGINT);
CREATE TABLE practice_rule (
  id TEXT COLLATE "C" PRIMARY KEY, content TEXT NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT);

-- A learner's practice for one rule. Nothing of the learner stands in the statements, which name it by its account.
CREATE TABLE practice (
  id BYTEA PRIMARY KEY, rule TEXT NOT NULL, learner TEXT NOT NULL, address TEXT, language TEXT, device BYTEA,
  confirmed_at BIGINT, state TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT NOT NULL, evidence TEXT,
  evidence_hash BYTEA, request TEXT, credential BYTEA, decided_by TEXT, decided_at BIGINT, reason TEXT);
CREATE INDEX practice_state ON practice (state, used_at);
CREATE INDEX practice_address ON practice (address) WHERE address IS NOT NULL;
CREATE INDEX practice_device ON practice (device) WHERE device IS NOT NULL;
CREATE INDEX practice_evidence ON practice (evidence_hash) WHERE evidence_hash IS NOT NULL;
CREATE INDEX practice_credential ON practice (credential) WHERE credential IS NOT NULL;

-- The links that lead a learner to it, by the hashes of their secrets.
CREATE TABLE practice_link (hash BYTEA PRIMARY KEY, practice BYTEA NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX practice_link_of ON practice_link (practice);

-- Each launch: the secret that is fetched once, and the token that it was fetched for.
CREATE TABLE practice_session (
  id BYTEA PRIMARY KEY, practice BYTEA NOT NULL, simulator TEXT NOT NULL, activity TEXT NOT NULL, fetch_hash BYTEA NOT NULL,
  token_hash BYTEA, created_at BIGINT NOT NULL, fetched_at BIGINT, ended_at BIGINT);
CREATE INDEX practice_session_of ON practice_session (practice, created_at);
CREATE UNIQUE INDEX practice_session_fetch ON practice_session (fetch_hash);
CREATE INDEX practice_session_token ON practice_session (token_hash) WHERE token_hash IS NOT NULL;

-- What simulators say (xAPI), each on its own: digest is of what was sent, content is what is given out.
CREATE TABLE xapi_statement (
  simulator TEXT COLLATE "C" NOT NULL, id BYTEA NOT NULL, practice BYTEA, session BYTEA, stored_at BIGINT NOT NULL, digest BYTEA NOT NULL,
  voided INTEGER NOT NULL, content BYTEA NOT NULL, PRIMARY KEY (simulator, id));
CREATE INDEX xapi_statement_stored ON xapi_statement (simulator, stored_at);
CREATE INDEX xapi_statement_practice ON xapi_statement (practice, stored_at) WHERE practice IS NOT NULL;

-- By what they are found: hashes of agents, verbs, activities and registrations, each under its simulator.
CREATE TABLE xapi_term (
  term BYTEA NOT NULL, simulator TEXT COLLATE "C" NOT NULL, id BYTEA NOT NULL, PRIMARY KEY (term, id));
CREATE INDEX xapi_term_of ON xapi_term (simulator, id);
CREATE TABLE xapi_attachment (
  simulator TEXT COLLATE "C" NOT NULL, id BYTEA NOT NULL, sha2 TEXT COLLATE "C" NOT NULL, media_type TEXT NOT NULL, content BYTEA NOT NULL,
  PRIMARY KEY (simulator, id, sha2));

-- Documents (xAPI state and profiles), by the hash of what they belong to and of their name.
CREATE TABLE xapi_document (
  scope BYTEA NOT NULL, name TEXT COLLATE "C" NOT NULL, simulator TEXT NOT NULL, practice BYTEA, media_type TEXT NOT NULL,
  updated_at BIGINT NOT NULL, content BYTEA NOT NULL, PRIMARY KEY (scope, name));
CREATE INDEX xapi_document_practice ON xapi_document (practice) WHERE practice IS NOT NULL;
CREATE INDEX xapi_document_simulator ON xapi_document (simulator);

-- Who was written to is known again by the address.
CREATE INDEX delivery_address ON delivery (address);
