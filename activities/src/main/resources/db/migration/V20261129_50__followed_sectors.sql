-- What the chain, and the miner's software, say of each sector that a rebuild has put back.
-- No foreign key to sector: what was seen stays if the record is replaced.
CREATE TABLE IF NOT EXISTS followed_sector (
  miner            BIGINT      NOT NULL,
  number           BIGINT      NOT NULL,
  status           VARCHAR(16) NOT NULL COMMENT 'ACTIVE, FAULTY, RECOVERING, PROVEN or ENDED',
  height           BIGINT      NOT NULL COMMENT 'epoch at which it was seen',
  course           MEDIUMTEXT  NOT NULL COMMENT 'the statuses before it, each with its epoch',
  text             MEDIUMTEXT  NOT NULL COMMENT 'what that means',
  attention        MEDIUMTEXT  NULL COMMENT 'what is wrong, while something can be done about it',
  command          MEDIUMTEXT  NULL COMMENT 'what to run about it',
  software         MEDIUMTEXT  NULL COMMENT 'what the miner''s software answered; NULL: none is configured',
  software_sees    BOOLEAN     NULL,
  software_command MEDIUMTEXT  NULL,
  seen_at          BIGINT      NOT NULL,
  next_look        BIGINT      NULL COMMENT 'NULL: nothing can change any more',
  PRIMARY KEY (miner, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
