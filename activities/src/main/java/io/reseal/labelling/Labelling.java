package io.reseal.labelling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.LabellingSettings;
import io.reseal.config.Processor;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
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
 * All labelling of this host by Reseal's own code. Sectors take a {@link Seat} here; {@link
 * Grouping} says who is labelled with whom, and each group is one process of the stage program,
 * which its members join and leave.
 *
 * <p>Nothing here waits for a process, a file or a sector.
 */
public final class Labelling {

  private static final Logger LOG = LoggerFactory.getLogger(Labelling.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A process that is to let a sector go, or to end, does so within a second. One that has not for
   * so long is ended: the others of its group begin again from their last finished layer.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final StageProgram program;
  private final Grouping grouping;
  private final int most;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final Runnable changed;
  private final Map<Group, StageProcess> processes = new HashMap<>();

  /** Sectors that are labelled, whose threads may not say so yet. */
  private final Map<SectorId, SealProof> labelled = new HashMap<>();

  /** How many seats there were. */
  private long seats;

  private Function<SealProof, Set<SectorId>> expected = proof -> Set.of();

  /**
   * @param processors those of PC1
   * @param most sectors that are in PC1 at a time
   * @param root where {@code proc} and {@code sys} are
   * @param changed told after each change that lists show
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
    this.program = program;
    this.grouping =
        new Grouping(
            new LabellingCores(settings, processors, CpuTopology.read(root)),
            settings.group(),
            settings.gather().toMillis(),
            LabellingCapacity.of(settings, processors, root).memory());
    this.most = most;
    this.scheduler = scheduler;
    this.clock = clock;
    this.changed = changed;
  }

  /**
   * From now on sectors are waited for.
   *
   * @param sectors those of a graph that sealing threads hold and that are not labelled yet
   */
  public synchronized void expect(Function<SealProof, Set<SectorId>> sectors) {
    expected = sectors;
  }

  /**
   * A sector wants to be labelled.
   *
   * @param request what the operation {@code pc1} would be asked
   */
  public synchronized Seat enter(
      SectorId sector, SealProof proof, ObjectNode request, boolean urgent) {
    String id = "%s.%d".formatted(sector.fileName(), ++seats);
    Seat seat = new Seat(this, id, sector, proof, request, urgent, clock.millis());
    labelled.remove(sector);
    grouping.arrived(seat);
    settle();
    return seat;
  }

  /** Something has changed that may decide for those who wait. */
  public synchronized void look() {
    // One that its thread has gone on with, or no longer holds, may come back to be labelled anew.
    labelled.entrySet().removeIf(done -> !expected.apply(done.getValue()).contains(done.getKey()));
    if (!grouping.waiting().isEmpty()) {
      settle();
    }
  }

  /** What is labelled now, for lists. */
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
              StageProcess process = processes.get(group);
              if (group.members().stream().allMatch(Seat::isLeaving)) {
                group.end();
                process.kill();
              } else {
                process.tell(JSON.createObjectNode().put("leave", seat.id()));
                killUnless(group, () -> !group.members().contains(seat));
              }
            });
  }

  private Optional<Group> groupOf(Seat seat) {
    return grouping.groups().stream().filter(group -> group.members().contains(seat)).findFirst();
  }

  private void settle() {
    grouping.settle(clock.millis(), this::toCome, new Execution());
    OptionalLong next = grouping.lookAgain();
    if (next.isPresent()) {
      later(this::look, Math.max(0, next.getAsLong() - clock.millis()));
    }
    changed.run();
  }

  /** How many sectors of a graph may still come, of those that threads hold. */
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

  /** What a group's process says of one of its sectors. */
  private synchronized void told(Group group, JsonNode message) {
    Optional<Seat> found =
        group.members().stream()
            .filter(member -> member.id().equals(message.path("sector").asText()))
            .findFirst();
    if (found.isEmpty()) {
      LOG.debug("A word of a sector that is not in {}: {}", group, message);
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
      processes.get(group).tell(JSON.createObjectNode().put("close", true));
      killUnless(group, () -> false);
    }
    settle();
  }

  /** A group's process has ended: nobody is in it any more, however that came. */
  private synchronized void ended(Group group, Exception how) {
    List<Seat> members = List.copyOf(group.members());
    processes.remove(group).close();
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

  /** Ends a group's process some time from now unless it has done by then what it was told. */
  private void killUnless(Group group, BooleanSupplier done) {
    later(
        () -> {
          synchronized (this) {
            StageProcess process = processes.get(group);
            if (process != null && !done.getAsBoolean()) {
              LOG.warn("The process that labels {} does not answer: it is ended", group);
              process.kill();
            }
          }
        },
        PATIENCE.toMillis());
  }

  private void later(Runnable what, long millis) {
    try {
      var unused = scheduler.schedule(what, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The worker is stopping: nothing is looked at any more");
    }
  }

  private static ObjectNode joining(Seat seat) {
    ObjectNode join = seat.request().deepCopy();
    join.remove("op");
    return join.put("join", seat.id());
  }

  /** Carries out what was decided. */
  private final class Execution implements Grouping.Decided {

    @Override
    public void begin(Group group) {
      ObjectNode request =
          JSON.createObjectNode()
              .put("op", "pc1_group")
              .put("proof", group.proof().registeredName())
              .put("slots", group.slots())
              .put("core", group.core().cpu());
      try {
        StageProcess process = program.start(request, group.core().processor());
        processes.put(group, process);
        group.members().forEach(seat -> process.tell(joining(seat)));
        List<SectorId> all = group.members().stream().map(Seat::sector).toList();
        group.members().forEach(seat -> seat.began(System.nanoTime(), all));
        Thread reader = new Thread(() -> read(group, process), "labelling-" + group.core().cpu());
        reader.setDaemon(true);
        reader.start();
        LOG.info("{} of {} slots: {}", group.members().size(), group.slots(), group);
      } catch (IOException e) {
        // Told by the caller's own settling: this one goes on.
        notStarted(group, e);
      }
    }

    private void notStarted(Group group, IOException e) {
      group.end();
      for (Seat seat : List.copyOf(group.members())) {
        grouping.left(group, seat);
        seat.died(
            new StageDiedException(
                "The stage program could not be started: %s".formatted(e.getMessage())));
      }
      later(
          () -> {
            synchronized (Labelling.this) {
              grouping.ended(group);
              settle();
            }
          },
          0);
    }

    private void read(Group group, StageProcess process) {
      try {
        var unused = process.converse(message -> told(group, message));
        ended(group, null);
      } catch (CoreException | StageDiedException e) {
        ended(group, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ended(group, e);
      }
    }

    @Override
    public void join(Group group, Seat seat) {
      processes.get(group).tell(joining(seat));
      List<SectorId> all = group.members().stream().map(Seat::sector).toList();
      seat.began(System.nanoTime(), all);
      group.members().forEach(member -> member.met(all));
      LOG.info("{} joins: {}", seat.sector(), group);
    }

    @Override
    public void wait(Seat seat, String why) {
      seat.waits(why);
    }

    @Override
    public void refuse(Seat seat, CoreException why) {
      seat.failed(why);
    }
  }
}
