-- Mails to learners, each with the credential that it is about; the address goes when the credential is erased. A mail is
-- held until its issuance is on the ledger. Moments are milliseconds since 1970.
CREATE TABLE delivery (
  credential BLOB NOT NULL, number INTEGER NOT NULL, issuance INTEGER NOT NULL, kind TEXT NOT NULL,
  address TEXT NOT NULL, language TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL, sent_at INTEGER, fault TEXT, PRIMARY KEY (credential, number)) WITHOUT ROWID;
CREATE INDEX delivery_held ON delivery (issuance) WHERE state = 'held';
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting';

-- What leads a learner to a credential, by the hash of its secret.
CREATE TABLE claim (
  hash BLOB PRIMARY KEY, credential BLOB NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  devices INTEGER NOT NULL, renewed_at INTEGER) WITHOUT ROWID;
CREATE INDEX claim_credential ON claim (credential);

-- What a learner's device holds, by the hash of the device's secret.
CREATE TABLE holding (
  device BLOB NOT NULL, credential BLOB NOT NULL, id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
  PRIMARY KEY (device, credential)) WITHOUT ROWID;
CREATE INDEX holding_credential ON holding (credential);

-- What a learner shows to others, by the hash of a link's secret.
CREATE TABLE share (
  hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, credential BLOB NOT NULL, holding TEXT, shown TEXT NOT NULL,
  label TEXT NOT NULL, created_at INTEGER NOT NULL, ends_at INTEGER, opened INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX share_credential ON share (credential);
