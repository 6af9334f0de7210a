-- Of a credential its seed is kept, or as before the whole document where there is no template.
ALTER TABLE credential ADD COLUMN template BIGINT;
ALTER TABLE credential ADD COLUMN signature BYTEA;

-- Its number is made of its hash, so that two instances need not agree on one.
CREATE TABLE template (number BIGINT PRIMARY KEY, hash BYTEA NOT NULL, shared BYTEA NOT NULL);
CREATE TABLE tree_piece (
  issuance BIGINT NOT NULL, piece INTEGER NOT NULL, hashes BYTEA NOT NULL, PRIMARY KEY (issuance, piece));

-- Hashes do not get smaller.
ALTER TABLE tree_piece ALTER COLUMN hashes SET STORAGE EXTERNAL;
