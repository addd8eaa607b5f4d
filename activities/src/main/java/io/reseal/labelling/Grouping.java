package io.reseal.labelling;

import io.reseal.config.ByteSizes;
import io.reseal.config.LayersInMemory;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * The rules by which sectors share cores: which sector starts a group, joins one or waits, and why.
 * It uses no clock, process or thread: each call passes the time in, and each decision goes to a
 * {@link Decided}, which carries it out.
 *
 * <p>While there is a free core for each sector, no core is shared. If there are more sectors than
 * cores, the sectors of one graph are spread over the free cores. A sector that arrives when no
 * core is free takes a free slot of a running group, or waits.
 */
final class Grouping {

  /** Carries out each decision immediately. */
  interface Decided {
    /** A new group starts with its current members. */
    void begin(Group group);

    /** A sector takes a free slot of a running group, and is already one of its members. */
    void join(Group group, Seat seat);

    /** A sector has to wait. */
    void wait(Seat seat, String why);

    /** A sector can never be labelled here. */
    void refuse(Seat seat, CoreException why);
  }

  /** Sectors that are labelled together by one process. */
  static final class Group {
    private final LabellingCores.Taken core;
    private final SealProof proof;
    private final int slots;
    private final List<Seat> members = new ArrayList<>();
    private boolean ending;

    private Group(LabellingCores.Taken core, SealProof proof, int slots) {
      this.core = core;
      this.proof = proof;
      this.slots = slots;
    }

    LabellingCores.Taken core() {
      return core;
    }

    SealProof proof() {
      return proof;
    }

    /** How many sectors it has memory for. */
    int slots() {
      return slots;
    }

    /** Its current sectors. */
    List<Seat> members() {
      return members;
    }

    /** No sector can join it any more. */
    void end() {
      ending = true;
    }

    private int open() {
      return ending ? 0 : slots - members.size();
    }

    @Override
    public String toString() {
      return "%s on CPU %d"
          .formatted(
              members.isEmpty()
                  ? "a group that is ending"
                  : members.stream()
                      .map(seat -> seat.sector().toString())
                      .collect(Collectors.joining(", ")),
              core.cpu());
    }
  }

  private static final Comparator<Seat> TURN = Comparator.comparing((Seat seat) -> !seat.urgent());

  private final LabellingCores cores;
  private final int size;
  private final int most;
  private final long gatherMillis;
  private final long memory;
  private final LayersInMemory layers;
  private final List<Seat> waiting = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private OptionalLong lookAgain = OptionalLong.empty();

  /**
   * @param most the maximum number of sectors in a group
   * @param gatherMillis how long a sector waits for others
   * @param memory the maximum memory of all groups together, in bytes
   * @param layers how many layers of each sector are in memory
   */
  Grouping(LabellingCores cores, int most, long gatherMillis, long memory, LayersInMemory layers) {
    this.cores = cores;
    this.size = cores.free();
    this.most = most;
    this.gatherMillis = gatherMillis;
    this.memory = memory;
    this.layers = layers;
  }

  private long bytesOf(SealProof proof) {
    return layers.bytes(proof.size());
  }

  List<Group> groups() {
    return groups;
  }

  List<Seat> waiting() {
    return waiting;
  }

  /** A sector wants to be labelled. */
  void arrived(Seat seat) {
    waiting.add(seat);
  }

  /** A sector no longer wants to be labelled, and is not in a group. */
  void gone(Seat seat) {
    waiting.remove(seat);
  }

  /** A sector has left its group. */
  void left(Group group, Seat seat) {
    group.members.remove(seat);
  }

  /** A group's process has ended: its core and its memory are free. */
  void ended(Group group) {
    groups.remove(group);
    cores.giveBack(group.core);
  }

  /** When to settle again even if nothing changes; empty if no sector waits for a certain time. */
  OptionalLong lookAgain() {
    return lookAgain;
  }

  /**
   * Decides about all waiting sectors.
   *
   * @param now milliseconds
   * @param toCome how many more sectors of a graph are still expected
   */
  void settle(long now, ToIntFunction<SealProof> toCome, Decided decided) {
    lookAgain = OptionalLong.empty();
    List<LabellingCores.Taken> kept = new ArrayList<>();
    Settlement settlement = new Settlement(now, toCome, decided, kept);
    try {
      for (Seat seat : waiting.stream().sorted(TURN).toList()) {
        if (waiting.contains(seat)) {
          settlement.decide(seat);
        }
      }
    } finally {
      kept.forEach(cores::giveBack);
    }
  }

  private long freeMemory() {
    return memory - groups.stream().mapToLong(group -> group.slots * bytesOf(group.proof)).sum();
  }

  private String inUse() {
    return groups.stream().map(Group::toString).collect(Collectors.joining("; "));
  }

  /** One round of decisions. */
  private final class Settlement {
    private final long now;
    private final ToIntFunction<SealProof> toCome;
    private final Decided decided;

    /** Cores reserved for sectors that are waiting to form a group. */
    private final List<LabellingCores.Taken> kept;

