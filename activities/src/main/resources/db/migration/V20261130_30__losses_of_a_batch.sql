-- What the newest scan of their miner had found of a batch's sectors when the batch began: the next
-- scan replaces the one before it, and a sector that is back is lost in none.
CREATE TABLE IF NOT EXISTS batch_loss (
  batch           VARCHAR(128)  NOT NULL,
  miner           BIGINT        NOT NULL,
  number          BIGINT        NOT NULL,
  scanned_at      BIGINT        NOT NULL COMMENT 'when the chain was asked',
  verdict         VARCHAR(32)   NOT NULL,
  lost            TEXT          NOT NULL COMMENT 'what is lost, for people',
  size            BIGINT        NOT NULL,
  has_data        BOOLEAN       NOT NULL,
  deadline        INT           NOT NULL,
  partition_index INT           NOT NULL,
  whole_by        BIGINT        NULL COMMENT 'until when it had to be whole to stay without a fault; NULL: it was faulty',
  fault_at        BIGINT        NOT NULL COMMENT 'from when its fault counts',
  period          BIGINT        NOT NULL COMMENT 'milliseconds from one fee to the next',
  last_chance     BIGINT        NOT NULL COMMENT 'the last moment at which a declaration saves it',
  expires_at      BIGINT        NOT NULL,
  planned_at      BIGINT        NULL COMMENT 'when it was to be in its store',
  pledge          DECIMAL(40,0) NOT NULL COMMENT 'this and all amounts: attoFIL',
  fault_fee       DECIMAL(40,0) NOT NULL COMMENT 'for each period',
  day_reward      DECIMAL(40,0) NOT NULL COMMENT 'for each period',
  termination_fee DECIMAL(40,0) NOT NULL,
  PRIMARY KEY (batch, miner, number),
  CONSTRAINT batch_loss_of_batch FOREIGN KEY (batch) REFERENCES batch (name) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

ALTER TABLE followed_sector
  ADD COLUMN IF NOT EXISTS since    BIGINT NULL COMMENT 'epoch at which it was first seen with its status',
  ADD COLUMN IF NOT EXISTS since_at BIGINT NULL COMMENT 'when that was',
  ADD COLUMN IF NOT EXISTS first_chance BIGINT NULL COMMENT 'epoch after the first window in which it could be proven; NULL: no fault was seen';
