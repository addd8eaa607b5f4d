-- A host whose clock is wrong reports wrong times; lists of hosts say so.
ALTER TABLE sealing_host
  ADD COLUMN IF NOT EXISTS clock_ahead BIGINT NULL COMMENT 'milliseconds; negative if it is behind the database''s clock';
