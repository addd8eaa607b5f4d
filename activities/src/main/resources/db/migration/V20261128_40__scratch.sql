-- The scratch files on each host, as its worker last reported them, with the inputs that they are
-- made from: enough to continue the work when rebuilds or records are lost.
CREATE TABLE IF NOT EXISTS scratch (
  host VARCHAR(255) NOT NULL,
  location VARCHAR(400) NOT NULL,
  name VARCHAR(64) NOT NULL,
  miner BIGINT NULL,
  number BIGINT NULL,
  bytes BIGINT NOT NULL,
  state VARCHAR(64) NULL,
  verdict VARCHAR(16) NOT NULL,
  reason TEXT NOT NULL,
  advice TEXT NULL,
  inputs LONGTEXT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (host, location, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
