package io.reseal.bench;

import io.reseal.catalog.RunFilter;
import io.reseal.contract.RunRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowExecutionDescription;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Measures many rebuilds of 2 KiB sectors that are requested together. */
final class ManyRebuilds {

  private static final double MEBIBYTE = 1 << 20;

  private final Subject subject;

  ManyRebuilds(Subject subject) {
    this.subject = subject;
  }

  List<Row> rows(int count) throws IOException, SQLException {
    Set<SectorId> sectors = seal(count);
    long bytesBefore = subject.contents().bytes();
    long asked = System.currentTimeMillis();
    List<String> command = new ArrayList<>(List.of("rebuild", Long.toString(Subject.MINER)));
    sectors.forEach(sector -> command.add(Long.toString(sector.number())));
    subject.run(command.toArray(String[]::new));
    long queued = System.currentTimeMillis();
    subject.say("%d rebuilds requested in %d ms".formatted(count, queued - asked));
    List<RunRecord> runs = awaitAll(sectors);
    long last = runs.stream().mapToLong(RunRecord::endedAt).max().orElseThrow();
    long bytes = subject.contents().bytes() - bytesBefore;

    Occupation occupation = new Occupation();
    List<Long> events = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (RunRecord run : runs) {
      occupation.add(subject.catalog().runs().changes(run.runId()));
      WorkflowExecutionDescription workflow =
          subject.temporal().client().newUntypedWorkflowStub(run.workflowId()).describe();
      events.add(workflow.getHistoryLength());
      sizes.add(
          workflow.getRawDescription().getWorkflowExecutionInfo().getHistorySizeBytes() / 1024);
    }
    long finished = runs.stream().filter(run -> run.state() == RebuildState.FINISHED).count();
    long distinct = runs.stream().map(RunRecord::sector).distinct().count();
    return List.of(
        Row.single(
            "%d rebuilds of 2KiB at once, %d threads: finished"
                .formatted(count, occupation.threads()),
            1,
            Long.toString(finished),
            Integer.toString(count)),
        Row.single("  rebuilds a sector had too many", 1, "" + (runs.size() - distinct), "0"),
        Row.single("  steps done twice", 1, "" + occupation.repeated(), "0"),
        Row.single("  two rebuilds in a thread at a time", 1, "" + occupation.overlaps(), "0"),
        Row.single("  asking for all of them", 1, seconds(queued - asked), ""),
        Row.single(
            "  rebuilds a minute", 1, text("%.1f", finished * 60_000.0 / (last - asked)), ""),
        Row.count("  history events of one", Figures.of(events), "<= 150"),
        Row.count("  KiB of its history", Figures.of(sizes), ""),
        Row.single("  catalog grew by", 1, text("%.1f MiB", bytes / MEBIBYTE), ""));
  }

  /** Seals sectors with the same data but different numbers, and so different CommRs. */
  private Set<SectorId> seal(int count) throws IOException {
    Piece piece = subject.piece(SealProof.KIB_2_V1_1);
    List<SectorId> sectors = new ArrayList<>();
    for (int made = 1; made <= count; made++) {
      sectors.add(subject.seal(SealProof.KIB_2_V1_1, piece).id());
      if (made % 100 == 0) {
        subject.say("%d of %d sectors sealed".formatted(made, count));
      }
    }
    return sectors.stream().collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  private List<RunRecord> awaitAll(Set<SectorId> sectors) {
    long[] polled = {System.nanoTime()};
    List<RunRecord> ended = new ArrayList<>();
    subject.await(
        "every rebuild has ended",
        () -> {
          // Polling costs time too: at most once a second.
          if (System.nanoTime() - polled[0] < TimeUnit.SECONDS.toNanos(1)) {
            return false;
          }
          polled[0] = System.nanoTime();
          ended.clear();
          subject
              .catalog()
              .runs()
              .eachEnded(
                  new RunFilter(Subject.MINER, null, null, null, null),
                  line -> {
                    if (sectors.contains(line.run().sector())) {
                      ended.add(line.run());
                    }
                  });
          return ended.stream().map(RunRecord::sector).distinct().count() == sectors.size();
        });
    return List.copyOf(ended);
  }

  private static String seconds(long millis) {
    return text("%.1f s", millis / 1000.0);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
