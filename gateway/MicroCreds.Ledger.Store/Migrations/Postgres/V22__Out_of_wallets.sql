-- What wallets are asked to present (OpenID4VP). Secrets lie here by their hashes; moments are milliseconds since 1970.
-- An answer is personal: it goes with the row, minutes after it came.
CREATE TABLE presentation (
  id TEXT COLLATE "C" PRIMARY KEY, owner BYTEA NOT NULL, hash BYTEA NOT NULL, same_hash BYTEA, client TEXT NOT NULL, query TEXT NOT NULL,
  mode TEXT NOT NULL, redirect TEXT, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, answered_at BIGINT,
  refusal TEXT, answer BYTEA, audience TEXT, nonce TEXT, response_code BYTEA);
CREATE UNIQUE INDEX presentation_hash ON presentation (hash);
CREATE UNIQUE INDEX presentation_same_hash ON presentation (same_hash) WHERE same_hash IS NOT NULL;
CREATE INDEX presentation_expires ON presentation (expires_at);
