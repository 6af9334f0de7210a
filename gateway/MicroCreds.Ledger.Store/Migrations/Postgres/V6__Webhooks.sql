-- Who is told what happens, how far each was told of the ledger, and what it is still to be told. Moments are
-- milliseconds since 1970.
CREATE TABLE webhook (
  id TEXT COLLATE "C" PRIMARY KEY, url TEXT NOT NULL, types TEXT NOT NULL, description TEXT,
  created_at BIGINT NOT NULL,
  secret TEXT NOT NULL, old_secret TEXT, old_secret_until BIGINT,
  state TEXT NOT NULL, cause TEXT, changed_at BIGINT NOT NULL,
  failing_since BIGINT, fault TEXT, paused_until BIGINT,
  ledger TEXT NOT NULL, block BIGINT NOT NULL, position INTEGER NOT NULL);

-- The credential's identifier is personal data as long as its document is kept, and goes with it.
CREATE TABLE webhook_delivery (
  webhook TEXT COLLATE "C" NOT NULL, message TEXT COLLATE "C" NOT NULL, type TEXT NOT NULL,
  credential TEXT, payload TEXT NOT NULL, created_at BIGINT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at BIGINT NOT NULL,
  tried_at BIGINT, status INTEGER, fault TEXT, PRIMARY KEY (webhook, message));
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_created ON webhook_delivery (webhook, created_at, message);
CREATE INDEX webhook_delivery_credential ON webhook_delivery (credential) WHERE credential IS NOT NULL;
