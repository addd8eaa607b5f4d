package io.reseal.catalog;

import io.reseal.config.Installation;
import io.reseal.config.Loopback;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.export.SslMode;

/**
 * The catalog's address, and the user that opens it.
 *
 * @param url {@code jdbc:mariadb://host:port/database}, without a password
 * @param user MariaDB's user
 * @param password its password; never shown
 * @param connections how many connections this process has at most
 */
public record CatalogSettings(String url, String user, String password, int connections) {

  /** With the usual number of connections. */
  public CatalogSettings(String url, String user, String password) {
    this(url, user, password, Installation.Catalog.USUAL_CONNECTIONS);
  }

  /** The settings in an installation's {@code [catalog]}. */
  public static CatalogSettings of(Installation installation) {
    return new CatalogSettings(
        installation.catalog().url(),
        installation.catalog().user(),
        installation.catalog().password(),
        installation.catalog().connections());
  }

  private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?i)[?&]password=");

  public CatalogSettings {
    if (databaseOf(url) == null) {
      throw new IllegalArgumentException(
          "'%s' is not a catalog's URL: it must look like jdbc:mariadb://host:3306/reseal."
              .formatted(withoutOptions(url)));
    }
    if (PASSWORD_IN_URL.matcher(url).find()) {
      throw new IllegalArgumentException(
          "The catalog's URL %s contains a password: use the password's own setting."
              .formatted(withoutOptions(url)));
    }
  }

  /** The URL without its options, as messages show it. */
  public String shownUrl() {
    return withoutOptions(url);
  }

  /** A warning if what is sent to the server can be read on the way, passwords included. */
  public Optional<String> plaintextWarning() {
    Configuration parsed = parsed(url);
    boolean local =
        parsed.localSocket() != null
            || parsed.addresses().stream().allMatch(address -> Loopback.is(address.host));
    return isEncrypted() || local
        ? Optional.empty()
        : Optional.of(
            "The connection to MariaDB at %s is not encrypted; add ?sslMode=verify-full (and serverSslCert=FILE for a certificate authority of your own) to [catalog] url, see the section on security in docs/operating.md."
                .formatted(shownUrl()));
  }

  /** Whether what is sent to the database is encrypted. */
  boolean isEncrypted() {
    return parsed(url).sslMode() != SslMode.DISABLE;
  }

  /** The database's name in the URL. */
  public String database() {
    return databaseOf(url);
  }

  private static String withoutOptions(String url) {
    return url.replaceFirst("\\?.*", "");
  }

  private static String databaseOf(String url) {
    Configuration parsed = parsed(url);
    return parsed == null ? null : parsed.database();
  }

  /** The URL as the driver understands it, or null if it does not. */
  private static Configuration parsed(String url) {
    try {
      return url.startsWith("jdbc:mariadb://") ? Configuration.parse(url) : null;
    } catch (SQLException | IllegalArgumentException unreadable) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "CatalogSettings[url=%s, user=%s]".formatted(shownUrl(), user);
  }
}
