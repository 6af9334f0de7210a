-- What is said of many credentials at once, and how far it is. Moments are milliseconds since 1970.
CREATE TABLE status_batch (
  id TEXT COLLATE "C" PRIMARY KEY, state TEXT NOT NULL, wanted TEXT NOT NULL, reason TEXT, actor TEXT NOT NULL,
  created_at BIGINT NOT NULL, ended_at BIGINT);
CREATE INDEX status_batch_running ON status_batch (id) WHERE state = 'running';

CREATE TABLE status_batch_item (
  batch TEXT COLLATE "C" NOT NULL, position INTEGER NOT NULL, root TEXT NOT NULL, leaf INTEGER NOT NULL, state TEXT NOT NULL,
  outcome TEXT, PRIMARY KEY (batch, position));
CREATE INDEX status_batch_item_state ON status_batch_item (batch, state, position);
