package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.CatalogException.Reason;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which the catalog cannot be used has its own sentence and exit status. */
class CatalogErrorsTest {

  private static final String URL = "jdbc:mariadb://db:3306/reseal";

  private final CatalogErrors errors =
      new CatalogErrors(new CatalogSettings(URL, "sealer", "secret"));

  // Catches: a server's error number that has no sentence of its own.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1040 | OVERLOADED | has too many connections",
        "1203 | OVERLOADED | has too many connections",
        "1226 | OVERLOADED | has too many connections",
        "1044 | REFUSED | User 'sealer' lacks rights",
        "1045 | REFUSED | refuses user 'sealer'",
        "1698 | REFUSED | refuses user 'sealer'",
        "1049 | NO_DATABASE | There is no database 'reseal'",
        "1142 | REFUSED | User 'sealer' lacks rights",
        "1143 | REFUSED | User 'sealer' lacks rights",
        "1227 | REFUSED | User 'sealer' lacks rights",
        "1129 | REFUSED | accepts no connection from this machine",
        "1130 | REFUSED | accepts no connection from this machine",
        "3159 | TLS | TLS",
        "1969 | UNREACHABLE | did not answer in time",
        "1021 | FAILED | is full",
        "1114 | FAILED | is full",
        "1290 | FAILED | is read-only",
        "1064 | FAILED | failed",
      })
  void eachNumberHasItsSentence(int number, Reason reason, String words) {
    CatalogException explained =
        errors.explain(
            new IllegalStateException(
                new SQLTransientConnectionException(
                    "Connection is not available",
                    "08001",
                    new SQLException("so it said", "HY000", number))));

    assertThat(explained.reason()).isEqualTo(reason);
    assertThat(explained.getMessage()).contains(words, URL).doesNotContain("secret");
  }

  // Catches: failures of the network that all have one sentence.
  @Test
  void theCauseOfALostConnectionIsNamed() {
    assertThat(lost(new ConnectException("x"))).contains("nothing accepts connections there");
    assertThat(lost(new UnknownHostException("db"))).contains("no host has that name");
    assertThat(lost(new SocketTimeoutException("x"))).contains("did not answer in time");
    assertThat(reason(new SocketTimeoutException("x"))).isEqualTo(Reason.SLOW);
    assertThat(reason(new ConnectException("x"))).isEqualTo(Reason.UNREACHABLE);
    assertThat(lost(new SSLHandshakeException("expired")))
        .contains("TLS", "expired", "sslMode")
        .doesNotContain("start MariaDB");
  }

  private String lost(Exception cause) {
    CatalogException explained = explained(cause);
    assertThat(explained.isOutage()).isTrue();
    return explained.getMessage();
  }

  private Reason reason(Exception cause) {
    return explained(cause).reason();
  }

  private CatalogException explained(Exception cause) {
    return errors.explain(new SQLNonTransientConnectionException("No connection", "08000", cause));
  }
}
