-- The roots of trees C and R of each replica whose p_aux was seen and gives its CommR. The root of
-- tree C cannot be computed again without PC1.
-- The key has comm_r, so that a row proves itself: an update adds a row and changes none.
-- No foreign key to sector: roots outlive the record that they were compared with.
CREATE TABLE IF NOT EXISTS sector_roots (
  miner       BIGINT       NOT NULL,
  number      BIGINT       NOT NULL,
  comm_r      VARCHAR(128) NOT NULL COMMENT 'CID; the hash of the two roots',
  comm_c      CHAR(64)     NOT NULL COMMENT 'root of tree C, hex',
  comm_r_last CHAR(64)     NOT NULL COMMENT 'root of tree R, hex',
  learned_at  BIGINT       NOT NULL COMMENT 'the clock of who read them',
  source      TEXT         NOT NULL COMMENT 'where they were read',
  PRIMARY KEY (miner, number, comm_r)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
