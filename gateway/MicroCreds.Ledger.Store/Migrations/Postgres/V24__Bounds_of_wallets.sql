-- The key of the wallet's instance that an attestation named, where wallets are attested: what was given to one instance is
-- none of another's.
ALTER TABLE wallet_authorization ADD COLUMN attested TEXT;
ALTER TABLE wallet_grant ADD COLUMN attested TEXT;

-- Which of several credentials is fetched later; without one the only one of the grant.
ALTER TABLE wallet_deferral ADD COLUMN credential BYTEA;

-- Who asks without a login, has a share of their own of what may be open.
ALTER TABLE presentation ADD COLUMN anonymous INTEGER NOT NULL DEFAULT 0;

-- What nobody has answered is counted, and goes when it ends.
CREATE INDEX wallet_authorization_open ON wallet_authorization (expires_at) WHERE code IS NULL;
CREATE INDEX presentation_open ON presentation (anonymous, owner, expires_at);
