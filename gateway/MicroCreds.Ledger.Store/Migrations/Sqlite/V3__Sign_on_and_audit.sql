-- Who signs in, and who did what. Hashes are hexadecimal text, moments are milliseconds since 1970.
CREATE TABLE sign_in_link (
  hash TEXT PRIMARY KEY, key_id TEXT NOT NULL, expires_at INTEGER NOT NULL);
CREATE TABLE sign_in_session (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, facts TEXT NOT NULL,
  began_at INTEGER NOT NULL, seen_at INTEGER NOT NULL);
CREATE TABLE protection_key (name TEXT PRIMARY KEY, xml TEXT NOT NULL);

-- Its one row says where the chain of entries ends, and from where on it is kept.
CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY, number INTEGER NOT NULL, hash TEXT NOT NULL, pruned_number INTEGER NOT NULL, pruned_hash TEXT NOT NULL);
CREATE TABLE audit_entry (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT,
  entry TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE TABLE record_actor (record TEXT PRIMARY KEY, actor TEXT NOT NULL);
