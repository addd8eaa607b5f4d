-- Batches and their sectors in the order given. How a batch's sector stands is its newest run that
-- began after the batch, or was on its way by then: nothing is kept twice.

CREATE TABLE IF NOT EXISTS batch (
  name         VARCHAR(128) NOT NULL,
  sectors      INT          NOT NULL,
  parallel     INT          NOT NULL,
  host         VARCHAR(255) NULL COMMENT 'the only host that may do it',
  prove        BOOLEAN      NOT NULL,
  force_seal   BOOLEAN      NOT NULL,
  requested_by TEXT         NULL,
  started_at   BIGINT       NOT NULL COMMENT 'when it was first asked for; the database''s clock',
  updated_at   BIGINT       NOT NULL,
  ended_at     BIGINT       NULL,
  state        VARCHAR(32)  NOT NULL,
  note         TEXT         NULL COMMENT 'who did what last, or how it ended',
  PRIMARY KEY (name),
  KEY batch_by_start (started_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS batch_sector (
  batch   VARCHAR(128) NOT NULL,
  ordinal INT          NOT NULL,
  miner   BIGINT       NOT NULL,
  number  BIGINT       NOT NULL,
  PRIMARY KEY (batch, ordinal),
  UNIQUE KEY batch_sector_once (miner, number, batch),
  CONSTRAINT batch_sector_batch FOREIGN KEY (batch) REFERENCES batch (name) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
