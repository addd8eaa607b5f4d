-- What stores have in cache directories of finished sectors that other software removes: layers,
-- trees, the output of commit 1. No foreign keys, as in stored_copy.
CREATE TABLE IF NOT EXISTS uncleared_cache (
  store_id VARCHAR(512) NOT NULL COMMENT 'as in stored_copy',
  host     VARCHAR(255) NOT NULL COMMENT 'that saw it last',
  store    VARCHAR(255) NOT NULL COMMENT 'its name there',
  miner    BIGINT       NOT NULL,
  number   BIGINT       NOT NULL,
  files    VARCHAR(255) NOT NULL COMMENT 'what is there, for people',
  bytes    BIGINT       NOT NULL,
  seen_at  BIGINT       NOT NULL,
  seen_by  VARCHAR(255) NOT NULL,
  PRIMARY KEY (store_id, miner, number),
  KEY uncleared_cache_of_sector (miner, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
