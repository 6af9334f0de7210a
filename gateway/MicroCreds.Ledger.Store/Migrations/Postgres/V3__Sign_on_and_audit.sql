-- Who signs in, and who did what. Hashes are hexadecimal text, moments are milliseconds since 1970.
CREATE TABLE sign_in_link (
  hash TEXT COLLATE "C" PRIMARY KEY, key_id TEXT NOT NULL, expires_at BIGINT NOT NULL);
CREATE TABLE sign_in_session (
  hash TEXT COLLATE "C" PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, facts TEXT NOT NULL,
  began_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);
CREATE TABLE protection_key (name TEXT COLLATE "C" PRIMARY KEY, xml TEXT NOT NULL);

-- Its one row says where the chain of entries ends, and from where on it is kept.
CREATE TABLE audit_head (
  id BIGINT PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL, pruned_number BIGINT NOT NULL, pruned_hash TEXT NOT NULL);
CREATE TABLE audit_entry (
  number BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT,
  entry TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE TABLE record_actor (record TEXT COLLATE "C" PRIMARY KEY, actor TEXT NOT NULL);
