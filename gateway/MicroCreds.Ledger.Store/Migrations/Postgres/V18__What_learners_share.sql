-- What learners share of their progress: each fact by itself, under a key that only their device can make again, so that no
-- two facts are known to be of the same person. No names, no credentials, no days.
CREATE TABLE shared_fact (
  key BYTEA PRIMARY KEY, month TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL);
