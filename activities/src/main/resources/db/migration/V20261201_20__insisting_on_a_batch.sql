-- Batches in the order of the cost of waiting do not start what cannot be proven in time any more, unless an operator
-- insists.
ALTER TABLE batch
  ADD COLUMN IF NOT EXISTS insist BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'whether it also rebuilds what is too late to be proven';
