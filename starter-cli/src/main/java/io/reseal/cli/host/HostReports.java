package io.reseal.cli.host;

import io.reseal.catalog.HostRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Checks how recent a host's report of its threads is. */
final class HostReports {

  private static final Duration FRESH = Duration.ofSeconds(60);

  private final Shell shell;
  private final Instant now;

  HostReports(Shell shell, Instant now) {
    this.shell = shell;
    this.now = now;
  }

  /** Whether a report of that age may be out of date. */
  static boolean isOld(Duration age) {
    return age.compareTo(FRESH) > 0;
  }

  /** When the newest of the rows was reported, if there are any. */
  static Optional<Instant> lastSeen(List<ThreadRow> threads) {
    return threads.stream().map(ThreadRow::seenAt).max(Comparator.naturalOrder());
  }

  /** Warns the person of a host whose clock is wrong, because all times that it reports are. */
  void noteClock(Optional<HostRow> host) {
    host.filter(row -> row.clock() != null && row.clock().matters())
        .ifPresent(
            row ->
                shell.say(
                    row.clock().sentence(row.name() + "'s", "the catalog's")
                        + "; until then the times that it reports are wrong."));
  }

  /** Warns the person if the rows may be out of date. */
  void noteSilence(String host, List<ThreadRow> threads) {
    Optional<Instant> seen = lastSeen(threads);
    if (seen.isEmpty()) {
      shell.say(host + " has never reported: is its worker running?");
    } else if (isOld(Duration.between(seen.get(), now))) {
      shell.say(
          "%s has not reported for %s: is its worker running?"
              .formatted(host, Spans.of(Duration.between(seen.get(), now))));
    }
  }
}
