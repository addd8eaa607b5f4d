-- A sector knows what it was updated to and how it stands on chain; what each source says of it is
-- kept with its source, and which source's word counts where they differ.

ALTER TABLE sector
  MODIFY COLUMN ticket_epoch BIGINT NULL,
  ADD COLUMN IF NOT EXISTS snap_comm_d VARCHAR(128) NULL COMMENT 'CID; null: computed from the update''s pieces' AFTER comm_r,
  ADD COLUMN IF NOT EXISTS snap_comm_r VARCHAR(128) NULL COMMENT 'CID; null: not snapped' AFTER snap_comm_d,
  ADD COLUMN IF NOT EXISTS activation BIGINT NULL AFTER snap_comm_r,
  ADD COLUMN IF NOT EXISTS expiration BIGINT NULL AFTER activation,
  ADD COLUMN IF NOT EXISTS deadline_index INT NULL AFTER expiration,
  ADD COLUMN IF NOT EXISTS partition_index INT NULL AFTER deadline_index,
  ADD COLUMN IF NOT EXISTS faulty BOOLEAN NULL AFTER partition_index,
  ADD COLUMN IF NOT EXISTS standing_as_of BIGINT NULL COMMENT 'epoch; null: the chain was not asked' AFTER faulty,
  ADD COLUMN IF NOT EXISTS merged BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'made from its findings; else a word of its own' AFTER source;

ALTER TABLE sector_piece
  ADD COLUMN IF NOT EXISTS of_update BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'a piece of the update, not of its key' AFTER number,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (miner, number, of_update, ordinal);

ALTER TABLE sector_proof MODIFY COLUMN ticket_epoch BIGINT NULL;

-- No foreign key to sector: facts are kept before they suffice for a record.
CREATE TABLE IF NOT EXISTS sector_finding (
  miner    BIGINT       NOT NULL,
  number   BIGINT       NOT NULL,
  source   VARCHAR(700) NOT NULL,
  facts    LONGTEXT     NOT NULL COMMENT 'JSON',
  taken_at BIGINT       NOT NULL,
  PRIMARY KEY (miner, number, source)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS sector_decision (
  miner      BIGINT       NOT NULL,
  number     BIGINT       NOT NULL,
  fact       VARCHAR(32)  NOT NULL,
  source     VARCHAR(700) NOT NULL COMMENT 'whose word counts',
  decided_by TEXT         NOT NULL,
  decided_at BIGINT       NOT NULL,
  PRIMARY KEY (miner, number, fact)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
