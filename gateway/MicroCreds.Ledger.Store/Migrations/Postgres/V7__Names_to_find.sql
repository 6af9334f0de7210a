-- Up to which of its rows the names of an issuance can be found.
ALTER TABLE issuance ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
CREATE INDEX issuance_unnamed ON issuance (number) WHERE state = 'issued' AND named < size;
CREATE INDEX issuance_created ON issuance (created_at);
CREATE INDEX issuance_batch ON issuance (number) WHERE kind = 'batch';
CREATE INDEX credential_template ON credential (template, issuance, row);

-- The words of names as they are compared; what is left of a word when a letter is missing; and whose name has it.
CREATE TABLE name_word (word TEXT COLLATE "C" PRIMARY KEY);
CREATE TABLE name_slip (slip BIGINT NOT NULL, word TEXT COLLATE "C" NOT NULL, PRIMARY KEY (slip, word));
CREATE TABLE name_entry (word BIGINT NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY (word, entry));
