package io.reseal.labelling;

import io.reseal.config.LabellingSettings;
import io.reseal.config.Processor;
import io.reseal.labelling.CpuTopology.Core;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The cores that groups are labelled on. Each group takes one core of the processor with the most
 * spare capacity, chosen so that the fewest other groups share its last-level cache. With SMT a
 * group takes one CPU, of a core that has no group yet if there is one.
 */
final class LabellingCores {

  /**
   * A core taken by a group, until it is returned.
   *
   * @param cpu the CPU that labels
   * @param processor the processor it belongs to, if the host's file lists any
   */
  record Taken(int cpu, Optional<Processor> processor, Core core, Place place) {}

  /** A processor's cores, or all cores if the host's file lists no processors. */
  private static final class Place {
    private final Optional<Processor> processor;
    private final List<Core> cores;
    private int running;

    private Place(Optional<Processor> processor, List<Core> cores) {
      this.processor = processor;
      this.cores = cores;
    }

    private int spare() {
      return processor.flatMap(Processor::concurrent).orElse(Integer.MAX_VALUE) - running;
    }
  }

  private final List<Place> places;
  private final int most;

  /** Whether each CPU of a core takes a group of its own. */
  private final boolean smt;

  private final List<Taken> taken = new ArrayList<>();

  LabellingCores(LabellingSettings settings, List<Processor> processors, CpuTopology topology) {
    this.most = settings.cores().orElse(Integer.MAX_VALUE);
    this.smt = settings.onEachCpu();
    this.places =
        processors.isEmpty()
            ? List.of(new Place(Optional.empty(), usable(topology.cores())))
            : processors.stream()
                .map(
                    processor ->
                        new Place(
                            Optional.of(processor),
                            usable(
                                processor.cpus().map(topology::within).orElseGet(topology::cores))))
                .toList();
  }

  private List<Core> usable(List<Core> cores) {
    return smt ? cores.stream().flatMap(Core::apart).toList() : cores;
  }

  /** Takes a core for a group; empty if none is free. */
  Optional<Taken> take() {
    if (taken.size() >= most) {
      return Optional.empty();
    }
    Optional<Taken> found =
        places.stream()
            .filter(place -> place.spare() > 0 && free(place).isPresent())
            // On a tie min takes the first; max would take the last.
            .min(Comparator.comparingInt(place -> -place.spare()))
            .map(place -> taken(place, free(place).orElseThrow()));
    found.ifPresent(
        core -> {
          taken.add(core);
          core.place().running++;
        });
    return found;
  }

  /** Returns a core; does nothing if it was returned before. */
  void giveBack(Taken core) {
    if (taken.remove(core)) {
      core.place().running--;
    }
  }

  /** How many groups could start now. */
  int free() {
    return freeCpus().size();
  }

  /** The CPUs that groups would get now, in this order. */
  List<Integer> freeCpus() {
    List<Taken> probe = new ArrayList<>();
    for (Optional<Taken> next = take(); next.isPresent(); next = take()) {
      probe.add(next.get());
    }
    probe.forEach(this::giveBack);
    return probe.stream().map(Taken::cpu).toList();
  }

  private static Taken taken(Place place, Core core) {
    return new Taken(core.cpus().first(), place.processor, core, place);
  }

  private Optional<Core> free(Place place) {
    return place.cores.stream()
        .filter(core -> taken.stream().noneMatch(other -> isSame(other.core(), core)))
        .min(
            Comparator.comparingLong(this::siblings)
                .thenComparingLong(this::neighbours)
                .thenComparingInt(Core::id));
  }

  private boolean isSame(Core one, Core other) {
    return one.id() == other.id() && (!smt || one.cpus().equals(other.cpus()));
  }

  /** How many groups are labelled by another CPU of the physical core. */
  private long siblings(Core core) {
    return taken.stream().filter(other -> other.core().id() == core.id()).count();
  }

  /** How many groups share the core's last-level cache. */
  private long neighbours(Core core) {
    return taken.stream().filter(other -> other.core().l3() == core.l3()).count();
  }
}
