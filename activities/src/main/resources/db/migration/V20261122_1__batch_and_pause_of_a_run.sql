-- A run knows the batch that started it, and why it stands still when an operator wanted that.

ALTER TABLE rebuild_run
  ADD COLUMN IF NOT EXISTS batch  VARCHAR(255) NULL AFTER attempts,
  ADD COLUMN IF NOT EXISTS paused TEXT         NULL COMMENT 'why, by whom' AFTER batch,
  ADD KEY IF NOT EXISTS rebuild_run_of_batch (batch, started_at);
