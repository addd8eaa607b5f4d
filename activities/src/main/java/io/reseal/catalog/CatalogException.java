package io.reseal.catalog;

import io.reseal.problem.ProblemException;

/** An access to the catalog failed; the message states what, where and what to do. */
public final class CatalogException extends ProblemException {

  private static final long serialVersionUID = 1L;

  /** Why it failed. */
  public enum Reason {
    /** No connection, or it broke: trying again may help. */
    UNREACHABLE,
    /** It did not answer in time; an address where nobody ever answers looks the same. */
    SLOW,
    /** No encrypted connection can be made. */
    TLS,
    /** The server takes no more connections. */
    OVERLOADED,
    /** User or password refused, or the user lacks a right. */
    REFUSED,
    /** The server has no database of that name. */
    NO_DATABASE,
    /**
     * The database's schema is not the one this program works with, and cannot be migrated to it.
     */
    SCHEMA,
    /** A record with that key exists. */
    ALREADY_THERE,
    /** A row is not a valid record; it was changed by hand. */
    BROKEN_RECORD,
    /** Any other error from the server. */
    FAILED
  }

  private final Reason reason;

  public CatalogException(Reason reason, String message, Throwable cause) {
    super(category(reason), message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Whether the catalog as a whole cannot be used, rather than having refused this one access. */
  public boolean isOutage() {
    return category() == Category.UNREACHABLE;
  }

  private static Category category(Reason reason) {
    return switch (reason) {
      case UNREACHABLE, SLOW, TLS, OVERLOADED, REFUSED, NO_DATABASE -> Category.UNREACHABLE;
      case ALREADY_THERE -> Category.REFUSED;
      case SCHEMA, BROKEN_RECORD, FAILED -> Category.FAILED;
    };
  }
}
