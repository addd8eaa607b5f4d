-- What a state change records, under a stable name; the kind of older rows follows from their step
-- and state.
ALTER TABLE state_change
  ADD COLUMN IF NOT EXISTS kind VARCHAR(32) NULL;

-- Whether a thread takes no work because of a fault of its host; hosts report it anew from now on.
ALTER TABLE sealing_thread
  ADD COLUMN IF NOT EXISTS faulted BOOLEAN NOT NULL DEFAULT FALSE AFTER paused_since;

UPDATE sealing_thread SET faulted = TRUE
WHERE last_err LIKE 'Host.Memory:%' OR last_err LIKE 'Host.Disk:%' OR last_err LIKE 'Host.Gpu:%';
