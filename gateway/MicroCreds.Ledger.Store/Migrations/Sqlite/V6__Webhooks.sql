-- Who is told what happens, how far each was told of the ledger, and what it is still to be told. Moments are
-- milliseconds since 1970.
CREATE TABLE webhook (
  id TEXT PRIMARY KEY, url TEXT NOT NULL, types TEXT NOT NULL, description TEXT, created_at INTEGER NOT NULL,
  secret TEXT NOT NULL, old_secret TEXT, old_secret_until INTEGER,
  state TEXT NOT NULL, cause TEXT, changed_at INTEGER NOT NULL,
  failing_since INTEGER, fault TEXT, paused_until INTEGER,
  ledger TEXT NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL);

-- The credential's identifier is personal data as long as its document is kept, and goes with it.
CREATE TABLE webhook_delivery (
  webhook TEXT NOT NULL, message TEXT NOT NULL, type TEXT NOT NULL, credential TEXT, payload TEXT NOT NULL,
  created_at INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL,
  tried_at INTEGER, status INTEGER, fault TEXT, PRIMARY KEY (webhook, message));
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_created ON webhook_delivery (webhook, created_at, message);
CREATE INDEX webhook_delivery_credential ON webhook_delivery (credential) WHERE credential IS NOT NULL;
