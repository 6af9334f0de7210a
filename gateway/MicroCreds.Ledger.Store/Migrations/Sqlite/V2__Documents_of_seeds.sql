-- Of a credential its seed is kept, or as before the whole document where there is no template.
ALTER TABLE credential ADD COLUMN template INTEGER;
ALTER TABLE credential ADD COLUMN signature BLOB;

-- Its number is made of its hash, so that two instances need not agree on one.
CREATE TABLE template (number INTEGER PRIMARY KEY, hash BLOB NOT NULL, shared BLOB NOT NULL);
CREATE TABLE tree_piece (
  issuance INTEGER NOT NULL, piece INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (issuance, piece));
