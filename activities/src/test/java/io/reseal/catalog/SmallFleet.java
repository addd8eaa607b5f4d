package io.reseal.catalog;

import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.losses.Sectors;
import io.reseal.plan.Step;
import io.reseal.record.RecordBuilder;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One host with its threads, in a catalog that knows how long a rebuild usually takes there. */
public final class SmallFleet {

  public static final String HOST = "host-a";

  private SmallFleet() {}

  /**
   * Reports the fleet.
   *
   * @param work how long a rebuild of 32 GiB took there, all steps together
   * @param seenAt when it was seen last
   */
  public static void report(Catalog catalog, int threads, Duration work, Instant seenAt) {
    catalog.hosts().report(new HostRow(HOST, HOST, "1", null, false, seenAt));
    catalog
        .threads()
        .report(
            HOST, IntStream.range(0, threads).mapToObj(index -> thread(index, seenAt)).toList());
    SectorId model = new SectorId(ScanBuilder.MINER, 9_999);
    catalog
        .sectors()
        .add(
            RecordBuilder.of(
                    model,
                    SealProof.GIB_32_V1_1,
                    new Randomness("ab".repeat(32), 5),
                    Sectors.sector(0).build().commR())
                .build());
    List<StateChange> changes = new ArrayList<>();
    for (Step step : Step.values()) {
      long millis = step == Step.PC1 ? work.toMillis() : 0;
      changes.add(
          new StateChange(
              changes.size(),
              RebuildState.FINISHED,
              work.toMillis(),
              step.title(),
              HOST,
              0,
              1,
              work.toMillis() - millis,
              work.toMillis(),
              0,
              null,
              null));
    }
    catalog
        .runs()
        .record(
            new RunRecord(
                "model",
                Names.workflowId(model),
                model,
                RebuildState.FINISHED,
                HOST,
                0,
                0,
                1,
                1L,
                1,
                null,
                null,
                null,
                null,
                "ann"),
            changes);
  }

  private static ThreadRow thread(int index, Instant seenAt) {
    return ThreadRows.idle(HOST, index, "/thread" + index, seenAt);
  }
}
