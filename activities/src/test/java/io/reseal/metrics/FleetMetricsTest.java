package io.reseal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.FleetState;
import io.reseal.catalog.FollowedCount;
import io.reseal.catalog.OpenRebuilds;
import io.reseal.contract.OnChain.Status;
import io.reseal.losses.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetMetricsTest {

  private static final FleetState STATE =
      new FleetState(
          5_500,
          List.of(
              new FleetState.MinerLosses(
                  1001, 3_000, Map.of(Verdict.WILL_FAULT, 3L, Verdict.FINE, 9L), 2, 8_000L, null)),
          List.of(
              new OpenRebuilds("Empty", null, 5, 2_500),
              new OpenRebuilds("Empty", "Sector.PieceMissing", 2, 1_500),
              new OpenRebuilds("PC1Done", null, 1, 500),
              new OpenRebuilds("PC2Done", "Sector.CommRMismatch", 3, 400),
              new OpenRebuilds("PC2Done", "by anne", 1, 300)),
          List.of(
              new FleetState.OpenBatch(new BatchCounts("disk-7", 4, 1, 2, 3, 120), 7_200L),
              new FleetState.OpenBatch(new BatchCounts("disk-8", 0, 0, 0, 1, 9), null)),
          List.of(
              new FollowedCount(1001, Status.FAULTY, 4, 2, 1),
              new FollowedCount(1001, Status.PROVEN, 7, 0, 0)));

  private static List<String> written(Optional<FleetState> state) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, new FleetMetrics(() -> state).collect());
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Catches: milliseconds for seconds, counts that are mixed up, and times that are made up. */
  @Test
  void whatTheCatalogSaid() throws IOException {
    assertThat(written(Optional.of(STATE)))
        .contains(
            "reseal_fleet_read_timestamp_seconds 5.5",
            "reseal_fleet_scan_timestamp_seconds{miner=\"f01001\"} 3.0",
            "reseal_fleet_sectors{miner=\"f01001\",verdict=\"will_fault\"} 3.0",
            "reseal_fleet_sectors{miner=\"f01001\",verdict=\"faulty\"} 0.0",
            "reseal_fleet_too_late_sectors{miner=\"f01001\"} 2.0",
            "reseal_fleet_first_fault_timestamp_seconds{miner=\"f01001\"} 8.0",
            "reseal_fleet_rebuilds{state=\"Empty\"} 7.0",
            "reseal_fleet_rebuilds{state=\"PC2Done\"} 4.0",
            "reseal_fleet_rebuilds{state=\"Persisted\"} 0.0",
            "reseal_fleet_attention_rebuilds{failure=\"Sector.PieceMissing\"} 2.0",
            "reseal_fleet_attention_rebuilds{failure=\"other\"} 1.0",
            "reseal_fleet_batch_sectors{batch=\"disk-7\",status=\"queued\"} 120.0",
            "reseal_fleet_batch_sectors{batch=\"disk-7\",status=\"parked\"} 2.0",
            "reseal_fleet_batch_sectors{batch=\"disk-8\",status=\"running\"} 1.0",
            "reseal_fleet_batch_remaining_seconds{batch=\"disk-7\"} 7200.0",
            "reseal_fleet_oldest_waiting_timestamp_seconds 2.5",
            "reseal_fleet_put_back_sectors{miner=\"f01001\",status=\"proven\"} 7.0",
            "reseal_fleet_put_back_sectors{miner=\"f01001\",status=\"recovering\"} 0.0",
            "reseal_fleet_put_back_attention_sectors{miner=\"f01001\",status=\"faulty\"} 2.0",
            "reseal_fleet_put_back_overdue_sectors{miner=\"f01001\",status=\"faulty\"} 1.0")
        .noneMatch(line -> line.startsWith("reseal_fleet_last_chance_timestamp_seconds{"));
  }

  @Test
  void nothingIsSaidBeforeTheCatalogHasAnswered() throws IOException {
    assertThat(written(Optional.empty())).isEmpty();
  }

  /** Catches: a metric without a word in the manual. */
  @Test
  void eachIsInTheManual() throws IOException {
    String manual = Files.readString(Path.of("../docs/operating.md"));
    assertThat(written(Optional.of(STATE)))
        .filteredOn(line -> !line.startsWith("#"))
        .map(line -> line.split("[ {]", 2)[0])
        .allSatisfy(name -> assertThat(manual).contains("`" + name + "`"));
  }
}
