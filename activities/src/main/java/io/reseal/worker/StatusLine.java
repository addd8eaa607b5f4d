package io.reseal.worker;

import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One line on what the host's sealing threads do, for the service manager. */
final class StatusLine {

  private StatusLine() {}

  static String of(SealingThreads threads) {
    List<String> busy = threads.all().stream().flatMap(StatusLine::work).toList();
    int all = threads.all().size();
    String drain = threads.isDraining() ? "draining; " : "";
    return busy.isEmpty()
        ? "%s%d sealing thread%s without a sector".formatted(drain, all, all == 1 ? "" : "s")
        : "%s%d of %d sealing threads at work: %s"
            .formatted(drain, busy.size(), all, busy.stream().collect(Collectors.joining(", ")));
  }

  private static Stream<String> work(SealingThread thread) {
    SectorId sector = thread.sector();
    if (sector == null) {
      return Stream.empty();
    }
    String progress = thread.progress();
    return Stream.of(progress == null ? sector.toString() : "%s (%s)".formatted(sector, progress));
  }
}
