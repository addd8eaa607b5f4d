-- A rebuild whose history has become long continues in a new run of its workflow. run_id stays the id
-- of the first one.
ALTER TABLE rebuild_run
  ADD COLUMN IF NOT EXISTS current_run_id VARCHAR(255) NULL COMMENT 'Temporal''s id of the newest run; null: the first one',
  ADD KEY IF NOT EXISTS rebuild_run_by_current (current_run_id);
