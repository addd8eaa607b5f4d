package io.reseal.labelling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.LayersInMemory;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.labelling.Grouping.Group;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage processes of the labelling groups, one for each: starts them, sends them their sectors,
 * and ends them. Guarded by the lock of {@link Labelling}, except that each process is read by its
 * own thread.
 */
final class GroupProcesses implements Grouping.Decided {

  private static final Logger LOG = LoggerFactory.getLogger(GroupProcesses.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StageProgram program;
  private final LayersInMemory layers;
  private final Listener listener;
  private final Map<Group, StageProcess> processes = new HashMap<>();

  /** Gets what the processes report. */
  interface Listener {

    /** A process has sent a message about one of its sectors. */
    void reported(Group group, JsonNode message);

    /**
     * A process has ended.
     *
     * @param how the reason, or null if it ended as requested
     */
    void ended(Group group, Exception how);

    /** A group's process could not be started; called by {@link #begin}. */
    void notStarted(Group group, IOException why);
  }

  GroupProcesses(StageProgram program, LayersInMemory layers, Listener listener) {
    this.program = program;
    this.layers = layers;
    this.listener = listener;
  }

  @Override
  public void begin(Group group) {
    ObjectNode fields =
        JSON.createObjectNode()
            .put("proof", group.proof().registeredName())
            .put("slots", group.slots())
            .put("core", group.core().cpu());
    if (layers == LayersInMemory.ONE) {
      fields.put("layers_in_memory", layers.number());
    }
    try {
      StageProcess process =
          program.start(new CoreRequest(Operation.PC1_GROUP, fields), group.core().processor());
      processes.put(group, process);
      group.members().forEach(seat -> process.send(joining(seat)));
      List<SectorId> all = sectors(group);
      group.members().forEach(seat -> seat.began(System.nanoTime(), all));
      Thread reader = new Thread(() -> read(group, process), "labelling-" + group.core().cpu());
      reader.setDaemon(true);
      reader.start();
      LOG.info("{} of {} slots: {}", group.members().size(), group.slots(), group);
    } catch (IOException e) {
      listener.notStarted(group, e);
    }
  }

  @Override
  public void join(Group group, Seat seat) {
    processes.get(group).send(joining(seat));
    List<SectorId> all = sectors(group);
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

  boolean has(Group group) {
    return processes.containsKey(group);
  }

  /** Asks a group's process to release a sector. */
  void leave(Group group, Seat seat) {
    processes.get(group).send(JSON.createObjectNode().put("leave", seat.id()));
  }

  /** Asks a group's process, which has no sector left, to end. */
  void close(Group group) {
    processes.get(group).send(JSON.createObjectNode().put("close", true));
  }

  void kill(Group group) {
    processes.get(group).kill();
  }

  /** Forgets a process that has ended. */
  void remove(Group group) {
    processes.remove(group).close();
  }

  private void read(Group group, StageProcess process) {
    try {
      process.converse(message -> listener.reported(group, message));
      listener.ended(group, null);
    } catch (CoreException | StageDiedException e) {
      listener.ended(group, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      listener.ended(group, e);
    }
  }

  private static List<SectorId> sectors(Group group) {
    return group.members().stream().map(Seat::sector).toList();
  }

  private static ObjectNode joining(Seat seat) {
    return seat.fields().deepCopy().put("join", seat.id());
  }
}
