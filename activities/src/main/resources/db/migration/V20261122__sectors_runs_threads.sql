-- The catalog's first schema: sectors with their pieces, rebuild runs with their state changes, and
-- what each host last reported of its sealing threads.
--
-- Times are BIGINT milliseconds since 1970-01-01 UTC: the very numbers the workflows record, compared
-- exactly, and untouched by any session's or server's time zone.
-- Proofs and states are kept by name (StackedDrg32GiBV1_1, PC1Done), never by number.
-- MariaDB commits each CREATE TABLE at once; IF NOT EXISTS lets a migration that was killed half-way
-- run again.

CREATE TABLE IF NOT EXISTS sector (
  miner        BIGINT       NOT NULL,
  number       BIGINT       NOT NULL,
  proof        VARCHAR(64)  NOT NULL,
  ticket       CHAR(64)     NOT NULL COMMENT 'hex',
  ticket_epoch BIGINT       NOT NULL,
  seed         CHAR(64)     NULL COMMENT 'hex',
  seed_epoch   BIGINT       NULL,
  comm_d       VARCHAR(128) NULL COMMENT 'CID; null: computed from the pieces',
  comm_r       VARCHAR(128) NOT NULL COMMENT 'CID',
  source       TEXT         NOT NULL COMMENT 'who brought it in',
  record_json  LONGTEXT     NULL COMMENT 'another system''s record as imported',
  created_at   BIGINT       NOT NULL,
  updated_at   BIGINT       NOT NULL,
  PRIMARY KEY (miner, number),
  CONSTRAINT sector_seed_is_whole CHECK ((seed IS NULL) = (seed_epoch IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS sector_piece (
  miner        BIGINT       NOT NULL,
  number       BIGINT       NOT NULL,
  ordinal      INT          NOT NULL,
  cid          VARCHAR(128) NOT NULL,
  size         BIGINT       NOT NULL COMMENT 'padded bytes',
  offset_bytes BIGINT       NOT NULL COMMENT 'padded bytes from the start of the sector',
  PRIMARY KEY (miner, number, ordinal),
  CONSTRAINT sector_piece_sector FOREIGN KEY (miner, number)
    REFERENCES sector (miner, number) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- No foreign key to sector: a run for a sector that the catalog does not know must be recordable too.
CREATE TABLE IF NOT EXISTS rebuild_run (
  run_id         VARCHAR(255) NOT NULL COMMENT 'Temporal''s',
  workflow_id    VARCHAR(255) NOT NULL,
  miner          BIGINT       NOT NULL,
  number         BIGINT       NOT NULL,
  state          VARCHAR(32)  NOT NULL,
  host           VARCHAR(255) NULL,
  thread_index   INT          NULL,
  started_at     BIGINT       NOT NULL,
  updated_at     BIGINT       NOT NULL COMMENT 'the workflow''s clock',
  last_seq       INT          NOT NULL COMMENT 'newest state change the row stands for, or -1',
  ended_at       BIGINT       NULL,
  attempts       INT          NOT NULL,
  attention      MEDIUMTEXT   NULL,
  last_error     MEDIUMTEXT   NULL,
  error_noted_at BIGINT       NULL COMMENT 'set while last_error is a failed attempt''s note: the host''s clock',
  requested_by   TEXT         NULL,
  PRIMARY KEY (run_id),
  KEY rebuild_run_of_sector (miner, number, started_at),
  KEY rebuild_run_by_end (ended_at, started_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS state_change (
  run_id       VARCHAR(255) NOT NULL,
  seq          INT          NOT NULL,
  state        VARCHAR(32)  NOT NULL,
  at           BIGINT       NOT NULL,
  step         TEXT         NULL,
  host         VARCHAR(255) NULL,
  thread_index INT          NULL,
  attempts     INT          NOT NULL,
  started_at   BIGINT       NULL,
  ended_at     BIGINT       NULL,
  core_millis  BIGINT       NOT NULL,
  note         MEDIUMTEXT   NULL,
  PRIMARY KEY (run_id, seq),
  CONSTRAINT state_change_run FOREIGN KEY (run_id)
    REFERENCES rebuild_run (run_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- No foreign key to sector here either: what a host reports is kept as it is.
CREATE TABLE IF NOT EXISTS sealing_thread (
  host         VARCHAR(255) NOT NULL,
  idx          INT          NOT NULL,
  location     TEXT         NOT NULL,
  plan         VARCHAR(64)  NOT NULL,
  miner        BIGINT       NULL,
  number       BIGINT       NULL,
  paused       BOOLEAN      NOT NULL,
  paused_since BIGINT       NULL,
  state        VARCHAR(255) NOT NULL,
  last_err     MEDIUMTEXT   NULL,
  progress     TEXT         NULL,
  seen_at      BIGINT       NOT NULL,
  PRIMARY KEY (host, idx),
  CONSTRAINT sealing_thread_sector_is_whole CHECK ((miner IS NULL) = (number IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
