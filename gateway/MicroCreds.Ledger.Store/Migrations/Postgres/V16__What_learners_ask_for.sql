-- What learners ask for: the award of a pathway that they completed. The credentials that they brought are forgotten once
-- it is decided. Moments are milliseconds since 1970.
CREATE TABLE application (
  id BYTEA PRIMARY KEY, hash BYTEA NOT NULL UNIQUE, device BYTEA, pathway TEXT NOT NULL, version INTEGER NOT NULL,
  learner TEXT NOT NULL, address TEXT, language TEXT, state TEXT NOT NULL, created_at BIGINT NOT NULL,
  request TEXT, credential BYTEA, decided_by TEXT, decided_at BIGINT, reason TEXT,
  credentials BYTEA);
CREATE INDEX application_state ON application (state, created_at);
CREATE INDEX application_device ON application (device) WHERE device IS NOT NULL;
CREATE INDEX application_credential ON application (credential) WHERE credential IS NOT NULL;

-- The credentials that count for it: each stands in one open application for a pathway. Those of an award are kept as long
-- as that is, so that the same are not awarded twice unnoticed.
CREATE TABLE application_part (
  part TEXT COLLATE "C" NOT NULL, application BYTEA NOT NULL, PRIMARY KEY (part, application));
CREATE INDEX application_part_of ON application_part (application);

-- What a learner shows of several credentials at once, by the hash of its link's secret.
CREATE TABLE transcript (
  hash BYTEA PRIMARY KEY, id TEXT COLLATE "C" NOT NULL UNIQUE, device BYTEA NOT NULL, shows_name INTEGER NOT NULL,
  label TEXT NOT NULL, created_at BIGINT NOT NULL, ends_at BIGINT, opened INTEGER NOT NULL);
CREATE INDEX transcript_device ON transcript (device);
CREATE TABLE transcript_part (
  transcript TEXT COLLATE "C" NOT NULL, credential BYTEA NOT NULL, PRIMARY KEY (transcript, credential));
CREATE INDEX transcript_part_credential ON transcript_part (credential);
