-- Which process is a host's worker: two with one name would take each other's work.

CREATE TABLE IF NOT EXISTS worker_lease (
  host       VARCHAR(255) NOT NULL,
  holder     VARCHAR(64)  NOT NULL COMMENT 'chosen by the process when it started',
  machine    VARCHAR(255) NOT NULL COMMENT 'host name, for people',
  kernel     VARCHAR(255) NOT NULL COMMENT 'processes with the same value see each other',
  process    BIGINT       NOT NULL,
  started_at BIGINT       NOT NULL,
  renewed_at BIGINT       NOT NULL COMMENT 'by the clock of the database',
  PRIMARY KEY (host)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
