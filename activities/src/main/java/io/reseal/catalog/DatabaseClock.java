package io.reseal.catalog;

/** The time of MariaDB's clock, which all hosts share. */
final class DatabaseClock {

  /** An SQL expression: milliseconds since 1970. */
  static final String NOW = "ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000)";

  private DatabaseClock() {}
}
