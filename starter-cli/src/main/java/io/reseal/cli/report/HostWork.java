package io.reseal.cli.report;

import io.reseal.contract.ChangeKind;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What each host has done for a batch: how long, and when. Steps that failed are left out. */
final class HostWork implements Consumer<StateChange> {

  /** Into how many parts the time is divided. */
  static final int PARTS = 96;

  private static final Map<String, Step> STEPS =
      Arrays.stream(Step.values()).collect(Collectors.toMap(Step::title, Function.identity()));

  /** Kinds of work. */
  enum Kind {
    DATA("bringing in data, tree D"),
    LABELS("labelling (PC1)"),
    TREES("trees, encoding, repair"),
    PROOFS("checks and proofs"),
    STORE("storing");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    /** Its name in the page's style. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(Step step) {
      return switch (step) {
        case PERSIST, CHECK_STORED -> STORE;
        case REPAIR, REPAIR_KEY, REPAIR_UPDATE, SNAP_KEY, DECODE -> TREES;
        default ->
            switch (step.resource()) {
              case IO, ADD_PIECES, TREE_D, NONE -> DATA;
              case PC1 -> LABELS;
              case PC2, SNAP_ENCODE -> TREES;
              case C1, C2, SYNTH_PROOF -> PROOFS;
            };
      };
    }
  }

  /** One host's work. */
  static final class Host {
    private final Map<Kind, Long> millis = new EnumMap<>(Kind.class);
    private final Map<Kind, double[]> parts = new EnumMap<>(Kind.class);

    /** Milliseconds of that work. */
    long millis(Kind kind) {
      return millis.getOrDefault(kind, 0L);
    }

    /** How many steps of that kind were under way, on average, in a part of the time. */
    double underWay(Kind kind, int part) {
      double[] of = parts.get(kind);
      return of == null ? 0 : of[part];
    }

    /** How many steps of all kinds were under way. */
    double underWay(int part) {
      return parts.values().stream().mapToDouble(of -> of[part]).sum();
    }
  }

  private final TimeAxis axis;
  private final Map<String, Host> hosts = new TreeMap<>();

  HostWork(TimeAxis axis) {
    this.axis = axis;
  }

  /** By name. */
  Map<String, Host> hosts() {
    return hosts;
  }

  @Override
  public void accept(StateChange change) {
    Step step = STEPS.get(change.step());
    boolean isWork =
        step != null
            && change.host() != null
            && change.startedAt() != null
            && change.endedAt() != null
            && (change.kind() == ChangeKind.STEP_DONE || change.kind() == ChangeKind.NOTHING_LOST);
    if (isWork) {
      add(
          hosts.computeIfAbsent(change.host(), name -> new Host()),
          Kind.of(step),
          change.startedAt(),
          change.endedAt());
    }
  }

  /** The hosts' clocks may differ from the workflow's, so that work may lie outside the axis. */
  private void add(Host host, Kind kind, long began, long ended) {
    host.millis.merge(kind, Math.max(0, ended - began), Long::sum);
    double[] parts = host.parts.computeIfAbsent(kind, of -> new double[PARTS]);
    double from = axis.at(began) * PARTS;
    double to = axis.at(ended) * PARTS;
    for (int part = (int) from; part < PARTS && part < to; part++) {
      parts[part] += Math.min(to, part + 1.0) - Math.max(from, part);
    }
  }
}
