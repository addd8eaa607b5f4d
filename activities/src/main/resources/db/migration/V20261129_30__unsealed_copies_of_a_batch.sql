-- What the rebuilds of a batch do about unsealed copies; NULL: nothing.

ALTER TABLE batch
  ADD COLUMN IF NOT EXISTS unsealed VARCHAR(8) NULL AFTER urgent;
