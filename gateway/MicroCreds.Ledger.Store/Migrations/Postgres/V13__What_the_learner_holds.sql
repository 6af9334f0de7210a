-- Mails to learners, each with the credential that it is about; the address goes when the credential is erased. A mail is
-- held until its issuance is on the ledger. Moments are milliseconds since 1970.
CREATE TABLE delivery (
  credential BYTEA NOT NULL, number INTEGER NOT NULL, issuance BIGINT NOT NULL, kind TEXT NOT NULL,
  address TEXT NOT NULL, language TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL, created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL, sent_at BIGINT, fault TEXT, PRIMARY KEY (credential, number));
CREATE INDEX delivery_held ON delivery (issuance) WHERE state = 'held';
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting';

-- What leads a learner to a credential, by the hash of its secret.
CREATE TABLE claim (
  hash BYTEA PRIMARY KEY, credential BYTEA NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  devices INTEGER NOT NULL, renewed_at BIGINT);
CREATE INDEX claim_credential ON claim (credential);

-- What a learner's device holds, by the hash of the device's secret.
CREATE TABLE holding (
  device BYTEA NOT NULL, credential BYTEA NOT NULL, id TEXT COLLATE "C" NOT NULL UNIQUE, created_at BIGINT NOT NULL,
  PRIMARY KEY (device, credential));
CREATE INDEX holding_credential ON holding (credential);

-- What a learner shows to others, by the hash of a link's secret.
CREATE TABLE share (
  hash BYTEA PRIMARY KEY, id TEXT COLLATE "C" NOT NULL UNIQUE, credential BYTEA NOT NULL, holding TEXT COLLATE "C", shown TEXT NOT NULL,
  label TEXT NOT NULL, created_at BIGINT NOT NULL, ends_at BIGINT, opened INTEGER NOT NULL);
CREATE INDEX share_credential ON share (credential);
