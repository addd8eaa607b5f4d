-- What each host could do for the sectors that a scan found lost: what is left in its stores, which
-- pieces it can get, whether it has room. A host that did not answer has no row.
CREATE TABLE IF NOT EXISTS loss_scan_repair (
  miner        BIGINT       NOT NULL,
  started_at   BIGINT       NOT NULL,
  host         VARCHAR(255) NOT NULL,
  part         INT          NOT NULL COMMENT 'long answers are kept in parts',
  repairs_json LONGTEXT     NOT NULL,
  PRIMARY KEY (miner, started_at, host, part),
  CONSTRAINT loss_scan_of_repair FOREIGN KEY (miner, started_at)
    REFERENCES loss_scan (miner, started_at) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
