package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.appraisal.LossReader;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.FleetState;
import io.reseal.catalog.FollowedRow;
import io.reseal.catalog.OpenRebuilds;
import io.reseal.catalog.ScanBuilder;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.OnChain;
import io.reseal.contract.RunRecord;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Sectors;
import io.reseal.losses.Verdict;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What metrics know of losses, from a real MariaDB: at epoch 1,000 of a network with epochs of 30
 * s, sector 1 is active, 2 faulty until epoch 1,100, 3 faulty for weeks, 4 recovering; none has a
 * copy.
 */
class FleetWatchIT {

  private static final long EPOCH = 30_000;
  private static final long AT = 50_000_000_000L;
  private static final long EARLY = 100_000;

  private final CatalogSettings settings = CatalogDatabase.migrated();
  private Catalog catalog;
  private long now = AT;
  private FleetWatch watch;

  @BeforeEach
  void open() {
    catalog = Catalog.open(settings);
    watch =
        new FleetWatch(
            "host-a", catalog, new LossReader(catalog, Map.of()), () -> Instant.ofEpochMilli(now));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private void scan(long startedAt) {
    ScanBuilder.begun(startedAt)
        .asked(AT)
        .sectors(
            List.of(
                Sectors.sector(1).build(),
                Sectors.sector(2).faultyUntil(1100).build(),
                Sectors.sector(3).faultyUntil(EARLY).build(),
                Sectors.sector(4).faultyUntil(EARLY).state(SectorOnChain.State.RECOVERING).build()))
        .write(catalog);
  }

  private void putBack(long number) {
    catalog
        .copies()
        .checked(
            List.of(
                CopyRow.checked(
                    "id",
                    "host-a",
                    "store",
                    new SectorId(1001, number),
                    "sealed",
                    CheckLevel.SAMPLE,
                    AT + 1,
                    "rebuild",
                    null)));
  }

  private FleetState.MinerLosses losses() {
    watch.look();
    return watch.state().orElseThrow().losses().get(0);
  }

  /**
   * Catches: a loss that is counted as something else, or the time of a sector that is not lost.
   */
  @Test
  void theNewestScanWithItsFirstMoments() {
    watch.look();
    assertThat(watch.state().orElseThrow().losses()).isEmpty();
    scan(5);

    FleetState.MinerLosses losses = losses();
    assertThat(losses.sectors())
        .containsEntry(Verdict.WILL_FAULT, 1L)
        .containsEntry(Verdict.FAULTY, 2L)
        .containsEntry(Verdict.RECOVERY_WILL_FAIL, 1L);
    assertThat(losses.scannedAt()).isEqualTo(AT);
    assertThat(losses.tooLate()).isEqualTo(1);
    assertThat(losses.firstFault()).isEqualTo(AT + (2880 + 120 - 20 - 1000) * EPOCH);
    assertThat(losses.lastChance()).isEqualTo(AT + (EARLY - 130 - 1000) * EPOCH);
  }

  // Fails if every worker reads all, if a worker without metrics of its own reading says nothing,
  // or
  // if none takes over from one that is gone.
  @Test
  void oneWorkerReadsForAllUntilItIsSilent() {
    FleetWatch other =
        new FleetWatch(
            "host-b", catalog, new LossReader(catalog, Map.of()), () -> Instant.ofEpochMilli(now));
    scan(5);
    watch.look();
    now += 1;
    other.look();
    assertThat(other.state()).isEqualTo(watch.state());
    watch.look();
    assertThat(watch.state()).map(FleetState::readAt).contains(now);
    assertThat(other.state()).map(FleetState::readAt).contains(now - 1);

    CatalogDatabase.execute(settings, "UPDATE fleet_state SET renewed_at = renewed_at - 120000");
    now += 1;
    other.look();
    watch.look();
    assertThat(other.state()).map(FleetState::readAt).contains(now);
    assertThat(watch.state()).isEqualTo(other.state());
  }

  /** Catches: rebuilds that have ended, and those that wait for a person, counted as working. */
  @Test
  void rebuildsThatHaveNotEndedByStateAndFailure() {
    record(1, "Empty", null, null);
    record(2, "Empty", null, null);
    record(3, "PC2Done", "Sector.CommRMismatch: sector 3 differs. See sectors facts.", null);
    record(4, "Finished", null, AT);
    watch.look();

    assertThat(watch.state().orElseThrow().rebuilds())
        .containsExactlyInAnyOrder(
            new OpenRebuilds("Empty", null, 2, AT + 1),
            new OpenRebuilds("PC2Done", "Sector.CommRMismatch", 1, AT + 3));
  }

  private void record(long number, String state, String attention, Long endedAt) {
    catalog
        .runs()
        .record(
            new RunRecord(
                "run-" + number,
                "rebuild-" + number,
                new SectorId(1001, number),
                RebuildState.parse(state),
                null,
                null,
                AT + number,
                AT + number,
                endedAt,
                0,
                null,
                null,
                attention,
                null,
                "anne"),
            List.of());
  }

  /** Catches: a scan that is read at each look, or one that is never read again. */
  @Test
  void whatWasPutBackIsSeenAfterAWhileAndANewerScanAtOnce() {
    scan(5);
    assertThat(losses().sectors()).containsEntry(Verdict.WILL_FAULT, 1L);
    putBack(1);
    now += Duration.ofMinutes(9).toMillis();
    assertThat(losses().sectors()).containsEntry(Verdict.WILL_FAULT, 1L);
    now += Duration.ofMinutes(1).toMillis();
    assertThat(losses().sectors()).containsEntry(Verdict.FINE, 1L);
    assertThat(losses().firstFault()).isNull();
    putBack(3);
    scan(6);
    assertThat(losses().sectors()).containsEntry(Verdict.FAULTY_WITHOUT_CAUSE, 1L);
  }

  /** Catches: a sector that ended and that calls for a person for ever. */
  @Test
  void sectorsThatWerePutBackAreCountedByStatus() {
    seen(1, OnChain.Status.FAULTY, "late", 2_000);
    seen(2, OnChain.Status.FAULTY, null, 3_000);
    seen(3, OnChain.Status.ENDED, "There is nothing left to prove.", 2_000);
    watch.look();
    assertThat(watch.state().orElseThrow().putBack())
        .extracting(
            count -> List.of(count.status(), count.sectors(), count.attention(), count.overdue()))
        .containsExactly(
            List.of(OnChain.Status.ENDED, 1L, 0L, 0L), List.of(OnChain.Status.FAULTY, 2L, 1L, 1L));
  }

  private void seen(long number, OnChain.Status status, String attention, long firstChance) {
    catalog
        .followed()
        .seen(
            FollowedRow.of(
                new SectorId(1001, number),
                new OnChain(
                    status, 2_500, 2, "", attention, null, null, null, List.of(), firstChance),
                null,
                AT));
  }
}
