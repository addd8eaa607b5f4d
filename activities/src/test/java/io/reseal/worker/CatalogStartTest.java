package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CatalogException.Reason;
import io.reseal.systemd.ServiceManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** For which faults of the catalog a worker that starts waits, and for how long. */
class CatalogStartTest {

  private static final Duration ATTEMPT = Duration.ofSeconds(5);

  private Instant now = Instant.EPOCH;
  private int attempts;
  private final CatalogStart start = new CatalogStart(ServiceManager.of(Map.of()), () -> now);

  // Catches: a worker that ends, and is started again for ever, because cores are busy when it
  // starts.
  @Test
  void aSlowCatalogIsTriedAgain() {
    assertThat(
            start.connect(
                "db",
                () -> {
                  if (attempts < 10) {
                    throw failed(Reason.SLOW);
                  }
                  return "connected";
                }))
        .isEqualTo("connected");
  }

  // Catches: a worker with a wrong address of the catalog that never says so by its exit status.
  @Test
  void notForEver() {
    assertThatThrownBy(() -> start.connect("db", () -> fail(Reason.SLOW))).hasMessage("SLOW");
    assertThat(attempts).isEqualTo(24);
  }

  // Catches: a mistake, such as a wrong password, that is only named after minutes.
  @Test
  void whateverElseIsWrongEndsTheStart() {
    for (Reason reason : Reason.values()) {
      if (reason != Reason.SLOW) {
        attempts = 0;
        assertThatThrownBy(() -> start.connect("db", () -> fail(reason))).hasMessage(reason.name());
        assertThat(attempts).as(reason.name()).isEqualTo(1);
      }
    }
  }

  private String fail(Reason reason) {
    throw failed(reason);
  }

  private CatalogException failed(Reason reason) {
    attempts++;
    now = now.plus(ATTEMPT);
    return new CatalogException(reason, reason.name(), null);
  }
}
