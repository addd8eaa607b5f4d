package io.reseal.cli.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.catalog.CoreReport;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.ThreadRow;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One sealing host in {@code util worker list}.
 *
 * @param name its configured name
 * @param threads its sealing threads
 * @param empty those that hold no sector
 * @param paused those that an operator paused
 * @param running those on which a step runs
 * @param waiting those that hold a sector and run no step
 * @param errors those that show a last error
 * @param draining whether it takes nothing new and ends when it is done
 * @param plans how many threads have which plan
 * @param lastReport when it reported last
 * @param clockAhead by how many milliseconds its clock is ahead of the catalog's, negative if it is
 *     behind; or null where none was reported
 * @param version its worker's version, or null where none was reported
 * @param flavour the native core's flavour that it runs, or null where none was reported
 * @param core the native core as the host reported it: its GPUs too, and why it runs no other
 *     flavour; or null
 */
public record HostLine(
    @JsonProperty("name") String name,
    @JsonProperty("threads") long threads,
    @JsonProperty("empty") long empty,
    @JsonProperty("paused") long paused,
    @JsonProperty("running") long running,
    @JsonProperty("waiting") long waiting,
    @JsonProperty("errors") long errors,
    @JsonProperty("draining") boolean draining,
    @JsonProperty("plans") Map<String, Long> plans,
    @JsonProperty("lastReport") Instant lastReport,
    @JsonProperty("clockAhead") Long clockAhead,
    @JsonProperty("version") String version,
    @JsonProperty("flavour") String flavour,
    @JsonProperty("core") CoreReport core) {

  static HostLine of(String name, List<ThreadRow> rows, Optional<HostRow> host) {
    long held = rows.stream().filter(row -> row.sector() != null).count();
    long running = rows.stream().filter(row -> row.progress() != null).count();
    return new HostLine(
        name,
        rows.size(),
        rows.size() - held,
        rows.stream().filter(ThreadRow::paused).count(),
        running,
        held - running,
        rows.stream().filter(row -> row.lastErr() != null).count(),
        host.map(HostRow::draining).orElse(false),
        rows.stream()
            .collect(Collectors.groupingBy(ThreadRow::plan, TreeMap::new, Collectors.counting())),
        rows.stream().map(ThreadRow::seenAt).max(Comparator.naturalOrder()).orElseThrow(),
        host.map(HostRow::clock).map(clock -> clock.ahead().toMillis()).orElse(null),
        host.map(HostRow::version).orElse(null),
        host.map(HostRow::core).map(CoreReport::flavour).orElse(null),
        host.map(HostRow::core).orElse(null));
  }

  /** {@code rebuild 2, sealer 1}. */
  String planCounts() {
    return plans.entrySet().stream()
        .map(plan -> plan.getKey() + " " + plan.getValue())
        .collect(Collectors.joining(", "));
  }
}
