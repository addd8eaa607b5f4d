-- The order in which runs were first recorded. Times cannot give it, because clocks may jump.
-- Earlier runs are numbered by their times.
ALTER TABLE rebuild_run
  ADD COLUMN IF NOT EXISTS ordinal BIGINT NULL COMMENT 'counts the runs in the order of their first record';

UPDATE rebuild_run JOIN (
    SELECT run_id, ROW_NUMBER() OVER (ORDER BY started_at, updated_at, run_id) AS place
    FROM rebuild_run) numbered ON numbered.run_id = rebuild_run.run_id
SET rebuild_run.ordinal = numbered.place
WHERE rebuild_run.ordinal IS NULL;

ALTER TABLE rebuild_run
  ADD UNIQUE KEY IF NOT EXISTS rebuild_run_ordinal (ordinal),
  ADD KEY IF NOT EXISTS rebuild_run_of_sector_in_order (miner, number, ordinal),
  MODIFY COLUMN ordinal BIGINT NOT NULL AUTO_INCREMENT COMMENT 'counts the runs in the order of their first record';

-- Which runs count for a batch; null if an older version recorded it, which compared times.
ALTER TABLE batch_sector
  ADD COLUMN IF NOT EXISTS after_run BIGINT NULL COMMENT 'ordinal of the sector''s last run that had ended when the batch was requested';

ALTER TABLE batch
  ADD COLUMN IF NOT EXISTS last_run BIGINT NULL COMMENT 'ordinal of the newest run of all when the batch ended';
