-- What is written before it is published on the ledger, and pictures of what is. Nothing of it is personal but who wrote
-- it last. Moments are milliseconds since 1970.
CREATE TABLE draft (
  id TEXT COLLATE "C" PRIMARY KEY, kind TEXT NOT NULL, content TEXT NOT NULL, revision INTEGER NOT NULL,
  changed_by TEXT NOT NULL, changed_at BIGINT NOT NULL, image TEXT, alternative TEXT);
CREATE INDEX draft_kind ON draft (kind, id);

-- A picture by its SHA-256, and which version of an achievement shows it.
CREATE TABLE badge_image (digest TEXT COLLATE "C" PRIMARY KEY, media_type TEXT NOT NULL, content BYTEA NOT NULL);
CREATE TABLE badge (
  achievement TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, image TEXT NOT NULL, alternative TEXT NOT NULL,
  PRIMARY KEY (achievement, version));
