package io.reseal.e2e;

import io.reseal.catalog.Catalog;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a torture run has shown, as Markdown. What happened to a rebuild is put down to the fault
 * that began last before it, and a step that was tried again to the first one after its begin.
 */
final class TortureReport {

  private static final Pattern KEPT = Pattern.compile("(\\d+) of them kept from before");

  /** What can happen to a rebuild that would not happen without faults. */
  private enum Outcome {
    TRIED_AGAIN("a step was tried again", change -> change.attempts() > 1),
    MADE_AGAIN("files were made again", is(ChangeKind.SCRATCH_LOST)),
    HOST_FAULT("left its thread", is(ChangeKind.HOST_FAULT)),
    PARKED("parked, and resumed by itself", is(ChangeKind.PARKED)),
    ORDERED("did as ordered", is(ChangeKind.PAUSED, ChangeKind.MOVED, ChangeKind.ABORTED));

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // Each captures only kinds of changes.
    private final Predicate<StateChange> shows;

    Outcome(String title, Predicate<StateChange> shows) {
      this.title = title;
      this.shows = shows;
    }

    private static Predicate<StateChange> is(ChangeKind... kinds) {
      return change -> List.of(kinds).contains(change.kind());
    }
  }

  /** One fault that met something. */
  private static final class Struck {
    private final Fault fault;
    private final Set<Outcome> outcomes = new LinkedHashSet<>();
    private long recoveryMillis;

    Struck(Fault fault) {
      this.fault = fault;
    }
  }

  /**
   * A process that ended while a sector was labelled.
   *
   * @param at epoch milliseconds
   * @param run the sector's run
   * @param layers how many layers were finished
   */
  private record Killed(long at, String run, int layers) {}

  private final TreeMap<Long, Struck> struck = new TreeMap<>();
  private final Map<Fault, Integer> missed = new EnumMap<>(Fault.class);
  private final Set<String> runs = new LinkedHashSet<>();
  private final List<Killed> killed = new ArrayList<>();

  /** A rebuild whose changes belong to the report. */
  void follow(String run) {
    runs.add(run);
  }

  /** A fault is about to happen while these layers are finished on its host. */
  void strikes(Torture.Planned planned, Map<SectorId, Integer> layers, Runs newest) {
    long now = System.currentTimeMillis();
    struck.put(now, new Struck(planned.fault()));
    if (planned.fault().kills()) {
      layers.forEach((sector, count) -> killed.add(new Killed(now, newest.runId(sector), count)));
    }
  }

  /** The fault met nothing. */
  void missed() {
    Fault fault = struck.pollLastEntry().getValue().fault;
    missed.merge(fault, 1, Integer::sum);
  }

  /** How long after the end of the fault a rebuild continued. */
  void recovered(long millis) {
    struck.lastEntry().getValue().recoveryMillis = millis;
  }

  String text(Torture torture, int rebuilt, Catalog catalog) {
    Map<String, List<StateChange>> changes =
        runs.stream().collect(Collectors.toMap(run -> run, catalog.runs()::changes));
    changes.values().stream().flatMap(List::stream).forEach(this::attribute);
    List<String> lines = new ArrayList<>();
    lines.add("%s: %d rebuilds ended with the bytes that were lost.".formatted(torture, rebuilt));
    lines.add("");
    lines.add(
        row(
            Stream.concat(
                Stream.of("fault", "times", "met nothing", "not noticed"),
                Stream.concat(
                    Stream.of(Outcome.values()).map(outcome -> outcome.title),
                    Stream.of("continued after: median ms", "worst ms")))));
    lines.add(row(Stream.generate(() -> "---").limit(6 + Outcome.values().length)));
    Set<Fault> kinds =
        torture.faults().stream().map(Torture.Planned::fault).collect(Collectors.toSet());
    Stream.of(Fault.values()).filter(kinds::contains).map(this::row).forEach(lines::add);
    lines.add("");
    lines.add(repeated(changes));
    return String.join(System.lineSeparator(), lines);
  }

  private void attribute(StateChange change) {
    Map.Entry<Long, Struck> cause = cause(change);
    if (cause != null) {
      Stream.of(Outcome.values())
          .filter(outcome -> outcome.shows.test(change))
          .forEach(cause.getValue().outcomes::add);
    }
  }

  private Map.Entry<Long, Struck> cause(StateChange change) {
    if (Outcome.TRIED_AGAIN.shows.test(change) && change.startedAt() != null) {
      Map.Entry<Long, Struck> first = struck.ceilingEntry(change.startedAt());
      if (first != null && first.getKey() <= change.at()) {
        return first;
      }
    }
    return struck.floorEntry(change.at());
  }

  private String row(Fault fault) {
    List<Struck> all = struck.values().stream().filter(one -> one.fault == fault).toList();
    List<Long> millis = all.stream().map(one -> one.recoveryMillis).sorted().toList();
    List<Object> cells = new ArrayList<>();
    cells.add(fault);
    cells.add(all.size());
    cells.add(missed.getOrDefault(fault, 0));
    cells.add(all.stream().filter(one -> one.outcomes.isEmpty()).count());
    for (Outcome outcome : Outcome.values()) {
      cells.add(all.stream().filter(one -> one.outcomes.contains(outcome)).count());
    }
    cells.add(millis.isEmpty() ? "" : millis.get(millis.size() / 2));
    cells.add(millis.isEmpty() ? "" : millis.get(millis.size() - 1));
    return row(cells.stream().map(Object::toString));
  }

  private static String row(Stream<String> cells) {
    return cells.collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** How many finished layers were labelled again after a kill, by the steps' own records. */
  private String repeated(Map<String, List<StateChange>> changes) {
    int kills = 0;
    int finished = 0;
    int again = 0;
    for (Killed one : killed) {
      for (StateChange done : labelled(one, changes.getOrDefault(one.run(), List.of()))) {
        kills++;
        finished += one.layers();
        again += Math.max(0, one.layers() - kept(done));
      }
    }
    return "%d processes were ended in PC1 with %d layers finished; %d of these were labelled again."
        .formatted(kills, finished, again);
  }

  /** The end of PC1 that the process was working towards, if there was one. */
  private static List<StateChange> labelled(Killed killed, List<StateChange> changes) {
    return changes.stream()
        .filter(change -> change.isDone(Step.PC1) && change.endedAt() != null)
        .filter(change -> change.startedAt() <= killed.at() && killed.at() < change.endedAt())
        .toList();
  }

  private static int kept(StateChange done) {
    Matcher kept = KEPT.matcher(done.note());
    return kept.find() ? Integer.parseInt(kept.group(1)) : 0;
  }
}
