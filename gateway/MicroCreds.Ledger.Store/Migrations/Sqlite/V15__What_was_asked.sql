-- How often the gateway was asked what, by month: numbers alone.
CREATE TABLE answered (
  month TEXT NOT NULL, what TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (month, what));
