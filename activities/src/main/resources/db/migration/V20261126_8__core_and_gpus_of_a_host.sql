-- The native core that a host runs, and its GPUs, for programs too and not only as sentences.

ALTER TABLE sealing_host
  ADD COLUMN IF NOT EXISTS core MEDIUMTEXT NULL
    COMMENT 'JSON: flavour, why no other one, driver, GPUs; NULL: not reported',
  DROP COLUMN IF EXISTS flavour,
  DROP COLUMN IF EXISTS flavour_text;
