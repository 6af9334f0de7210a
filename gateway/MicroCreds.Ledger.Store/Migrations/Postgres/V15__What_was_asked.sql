-- How often the gateway was asked what, by month: numbers alone.
CREATE TABLE answered (
  month TEXT COLLATE "C" NOT NULL, what TEXT COLLATE "C" NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (month, what));
