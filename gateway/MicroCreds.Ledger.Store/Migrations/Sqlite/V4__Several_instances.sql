-- 1 while nobody but the request that made it submits it, which may then take it back.
ALTER TABLE issuance ADD COLUMN unclaimed INTEGER NOT NULL DEFAULT 0;

-- Which attempt to build it counts: what another one has made is not taken any more.
ALTER TABLE issuance ADD COLUMN attempt TEXT;

-- Why it has to wait, so that every instance can tell.
ALTER TABLE issuance ADD COLUMN waits TEXT;
