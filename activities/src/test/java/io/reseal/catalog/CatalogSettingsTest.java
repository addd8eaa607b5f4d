package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogSettingsTest {

  /** Seen to catch the text a record has by itself. */
  @Test
  void neverShowsThePassword() {
    CatalogSettings settings =
        new CatalogSettings("jdbc:mariadb://db:3306/reseal?sslMode=trust", "reseal", "hush");
    assertThat(settings)
        .hasToString("CatalogSettings[url=jdbc:mariadb://db:3306/reseal, user=reseal]");
    assertThat(settings.database()).isEqualTo("reseal");
  }

  @Test
  void refusesAPasswordInTheUrlWithoutRepeatingIt() {
    assertThatThrownBy(
            () -> new CatalogSettings("jdbc:mariadb://db/reseal?user=u&password=hush", "u", ""))
        .hasMessage(
            "The catalog's URL jdbc:mariadb://db/reseal contains a password: use the password's own"
                + " setting.");
  }

  // Catches: passwords that cross a network in the clear without a word.
  @ParameterizedTest
  @CsvSource({
    "jdbc:mariadb://db.example:3306/reseal, true",
    "jdbc:mariadb://10.0.0.7/reseal?sslMode=disable, true",
    "'jdbc:mariadb://127.0.0.1:3306,db.example:3306/reseal', true",
    "jdbc:mariadb://127.0.0.1.example.com/reseal, true",
    "jdbc:mariadb://db.example/reseal?sslMode=verify-full, false",
    "jdbc:mariadb://127.0.0.1:3306/reseal, false",
    "jdbc:mariadb://localhost/reseal, false",
    "jdbc:mariadb://[::1]:3306/reseal, false",
    "jdbc:mariadb://db/reseal?localSocket=/run/mysqld.sock, false"
  })
  void warnsOfAConnectionThatOthersCanRead(String url, boolean warns) {
    assertThat(new CatalogSettings(url, "u", "hush").plaintextWarning().isPresent())
        .isEqualTo(warns);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "reseal",
        "mariadb://db/reseal",
        "jdbc:mysql://db/reseal",
        "jdbc:mariadb://db",
        "jdbc:mariadb://db:3306/",
        "jdbc:mariadb://db:port/reseal",
        "jdbc:postgresql://db/reseal"
      })
  void refusesWhatIsNoUrlOfACatalog(String url) {
    assertThatThrownBy(() -> new CatalogSettings(url, "u", "hush"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'%s' is not a catalog's URL: it must look like jdbc:mariadb://host:3306/reseal.", url);
  }
}
