-- Which runs count for a batch is known by ordinals alone, also for batches from before they existed.
UPDATE batch_sector s JOIN batch b ON b.name = s.batch
SET s.after_run = (
  SELECT COALESCE(MAX(r.ordinal), 0) FROM rebuild_run r
  WHERE r.miner = s.miner AND r.number = s.number AND r.ended_at < b.started_at)
WHERE s.after_run IS NULL;

UPDATE batch b
SET b.last_run = (
  SELECT COALESCE(MAX(r.ordinal), 0) FROM rebuild_run r WHERE r.started_at <= b.ended_at)
WHERE b.ended_at IS NOT NULL AND b.last_run IS NULL;

ALTER TABLE batch_sector
  MODIFY COLUMN after_run BIGINT NOT NULL DEFAULT 0 COMMENT 'ordinal of the sector''s last run that had ended when the batch was requested';
