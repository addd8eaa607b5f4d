-- The sealing hosts as they last reported themselves, and what operators told them.

CREATE TABLE IF NOT EXISTS sealing_host (
  name      VARCHAR(255) NOT NULL,
  addresses TEXT         NOT NULL COMMENT 'host name and IP addresses, separated by spaces',
  version   VARCHAR(255) NOT NULL,
  draining  BOOLEAN      NOT NULL,
  seen_at   BIGINT       NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS host_command (
  id           BIGINT       NOT NULL AUTO_INCREMENT,
  host         VARCHAR(255) NOT NULL,
  thread_index INT          NULL COMMENT 'null: the whole host',
  kind         VARCHAR(32)  NOT NULL,
  given_by     TEXT         NOT NULL,
  at           BIGINT       NOT NULL,
  outcome      MEDIUMTEXT   NOT NULL,
  PRIMARY KEY (id),
  KEY host_command_of_host (host, at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
