-- Scans of miners: each sector as the chain has it at one tipset, and whether each store could be
-- looked at. What a scan finds of copies is in stored_copy. Only the newest complete scan of a miner
-- is kept. A scan is written deadline by deadline and always read as a whole.
CREATE TABLE IF NOT EXISTS loss_scan (
  miner      BIGINT     NOT NULL,
  started_at BIGINT     NOT NULL COMMENT 'by Temporal''s clock; names the scan',
  epoch      BIGINT     NOT NULL,
  blocks     TEXT       NOT NULL COMMENT 'CIDs of the tipset that all was asked at, by spaces',
  asked_at   BIGINT     NOT NULL COMMENT 'when that tipset was the head',
  miner_json MEDIUMTEXT NOT NULL COMMENT 'the miner itself at that tipset',
  remarks    MEDIUMTEXT NULL COMMENT 'what no second node confirmed',
  ended_at   BIGINT     NULL COMMENT 'NULL: not complete',
  PRIMARY KEY (miner, started_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS loss_scan_deadline (
  miner        BIGINT   NOT NULL,
  started_at   BIGINT   NOT NULL,
  deadline     INT      NOT NULL,
  sectors_json LONGTEXT NOT NULL,
  PRIMARY KEY (miner, started_at, deadline),
  CONSTRAINT loss_scan_of_deadline FOREIGN KEY (miner, started_at)
    REFERENCES loss_scan (miner, started_at) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS loss_scan_store (
  miner      BIGINT       NOT NULL,
  started_at BIGINT       NOT NULL,
  host       VARCHAR(255) NOT NULL,
  store      VARCHAR(255) NOT NULL,
  store_id   VARCHAR(512) NOT NULL COMMENT 'as in stored_copy',
  looked_at  BIGINT       NOT NULL COMMENT 'when the look began, by the host''s clock: a copy that was not seen since was passed over',
  fault      TEXT         NULL COMMENT 'why it could not be looked at',
  PRIMARY KEY (miner, started_at, host, store),
  CONSTRAINT loss_scan_of_store FOREIGN KEY (miner, started_at)
    REFERENCES loss_scan (miner, started_at) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
