package io.reseal.catalog;

import io.reseal.catalog.CatalogException.Reason;
import io.reseal.outage.NetworkFault;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/** Maps the errors of MariaDB and its driver to messages for users. */
final class CatalogErrors {

  private static final int DISK_FULL = 1021;
  private static final int TOO_MANY_CONNECTIONS = 1040;
  static final int ACCESS_DENIED_TO_DATABASE = 1044;
  private static final int ACCESS_DENIED = 1045;
  private static final int UNKNOWN_DATABASE = 1049;
  private static final int DUPLICATE_KEY = 1062;
  private static final int TABLE_FULL = 1114;
  private static final int HOST_BLOCKED = 1129;
  private static final int HOST_NOT_ALLOWED = 1130;
  static final int TABLE_ACCESS_DENIED = 1142;
  private static final int COLUMN_ACCESS_DENIED = 1143;
  private static final int TOO_MANY_USER_CONNECTIONS = 1203;
  private static final int USER_LIMIT_REACHED = 1226;
  static final int PRIVILEGE_NEEDED = 1227;
  private static final int SERVER_READ_ONLY = 1290;
  private static final int ACCESS_DENIED_NO_PASSWORD = 1698;
  private static final int STATEMENT_TIMEOUT = 1969;
  private static final int TLS_REQUIRED = 3159;
  private static final int TLS_REQUIRED_BY_MARIADB = 4254;

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
          exception(
              Reason.REFUSED,
              thrown,
              "The catalog at %s refuses user '%s': check the user and the password%s."
                  .formatted(
                      settings.shownUrl(),
                      settings.user(),
                      // MariaDB says the same to a user that has to connect encrypted.
                      settings.isEncrypted()
                          ? ""
                          : "; a user that needs TLS needs ?sslMode=verify-full in [catalog] url"));
      case ACCESS_DENIED_TO_DATABASE, TABLE_ACCESS_DENIED, COLUMN_ACCESS_DENIED, PRIVILEGE_NEEDED ->
          exception(
              Reason.REFUSED,
              thrown,
              "User '%s' lacks rights on the catalog at %s: give it those that 'reseal catalog grants' prints."
                  .formatted(settings.user(), settings.shownUrl()));
      case HOST_BLOCKED, HOST_NOT_ALLOWED ->
          exception(
              Reason.REFUSED,
              thrown,
              ("The catalog at %s accepts no connection from this machine (%s): let user '%s'"
                      + " connect from it, or run mariadb-admin flush-hosts there.")
                  .formatted(settings.shownUrl(), firstLine(cause), settings.user()));
      case TOO_MANY_CONNECTIONS, TOO_MANY_USER_CONNECTIONS, USER_LIMIT_REACHED ->
          exception(
              Reason.OVERLOADED,
              thrown,
              ("The catalog at %s has too many connections (%s): raise max_connections there (a"
                      + " worker has up to %d), or stop what holds them.")
                  .formatted(settings.shownUrl(), firstLine(cause), settings.connections()));
      case TLS_REQUIRED, TLS_REQUIRED_BY_MARIADB -> tls(thrown, firstLine(cause));
      case DISK_FULL, TABLE_FULL ->
          exception(
              Reason.FAILED,
              thrown,
              "The disk of the catalog's server at %s is full (%s): free space there."
                  .formatted(settings.shownUrl(), firstLine(cause)));
      case SERVER_READ_ONLY ->
          exception(
              Reason.FAILED,
              thrown,
              ("The catalog's server at %s is read-only (%s): give the URL of the primary, or make"
                      + " it writable.")
                  .formatted(settings.shownUrl(), firstLine(cause)));
      case STATEMENT_TIMEOUT ->
          exception(
              Reason.UNREACHABLE,
              thrown,
              "The catalog at %s did not answer in time (%s): check its server's load."
                  .formatted(settings.shownUrl(), firstLine(cause)));
      case UNKNOWN_DATABASE ->
          exception(
              Reason.NO_DATABASE,
              thrown,
              "There is no database '%s' at %s: create it, or correct the catalog's URL."
                  .formatted(settings.database(), settings.shownUrl()));
      case DUPLICATE_KEY ->
          exception(
              Reason.ALREADY_THERE,
              thrown,
              "The catalog at %s has that record already.".formatted(settings.shownUrl()));
      default -> ofConnection(thrown, cause);
    };
  }

  private CatalogException ofConnection(Throwable thrown, SQLException cause) {
    Optional<NetworkFault> fault = NetworkFault.of(thrown);
    if (fault.equals(Optional.of(NetworkFault.TLS))) {
      return tls(thrown, NetworkFault.words(thrown));
    }
    if (fault.isPresent() || isConnectionLoss(cause)) {
      return exception(
          fault.equals(Optional.of(NetworkFault.TIMEOUT)) ? Reason.SLOW : Reason.UNREACHABLE,
          thrown,
          ("The catalog at %s cannot be reached (%s%s): start MariaDB there, or correct the"
                  + " catalog's URL.")
              .formatted(
                  settings.shownUrl(),
                  fault.map(known -> known.text() + "; ").orElse(""),
                  firstLine(cause)));
    }
    return failed(thrown, cause);
  }

  private CatalogException tls(Throwable thrown, String said) {
    return exception(
        Reason.TLS,
        thrown,
        ("The catalog at %s: %s (%s): check sslMode and the certificates in the catalog's URL and"
                + " on the server.")
            .formatted(settings.shownUrl(), NetworkFault.TLS.text(), said));
  }

  private CatalogException failed(Throwable thrown, Throwable cause) {
    return exception(
        Reason.FAILED,
        thrown,
        "The catalog at %s failed: %s".formatted(settings.shownUrl(), firstLine(cause)));
  }

  private static CatalogException exception(Reason reason, Throwable thrown, String sentence) {
    return new CatalogException(reason, sentence, thrown);
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
