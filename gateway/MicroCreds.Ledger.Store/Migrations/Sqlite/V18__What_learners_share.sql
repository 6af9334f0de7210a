-- What learners share of their progress: each fact by itself, under a key that only their device can make again, so that no
-- two facts are known to be of the same person. No names, no credentials, no days.
CREATE TABLE shared_fact (
  key BLOB PRIMARY KEY, month TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL)
  WITHOUT ROWID;
