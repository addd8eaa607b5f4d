package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When another host may take over the rebuild of a silent one. */
class HostGraceTest {

  private static final long SILENT = 1_000_000;
  private static final Duration GRACE = Duration.ofMinutes(10);

  private final HostGrace grace = new HostGrace(SILENT, GRACE);

  @Test
  void theRebuildIsLeftToItsHostForTheGrace() {
    long end = SILENT + GRACE.toMillis();
    assertThat(grace.waitsUntil(SILENT, Optional.empty())).contains(end);
    assertThat(grace.waitsUntil(end - 1, Optional.empty())).contains(end);
    assertThat(grace.waitsUntil(end, Optional.empty())).isEmpty();
  }

  // Catches: an idle host that took over a running rebuild because Temporal had been away longer
  // than the grace.
  @Test
  void theTimeOfAnOutageDoesNotCount() {
    long now = SILENT + Duration.ofHours(3).toMillis();
    assertThat(grace.waitsUntil(now, Optional.of(Duration.ofSeconds(5))))
        .contains(now - 5_000 + GRACE.toMillis());
    assertThat(grace.waitsUntil(now, Optional.of(GRACE))).isEmpty();
  }

  // Catches: a host that stays away and is waited for again after an outage of long ago.
  @Test
  void anOutageBeforeTheSilenceChangesNothing() {
    long end = SILENT + GRACE.toMillis();
    assertThat(grace.waitsUntil(SILENT + 1, Optional.of(Duration.ofHours(1)))).contains(end);
    assertThat(grace.waitsUntil(end, Optional.of(Duration.ofHours(1)))).isEmpty();
  }
}
