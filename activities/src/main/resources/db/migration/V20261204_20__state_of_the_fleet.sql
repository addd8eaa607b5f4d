-- One worker reads the state of the fleet, which takes longer the more sectors there are, and keeps
-- it here for the metrics of all.
CREATE TABLE IF NOT EXISTS fleet_state (
  id         TINYINT      NOT NULL,
  host       VARCHAR(255) NOT NULL COMMENT 'whose worker reads it',
  renewed_at BIGINT       NOT NULL COMMENT 'when it last began or ended; the database''s clock',
  state_json LONGTEXT     NULL,
  PRIMARY KEY (id),
  CONSTRAINT fleet_state_once CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