    /**
     * Graphs whose sectors are waiting to form a group; later sectors of these graphs join them.
     */
    private final List<SealProof> gathering = new ArrayList<>();

    private long keptBytes;
    private boolean wantsMemory;

    private Settlement(
        long now,
        ToIntFunction<SealProof> toCome,
        Decided decided,
        List<LabellingCores.Taken> kept) {
      this.now = now;
      this.toCome = toCome;
      this.decided = decided;
      this.kept = kept;
    }

    private void decide(Seat seat) {
      CoreException never = never(seat);
      if (never != null) {
        waiting.remove(seat);
        decided.refuse(seat, never);
        return;
      }
      int free = gathering.contains(seat.proof()) ? 0 : cores.free();
      if (free > 0) {
        begin(seat, free);
      } else if (!join(seat)) {
        hold(seat);
      }
    }

    /** A core is free: starts a group for this sector, alone or with others. */
    private void begin(Seat first, int free) {
      long room = (freeMemory() - keptBytes) / bytesOf(first.proof());
      if (room < 1 || wantsMemory) {
        if (!join(first)) {
          // No later sector may take the memory that this one waits for.
          wantsMemory = true;
          decided.wait(first, wantsMemory(first));
        }
        return;
      }
      List<Seat> here = first.urgent() ? List.of(first) : alike(first);
      int coming = first.urgent() ? 0 : toCome.applyAsInt(first.proof());
      int slots = (int) Math.min(room, slots(here.size() + coming, free, first));
      if (here.size() < slots && now < first.arrivedAt() + gatherMillis) {
        gather(here, slots, coming);
      } else {
        Group group = new Group(cores.take().orElseThrow(), first.proof(), slots);
        group.members.addAll(here.subList(0, Math.min(slots, here.size())));
        waiting.removeAll(group.members);
        groups.add(group);
        decided.begin(group);
      }
    }

    /** The sectors that have the first one's graph and may share its core, in order. */
    private List<Seat> alike(Seat first) {
      return waiting.stream()
          .filter(seat -> !seat.urgent() && seat.proof() == first.proof())
          .toList();
    }

    /** How many of the sectors a free core must take, after the free slots of running groups. */
    private int slots(int sectors, int free, Seat first) {
      if (first.urgent()) {
        return 1;
      }
      int open =
          groups.stream().filter(group -> group.proof == first.proof()).mapToInt(Group::open).sum();
      int spread = (sectors - open + free - 1) / free;
      return Math.max(1, Math.min(most, spread));
    }

    private void gather(List<Seat> here, int slots, int coming) {
      Seat first = here.get(0);
      kept.add(cores.take().orElseThrow());
      keptBytes += slots * bytesOf(first.proof());
      gathering.add(first.proof());
      long until = first.arrivedAt() + gatherMillis;
      lookAgain = OptionalLong.of(Math.min(lookAgain.orElse(until), until));
      decided.wait(
          first,
          "waits a moment to be labelled together with %d more"
              .formatted(Math.min(slots - 1, here.size() - 1 + coming)));
    }

    private boolean join(Seat seat) {
      Group found =
          groups.stream()
              .filter(group -> group.proof == seat.proof() && group.open() > 0)
              .min(Comparator.comparingInt(group -> group.members.size()))
              .orElse(null);
      if (found == null) {
        return false;
      }
      waiting.remove(seat);
      found.members.add(seat);
      decided.join(found, seat);
      return true;
    }

    private void hold(Seat seat) {
      decided.wait(
          seat,
          gathering.contains(seat.proof())
              ? "waits a moment to be labelled together with others"
              : "waits for a core to label on: %s"
                  .formatted(
                      groups.isEmpty()
                          ? "the free one is reserved for sectors that start together"
                          : "%d in use (%s)".formatted(groups.size(), inUse())));
    }

    private String wantsMemory(Seat seat) {
      return "waits for memory to label in: %s needed, %s of %s free (`labelling.memory`)"
          .formatted(
              ByteSizes.text(bytesOf(seat.proof())),
              ByteSizes.text(Math.max(0, freeMemory())),
              ByteSizes.text(memory));
    }

    /** Why this sector can never be labelled on this host, or null. */
    private CoreException never(Seat seat) {
      if (size == 0) {
        return new CoreException(
            CoreCode.SETTINGS,
            "There is no core to label on: this worker may use none of the CPUs in"
                + " [[processors.pc1]]; name others in cgroup.cpuset.");
      }
      if (bytesOf(seat.proof()) > memory) {
        return new CoreException(
            CoreCode.NO_MEMORY,
            "Labelling a sector of %s takes %s of memory, and this host labels in %s at most; raise `labelling.memory`,%s or let the host take smaller sectors (sealing.allowed_sizes)."
                .formatted(
                    seat.proof().size(),
                    ByteSizes.text(bytesOf(seat.proof())),
                    ByteSizes.text(memory),
                    layers == LayersInMemory.TWO ? " set `labelling.layers_in_memory` = 1," : ""));
      }
      return null;
    }
  }
}
