-- Which pathways of this institution are steps on the way along another, and are awarded as learners ask for it.
CREATE TABLE milestone (
  pathway TEXT NOT NULL, version INTEGER NOT NULL, step TEXT NOT NULL, step_version INTEGER NOT NULL,
  automatic INTEGER NOT NULL, PRIMARY KEY (pathway, version, step)) WITHOUT ROWID;
