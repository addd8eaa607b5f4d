package io.reseal.catalog;

import io.reseal.config.Installation;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.mariadb.jdbc.Configuration;

/**
 * The catalog's address, and the user that opens it.
 *
 * @param url {@code jdbc:mariadb://host:port/database}, without a password
 * @param user MariaDB's user
 * @param password its password; never shown
 */
public record CatalogSettings(String url, String user, String password) {

  /** The settings in an installation's {@code [catalog]}. */
  public static CatalogSettings of(Installation installation) {
    return new CatalogSettings(
        installation.catalog().url(),
        installation.catalog().user(),
        installation.catalog().password());
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

  /** The database's name in the URL. */
  public String database() {
    return databaseOf(url);
  }

  private static String withoutOptions(String url) {
    return url.replaceFirst("\\?.*", "");
  }

  private static String databaseOf(String url) {
    try {
      Configuration parsed = Configuration.parse(url);
      return url.startsWith("jdbc:mariadb://") && parsed != null ? parsed.database() : null;
    } catch (SQLException | IllegalArgumentException unreadable) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "CatalogSettings[url=%s, user=%s]".formatted(shownUrl(), user);
  }
}
