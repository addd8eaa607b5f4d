package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What hosts report of themselves, and what operators told them. */
class HostRepositoryIT {

  private static final Instant SEEN = Instant.parse("2026-11-22T10:15:30.123456789Z");

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.fresh());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  // Seen to fail: with a report that only adds.
  @Test
  void aHostsNewReportTakesThePlaceOfItsOldOneAndItIsFoundByAnyOfItsAddresses() {
    HostRow a =
        new HostRow(
            "host-a",
            "seal1.example.org 10.0.0.5 fd00::5",
            "0.1.0",
            "cuda",
            "The flavour cuda runs.",
            false,
            SEEN);
    HostRow b = new HostRow("host-b", "seal2 10.0.0.55", "0.1.0", "", "", false, SEEN);
    catalog.hosts().report(b);
    catalog
        .hosts()
        .report(new HostRow("host-a", "old", "0.0.1", "cpu", "", false, SEEN.minusSeconds(9)));
    catalog.hosts().report(a);
    assertThat(catalog.hosts().all()).containsExactly(a, b);
    assertThat(catalog.hosts().at("10.0.0.5")).containsExactly(a);
    assertThat(catalog.hosts().at("fd00::5")).containsExactly(a);
    assertThat(catalog.hosts().at("seal2")).containsExactly(b);
    assertThat(catalog.hosts().at("10.0.0")).isEmpty();
    assertThat(catalog.hosts().at("old")).isEmpty();
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
