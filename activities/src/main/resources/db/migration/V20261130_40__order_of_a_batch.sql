-- Batches whose order follows the cost of waiting. Sectors that the batch has read keep their places: a worker that was
-- frozen must not move one to where the batch has already been.
ALTER TABLE batch
  ADD COLUMN IF NOT EXISTS by_cost BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'whether its order follows the cost of waiting',
  ADD COLUMN IF NOT EXISTS settled INT NOT NULL DEFAULT 0 COMMENT 'sectors with a lower ordinal keep their places';
