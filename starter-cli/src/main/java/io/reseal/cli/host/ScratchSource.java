package io.reseal.cli.host;

import io.reseal.catalog.ScratchRow;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.config.WorkerConfig;
import io.reseal.worker.LocalScratch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where commands read scratch: on this host, or from the workers' reports. */
public final class ScratchSource {

  public static final String FILE =
      "Look at the scratch of this host's worker.toml itself; default: what all workers reported.";

  private final Shell shell;
  private final Services services;

  public ScratchSource(Shell shell, Services services) {
    this.shell = shell;
    this.services = services;
  }

  /**
   * All sectors' scratch files.
   *
   * @param file this host's file, or null for all hosts
   */
  public List<ScratchRow> rows(Path file) throws IOException {
    if (file != null) {
      return local(file).rows();
    }
    List<ScratchRow> rows = services.catalog().scratch().all();
    noteOldReports(rows);
    return rows;
  }

  LocalScratch local(Path file) {
    return new LocalScratch(WorkerConfig.load(file), services.temporal(), services.catalog());
  }

  private void noteOldReports(List<ScratchRow> rows) {
    rows.stream()
        .collect(
            Collectors.toMap(
                ScratchRow::host,
                ScratchRow::seenAt,
                (one, other) -> one.isAfter(other) ? one : other,
                TreeMap::new))
        .forEach(
            (host, seen) -> {
              Duration age = Duration.between(seen, Instant.now());
              if (HostReports.isOld(age)) {
                shell.say(
                    "%s has not reported its scratch for %s: is its worker running?"
                        .formatted(host, Spans.of(age)));
              }
            });
  }
}
