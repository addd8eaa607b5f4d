package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.gpu.GpuState;
import io.reseal.gpu.GpuState.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What hosts report of themselves, and what operators told them. */
class HostRepositoryIT {

  private static final Instant SEEN = Instant.parse("2026-11-22T10:15:30.123456789Z");

  private static final Duration HOUR = Duration.ofHours(1);

  private static final CoreReport CORE =
      new CoreReport(
          "cuda",
          Map.of("opencl", "cuda is better"),
          "580.65",
          null,
          List.of(
              new GpuState(
                  0, "GPU-0", "Made Up", 8L << 30, "580.65", "9.0", null, State.out, 1L, "hot")));

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  // Seen to fail: with a report that only adds.
  @Test
  void aHostsNewReportTakesThePlaceOfItsOldOneAndItIsFoundByAnyOfItsAddresses() {
    HostRow a =
        new HostRow("host-a", "seal1.example.org 10.0.0.5 fd00::5", "0.1.0", CORE, false, SEEN);
    HostRow b = new HostRow("host-b", "seal2 10.0.0.55", "0.1.0", null, false, SEEN);
    HostRow wrongClock =
        new HostRow("host-b", "seal2 10.0.0.55", "0.1.0", null, false, new ClockSkew(HOUR), SEEN);
    catalog.hosts().report(wrongClock);
    assertThat(catalog.hosts().all()).containsExactly(wrongClock);
    catalog.hosts().report(b);
    catalog
        .hosts()
        .report(new HostRow("host-a", "old", "0.0.1", null, false, SEEN.minusSeconds(9)));
    catalog.hosts().report(a);
    assertThat(catalog.hosts().all()).containsExactly(a, b);
    assertThat(catalog.hosts().at("10.0.0.5")).containsExactly(a);
    assertThat(catalog.hosts().at("fd00::5")).containsExactly(a);
    assertThat(catalog.hosts().at("seal2")).containsExactly(b);
    assertThat(catalog.hosts().at("10.0.0")).isEmpty();
    assertThat(catalog.hosts().at("old")).isEmpty();
  }

  // Catches: a host's own time taken for the catalog's.
  @Test
  void aReportIsAnsweredWithTheTimeOfTheCatalog() {
    Instant asked = Instant.now();
    Instant there =
        catalog.hosts().report(new HostRow("host-a", "a", "0.1.0", null, false, asked.minus(HOUR)));
    assertThat(ClockSkew.measured(asked, there, Instant.now()).matters()).isFalse();
  }

  @Test
  void commandsComeBackTheNewestFirst() {
    HostCommandRow pause =
        new HostCommandRow("host-a", 1, "pause --now", "anne@desk", SEEN, "host-a#1 is paused.");
    HostCommandRow drain =
        new HostCommandRow("host-a", null, "drain", "bert", SEEN.plusSeconds(1), "refused: no.");
    catalog.hostCommands().add(pause);
    catalog.hostCommands().add(drain);
    catalog.hostCommands().add(new HostCommandRow("host-b", 0, "resume", "anne", SEEN, "yes"));
    assertThat(catalog.hostCommands().ofHost("host-a")).containsExactly(drain, pause);
    assertThat(catalog.hostCommands().ofHost("host-c")).isEmpty();
  }
}
