-- Which flavour of the native core a host runs, and why.

ALTER TABLE sealing_host
  ADD COLUMN IF NOT EXISTS flavour VARCHAR(64) NOT NULL DEFAULT ''
    COMMENT 'empty: not reported',
  ADD COLUMN IF NOT EXISTS flavour_text MEDIUMTEXT NOT NULL DEFAULT ''
    COMMENT 'sentences: its GPUs, and why the other flavours do not run';
