-- A sector knows whether its proof is due, and the seed's height before the seed; seal proofs that
-- were made are kept.

ALTER TABLE sector
  ADD COLUMN IF NOT EXISTS proof_due BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'the pre-commit has landed, the proof has not' AFTER seed_epoch,
  DROP CONSTRAINT IF EXISTS sector_seed_is_whole,
  ADD CONSTRAINT IF NOT EXISTS sector_seed_has_height CHECK (seed IS NULL OR seed_epoch IS NOT NULL);

-- No foreign key to sector: a proof outlives the record it was made from.
CREATE TABLE IF NOT EXISTS sector_proof (
  miner        BIGINT       NOT NULL,
  number       BIGINT       NOT NULL,
  digest       CHAR(64)     NOT NULL COMMENT 'SHA-256 of the proof''s hex',
  run_id       VARCHAR(255) NOT NULL COMMENT 'the rebuild that made it',
  made_at      BIGINT       NOT NULL,
  proof_type   VARCHAR(64)  NOT NULL,
  ticket       CHAR(64)     NOT NULL COMMENT 'hex',
  ticket_epoch BIGINT       NOT NULL,
  seed         CHAR(64)     NOT NULL COMMENT 'hex',
  seed_epoch   BIGINT       NOT NULL,
  comm_d       VARCHAR(128) NOT NULL COMMENT 'CID',
  comm_r       VARCHAR(128) NOT NULL COMMENT 'CID',
  proof        TEXT         NOT NULL COMMENT 'hex',
  PRIMARY KEY (miner, number, digest)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
