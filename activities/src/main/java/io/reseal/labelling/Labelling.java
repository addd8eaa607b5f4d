package io.reseal.labelling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.LabellingSettings;
import io.reseal.config.Processor;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProgram;
import io.reseal.core.StageProgress;
import io.reseal.labelling.Grouping.Group;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All labelling on this host by Reseal's own code. Sectors take a {@link Seat} here; {@link
 * Grouping} decides which sectors are labelled together, and each group is one process of the stage
 * program, which its members join and leave.
 *
 * <p>Nothing here waits for a process, a file or a sector.
 */
public final class Labelling {

  private static final Logger LOG = LoggerFactory.getLogger(Labelling.class);

  /**
   * How long a process may take to release a sector, or to end; normally less than a second. After
   * that it is killed, and its group's other sectors start again from their last finished layer.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Grouping grouping;
  private final int most;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final Runnable changed;
  private final GroupProcesses processes;

  /** Sectors that are labelled, but whose threads may not show it yet. */
  private final Map<SectorId, SealProof> labelled = new HashMap<>();

  /** How many seats have been taken so far. */
  private long seats;

  private Function<SealProof, Set<SectorId>> expected = proof -> Set.of();

  /**
   * @param processors the processors of PC1
   * @param most how many sectors may be in PC1 at a time
   * @param root the directory of {@code proc} and {@code sys}
   * @param changed called after each change that lists show
   */
  public Labelling(
      StageProgram program,
      LabellingSettings settings,
      List<Processor> processors,
      int most,
      Path root,
      ScheduledExecutorService scheduler,
      InstantSource clock,
      Runnable changed) {
    this.processes = new GroupProcesses(program, settings.layers(), new Events());
    this.grouping =
        new Grouping(
            new LabellingCores(settings, processors, CpuTopology.read(root)),
            settings.sectorsOnACore(),
            settings.gather().toMillis(),
            LabellingCapacity.of(settings, processors, root).memory(),
            settings.layers());
    this.most = most;
    this.scheduler = scheduler;
    this.clock = clock;
    this.changed = changed;
  }

  /**
   * Makes groups wait for sectors that are still expected.
   *
   * @param sectors the sectors of a proof type that sealing threads hold and that are not labelled
   *     yet
   */
  public synchronized void expect(Function<SealProof, Set<SectorId>> sectors) {
    expected = sectors;
  }

  /**
   * Takes a seat for a sector that must be labelled.
   *
   * @param fields the fields of a request for {@code pc1}
   */
  public synchronized Seat enter(
      SectorId sector, SealProof proof, ObjectNode fields, boolean urgent) {
    String id = "%s.%d".formatted(sector.fileName(), ++seats);
    Seat seat = new Seat(this, id, sector, proof, fields, urgent, clock.millis());
    labelled.remove(sector);
    grouping.arrived(seat);
    settle();
    return seat;
  }

  /** Decides again for the seats that wait, because something has changed. */
  public synchronized void look() {
    // Once its thread has moved on or no longer holds it, a sector may be labelled again.
    labelled.entrySet().removeIf(done -> !expected.apply(done.getValue()).contains(done.getKey()));
    if (!grouping.waiting().isEmpty()) {
      settle();
    }
  }

  /** The sectors that are being labelled, for lists. */
  public synchronized List<GroupMember> members() {
    return grouping.groups().stream()
        .flatMap(group -> group.members().stream().map(seat -> member(group, seat)))
        .toList();
  }

  private static GroupMember member(Group group, Seat seat) {
    StageProgress at = seat.at();
    boolean inLayers = at != null && at.unit().equals("layers");
    return new GroupMember(
        seat.sector(),
        group.core().cpu(),
        inLayers ? (int) Math.min(at.total(), at.done() + 1) : 0,
        inLayers ? (int) at.total() : 0);
  }

  synchronized void leave(Seat seat) {
    if (seat.isLeaving()) {
      return;
    }
    seat.beginLeaving();
    if (grouping.waiting().contains(seat)) {
      grouping.gone(seat);
      seat.left();
      settle();
      return;
    }
    groupOf(seat)
        .ifPresent(
            group -> {
              if (group.members().stream().allMatch(Seat::isLeaving)) {
                group.end();
                processes.kill(group);
              } else {
                processes.leave(group, seat);
                killUnless(group, () -> !group.members().contains(seat));
              }
            });
  }

