-- A sector of a batch that is ordered by cost gets its priority together with its place.
ALTER TABLE batch_sector
  ADD COLUMN IF NOT EXISTS priority INT NULL COMMENT 'of Temporal''s levels; NULL: as the batch';
