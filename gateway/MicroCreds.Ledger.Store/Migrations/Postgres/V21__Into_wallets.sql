-- Credentials on their way into wallets (OpenID4VCI). Secrets lie here by their hashes; moments are milliseconds since 1970.
-- An offer is for a credential, or for a request that will become one.
CREATE TABLE wallet_offer (
  hash BYTEA PRIMARY KEY, code BYTEA NOT NULL, id TEXT NOT NULL, credential BYTEA, request TEXT, forms TEXT NOT NULL,
  transaction_code BYTEA, attempts INTEGER NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  used_at BIGINT);
CREATE UNIQUE INDEX wallet_offer_code ON wallet_offer (code);
CREATE INDEX wallet_offer_credential ON wallet_offer (credential) WHERE credential IS NOT NULL;

-- A wallet that asks its learner, on a page of this gateway, for what the learner's device holds.
CREATE TABLE wallet_authorization (
  hash BYTEA PRIMARY KEY, code BYTEA, client TEXT NOT NULL, redirect TEXT NOT NULL, state TEXT, challenge TEXT NOT NULL,
  forms TEXT NOT NULL, has_details INTEGER NOT NULL, key_thumbprint TEXT, credentials TEXT,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  used_at BIGINT);
CREATE UNIQUE INDEX wallet_authorization_code ON wallet_authorization (code) WHERE code IS NOT NULL;

-- What a wallet may fetch, and the tokens that it does so with.
CREATE TABLE wallet_grant (
  id TEXT COLLATE "C" PRIMARY KEY, source BYTEA NOT NULL, client TEXT, request TEXT, forms TEXT NOT NULL, key_thumbprint TEXT,
  access BYTEA NOT NULL, access_ends BIGINT NOT NULL, refresh BYTEA NOT NULL, refresh_ends BIGINT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE UNIQUE INDEX wallet_grant_access ON wallet_grant (access);
CREATE UNIQUE INDEX wallet_grant_refresh ON wallet_grant (refresh);
CREATE INDEX wallet_grant_source ON wallet_grant (source);
CREATE TABLE wallet_grant_part (
  grant_id TEXT COLLATE "C" NOT NULL, credential BYTEA NOT NULL, PRIMARY KEY (grant_id, credential));
CREATE INDEX wallet_grant_part_credential ON wallet_grant_part (credential);

-- What is fetched later, with the keys that it is bound to then.
CREATE TABLE wallet_deferral (
  hash BYTEA PRIMARY KEY, grant_id TEXT NOT NULL, form TEXT NOT NULL, keys TEXT NOT NULL, created_at BIGINT NOT NULL,
  fetched_at BIGINT);

-- What wallets fetched, and what they said of it.
CREATE TABLE wallet_copy (
  notice BYTEA PRIMARY KEY, grant_id TEXT NOT NULL, credential BYTEA NOT NULL, form TEXT NOT NULL, copies INTEGER NOT NULL,
  fetched_at BIGINT NOT NULL, event TEXT, told_at BIGINT);
CREATE INDEX wallet_copy_credential ON wallet_copy (credential, fetched_at);

-- What may be used once and was, until it would not be taken any more.
CREATE TABLE wallet_used (hash BYTEA PRIMARY KEY, ends_at BIGINT NOT NULL);
CREATE INDEX wallet_used_ends ON wallet_used (ends_at);
