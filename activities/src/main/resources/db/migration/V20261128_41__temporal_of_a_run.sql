-- Which Temporal runs a rebuild, by the ids of its cluster and namespace: another one that does not
-- know the run shows nothing. Null for runs that an older version recorded.
ALTER TABLE rebuild_run
  ADD COLUMN IF NOT EXISTS temporal VARCHAR(255) NULL;
