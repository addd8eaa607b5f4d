-- What the rebuild that scratch files are of does about the unsealed copy.
ALTER TABLE scratch ADD COLUMN IF NOT EXISTS unsealed VARCHAR(8) NULL COMMENT 'ALSO or ONLY; NULL: nothing';