  private Optional<Group> groupOf(Seat seat) {
    return grouping.groups().stream().filter(group -> group.members().contains(seat)).findFirst();
  }

  private void settle() {
    grouping.settle(clock.millis(), this::toCome, processes);
    OptionalLong next = grouping.lookAgain();
    if (next.isPresent()) {
      later(this::look, Math.max(0, next.getAsLong() - clock.millis()));
    }
    changed.run();
  }

  /** How many of the sectors that threads hold may still come to be labelled. */
  private int toCome(SealProof proof) {
    Set<SectorId> coming = new HashSet<>(expected.apply(proof));
    coming.removeAll(labelled.keySet());
    int here = 0;
    for (Group group : grouping.groups()) {
      group.members().forEach(seat -> coming.remove(seat.sector()));
      here += group.members().size();
    }
    grouping.waiting().forEach(seat -> coming.remove(seat.sector()));
    return Math.max(0, Math.min(coming.size(), most - here - grouping.waiting().size()));
  }

  /** Passes a message of a group's process on to the seat it is about. */
  private synchronized void reported(Group group, JsonNode message) {
    Optional<Seat> found =
        group.members().stream()
            .filter(member -> member.id().equals(message.path("sector").asText()))
            .findFirst();
    if (found.isEmpty()) {
      LOG.debug("A message about a sector that is not in {}: {}", group, message);
      return;
    }
    Seat seat = found.get();
    if (message.has("progress")) {
      StageProgress before = seat.at();
      StageProgress at = StageProgress.of(message.get("progress"));
      seat.progress(at, seat.others(group.members()));
      if (before == null || before.done() != at.done()) {
        changed.run();
      }
      return;
    }
    grouping.left(group, seat);
    if (message.has("result")) {
      labelled.put(seat.sector(), seat.proof());
      seat.done(System.nanoTime(), message.get("result"));
    } else if (message.has("error") && !seat.isLeaving()) {
      seat.failed(CoreException.of(message.get("error")));
    } else {
      seat.left();
    }
    if (group.members().isEmpty()) {
      group.end();
      processes.close(group);
      killUnless(group, () -> false);
    }
    settle();
  }

  /** A group's process has ended for any reason: all its members leave. */
  private synchronized void ended(Group group, Exception how) {
    List<Seat> members = List.copyOf(group.members());
    processes.remove(group);
    grouping.ended(group);
    for (Seat seat : members) {
      grouping.left(group, seat);
      if (seat.isLeaving()) {
        seat.left();
      } else if (how instanceof CoreException error) {
        seat.failed(error);
      } else {
        seat.died(
            how instanceof StageDiedException death
                ? death
                : new StageDiedException(
                    "The stage process ended without a result for this sector."));
      }
    }
    settle();
  }

  private void notStarted(Group group, IOException e) {
    group.end();
    for (Seat seat : List.copyOf(group.members())) {
      grouping.left(group, seat);
      seat.died(
          new StageDiedException(
              "The stage program could not be started: %s".formatted(e.getMessage())));
    }
    // Do not settle here: this is called by settle.
    later(
        () -> {
          synchronized (this) {
            grouping.ended(group);
            settle();
          }
        },
        0);
  }

  /** Kills a group's process after a while if it has not done what was asked. */
  private void killUnless(Group group, BooleanSupplier done) {
    later(
        () -> {
          synchronized (this) {
            if (processes.has(group) && !done.getAsBoolean()) {
              LOG.warn("The process that labels {} does not answer and is killed", group);
              processes.kill(group);
            }
          }
        },
        PATIENCE.toMillis());
  }

  private void later(Runnable what, long millis) {
    try {
      var unused = scheduler.schedule(what, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Nothing is scheduled, because the worker is stopping");
    }
  }

  /** Takes the reports of the groups' processes. */
  private final class Events implements GroupProcesses.Listener {

    @Override
    public void reported(Group group, JsonNode message) {
      Labelling.this.reported(group, message);
    }

    @Override
    public void ended(Group group, Exception how) {
      Labelling.this.ended(group, how);
    }

    @Override
    public void notStarted(Group group, IOException why) {
      Labelling.this.notStarted(group, why);
    }
  }
}
