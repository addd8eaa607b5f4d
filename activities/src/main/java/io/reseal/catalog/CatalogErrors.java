package io.reseal.catalog;

import io.reseal.catalog.CatalogException.Reason;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** Maps the errors of MariaDB and its driver to messages for users. */
final class CatalogErrors {

  private static final int ACCESS_DENIED_TO_DATABASE = 1044;
  private static final int ACCESS_DENIED = 1045;
  private static final int UNKNOWN_DATABASE = 1049;
  private static final int DUPLICATE_KEY = 1062;
  private static final int TABLE_ACCESS_DENIED = 1142;
  private static final int ACCESS_DENIED_NO_PASSWORD = 1698;

  private final CatalogSettings settings;

  CatalogErrors(CatalogSettings settings) {
    this.settings = settings;
  }

  CatalogException explain(Throwable thrown) {
    SQLException cause = newestSqlCause(thrown);
    if (cause == null) {
      return failed(thrown, thrown);
    }
    return switch (cause.getErrorCode()) {
      case ACCESS_DENIED, ACCESS_DENIED_NO_PASSWORD ->
          new CatalogException(
              Reason.REFUSED,
              "The catalog at %s refuses user '%s': check the user and the password."
                  .formatted(settings.shownUrl(), settings.user()),
              thrown);
      case ACCESS_DENIED_TO_DATABASE, TABLE_ACCESS_DENIED ->
          new CatalogException(
              Reason.REFUSED,
              "User '%s' lacks rights on the catalog at %s: grant it ALL on database '%s'."
                  .formatted(settings.user(), settings.shownUrl(), settings.database()),
              thrown);
      case UNKNOWN_DATABASE ->
          new CatalogException(
              Reason.NO_DATABASE,
              "There is no database '%s' at %s: create it, or correct the catalog's URL."
                  .formatted(settings.database(), settings.shownUrl()),
              thrown);
      case DUPLICATE_KEY ->
          new CatalogException(
              Reason.ALREADY_THERE,
              "The catalog at %s has that record already.".formatted(settings.shownUrl()),
              thrown);
      default -> isConnectionLoss(cause) ? unreachable(thrown, cause) : failed(thrown, cause);
    };
  }

  private CatalogException unreachable(Throwable thrown, SQLException cause) {
    return new CatalogException(
        Reason.UNREACHABLE,
        "The catalog at %s cannot be reached (%s): start MariaDB there, or correct the catalog's URL."
            .formatted(settings.shownUrl(), firstLine(cause)),
        thrown);
  }

  private CatalogException failed(Throwable thrown, Throwable cause) {
    return new CatalogException(
        Reason.FAILED,
        "The catalog at %s failed: %s".formatted(settings.shownUrl(), firstLine(cause)),
        thrown);
  }

  private static boolean isConnectionLoss(SQLException cause) {
    String state = cause.getSQLState();
    return cause instanceof SQLTransientConnectionException
        || (state != null && state.startsWith("08"));
  }

  /** The innermost SQLException: pools and libraries wrap the server's own. */
  private static SQLException newestSqlCause(Throwable thrown) {
    SQLException found = null;
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof SQLException sql) {
        found = sql;
      }
    }
    return found;
  }

  private static String firstLine(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }
}
