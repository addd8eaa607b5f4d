package io.reseal.catalog;

/** The catalog could not do what was asked; the message says what, where and what to do. */
public final class CatalogException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why it could not. */
  public enum Reason {
    /** No connection, or it broke: may pass. */
    UNREACHABLE,
    /** User or password refused, or the user lacks a right. */
    REFUSED,
    /** The server has no database of that name. */
    NO_DATABASE,
    /** The database's schema is not, and cannot be made, the one this program works with. */
    SCHEMA,
    /** A record with that key exists. */
    ALREADY_THERE,
    /** A row was changed by hand into something that is no record. */
    BROKEN_RECORD,
    /** Anything else the server answered. */
    FAILED
  }

  private final Reason reason;

  public CatalogException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
