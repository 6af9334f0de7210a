-- What a fact said that was shared before, and is counted until the month is over in which it was shared again.
ALTER TABLE shared_fact ADD COLUMN counted TEXT COLLATE "C";

-- Whether a wallet asked by authorization_details: each answer with tokens repeats what it may fetch.
ALTER TABLE wallet_grant ADD COLUMN has_details INTEGER NOT NULL DEFAULT 0;
