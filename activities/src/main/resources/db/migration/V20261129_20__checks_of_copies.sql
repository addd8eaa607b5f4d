-- Each copy of a replica in the stores of all hosts, as its last checks found it.
-- No foreign key to sector or sealing_store: a copy is there whether its record is or not.
CREATE TABLE IF NOT EXISTS stored_copy (
  store_id      VARCHAR(512) NOT NULL COMMENT 'identity of the store that has its file, so that hosts may share it; host:name of a store without one',
  host          VARCHAR(255) NOT NULL COMMENT 'that checked it last',
  store         VARCHAR(255) NOT NULL COMMENT 'its name there; what proves the copy may be in another store',
  miner         BIGINT       NOT NULL,
  number        BIGINT       NOT NULL,
  replica       VARCHAR(16)  NOT NULL COMMENT 'sealed or update',
  seen_at       BIGINT       NOT NULL COMMENT 'last check of any level',
  seen_by       VARCHAR(255) NOT NULL,
  sampled_at    BIGINT       NULL COMMENT 'last check of a sample or of every byte',
  sampled_by    VARCHAR(255) NULL,
  read_at       BIGINT       NULL COMMENT 'last check of every byte',
  read_by       VARCHAR(255) NULL,
  damage        MEDIUMTEXT   NULL COMMENT 'NULL: nothing is known to be wrong',
  damage_level  VARCHAR(16)  NULL COMMENT 'the level of the check that found it: only the same or a higher one can find it gone',
  damaged_since BIGINT       NULL,
  lost          BOOLEAN      NOT NULL DEFAULT FALSE COMMENT 'no file of it was left',
  repair_at     BIGINT       NULL COMMENT 'when a rebuild was last started because of this damage',
  PRIMARY KEY (store_id, miner, number, replica),
  KEY stored_copy_of_sector (miner, number),
  KEY stored_copy_damaged (damaged_since)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
