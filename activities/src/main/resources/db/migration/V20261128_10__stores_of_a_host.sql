-- The stores of each sealing host: which identity each must have, and what its worker last reported.
CREATE TABLE IF NOT EXISTS sealing_store (
  host           VARCHAR(255) NOT NULL,
  name           VARCHAR(255) NOT NULL COMMENT 'as the host''s file names it',
  location       TEXT         NOT NULL,
  identity       VARCHAR(255) NULL COMMENT 'NULL: not recorded yet',
  network        BOOLEAN      NOT NULL DEFAULT FALSE COMMENT 'on a network file system, so hosts may share it',
  readonly       BOOLEAN      NOT NULL,
  fault          MEDIUMTEXT   NULL COMMENT 'why it is not used; NULL: nothing is wrong',
  free_bytes     BIGINT       NOT NULL DEFAULT 0,
  incoming_bytes BIGINT       NOT NULL DEFAULT 0 COMMENT 'of copies that are under way or were interrupted',
  seen_at        BIGINT       NOT NULL,
  PRIMARY KEY (host, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
