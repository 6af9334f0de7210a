-- The UUID of what an issuance takes the place of, until that is revoked.
ALTER TABLE issuance_source ADD COLUMN corrects TEXT;
CREATE INDEX issuance_source_corrects ON issuance_source (corrects) WHERE corrects IS NOT NULL;
