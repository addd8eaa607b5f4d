package io.reseal.labelling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProgress;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One sector's part in labelling, from arrival to end. Other threads queue events here; the step
 * that needs the sector labelled waits here and receives them in order.
 */
public final class Seat {

  /** Receives the seat's progress, on the waiting thread. */
  public interface Listener {
    /** The sector waits, for the reason given. */
    void waits(String why);

    /**
     * The sector is being labelled.
     *
     * @param with the other sectors now labelled on the same core
     */
    void progress(StageProgress at, List<SectorId> with);

    /** Takes no notice. */
    Listener NONE =
        new Listener() {
          @Override
          public void waits(String why) {}

          @Override
          public void progress(StageProgress at, List<SectorId> with) {}
        };
  }

  /**
   * The result of labelling a sector.
   *
   * @param layers how many layers it has
   * @param resumed how many of them existed before
   * @param others how many other sectors shared its core in the meantime
   * @param nanos how long labelling took, without the wait before it
   */
  public record Labelled(int layers, int resumed, int others, long nanos) {}

  /** A queued event; {@code deliver} returns true for the last one. */
  private interface Event {
    boolean deliver(Listener listener) throws CoreException, StageDiedException;
  }

  private final Labelling labelling;
  private final String id;
  private final SectorId sector;
  private final SealProof proof;
  private final ObjectNode fields;
  private final boolean urgent;
  private final long arrivedAt;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Set<SectorId> met = new LinkedHashSet<>();

  private String waitsFor;
  private boolean leaving;
  private long beganNanos;
  private StageProgress at;
  private Labelled labelled;

  /** Whether the last event was delivered; only of the thread that waits. */
  private boolean ended;

  /**
   * @param id its name in messages to and from the process; unique, so that a late message for an
   *     earlier seat of the same sector is not taken for this one's
   * @param fields what the process is sent when the sector joins it
   * @param arrivedAt milliseconds
   */
  Seat(
      Labelling labelling,
      String id,
      SectorId sector,
      SealProof proof,
      ObjectNode fields,
      boolean urgent,
      long arrivedAt) {
    this.labelling = labelling;
    this.id = id;
    this.sector = sector;
    this.proof = proof;
    this.fields = fields;
    this.urgent = urgent;
    this.arrivedAt = arrivedAt;
  }

  String id() {
    return id;
  }

  SectorId sector() {
    return sector;
  }

  SealProof proof() {
    return proof;
  }

  ObjectNode fields() {
    return fields;
  }

  boolean urgent() {
    return urgent;
  }

  long arrivedAt() {
    return arrivedAt;
  }

  /**
   * Waits until the sector is labelled.
   *
   * @throws CoreException if the core reports an error for this sector or its whole group
   * @throws StageDiedException if its group's process died, or the sector has left
   */
  public Labelled await(Listener listener)
      throws CoreException, StageDiedException, InterruptedException {
    try {
      while (!ended) {
        deliverNext(listener);
      }
      return labelled;
    } catch (InterruptedException e) {
      leave();
      throw e;
    }
  }

  /**
   * Waits until nothing touches the sector's files any more; a thread that is interrupted leaves.
   */
  public void awaitEnd() {
    try {
      while (!ended) {
        deliverNext(Listener.NONE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CoreException | StageDiedException e) {
      // However it ended, it has ended.
    }
  }

  private void deliverNext(Listener listener)
      throws CoreException, StageDiedException, InterruptedException {
    Event next = events.take();
    try {
      ended = next.deliver(listener);
    } catch (CoreException | StageDiedException e) {
      ended = true;
      throw e;
    }
  }

  /**
   * Takes the sector out of labelling. The other sectors of its group continue. Once {@link #await}
   * has returned, nothing touches the sector's files any more.
   */
  public void leave() {
    labelling.leave(this);
  }

  // The methods below are called only by Labelling, under its lock.

  boolean isLeaving() {
    return leaving;
  }

  void beginLeaving() {
    leaving = true;
  }

  /** The latest progress; null before the first report. */
  StageProgress at() {
    return at;
  }

  void waits(String why) {
    if (!why.equals(waitsFor)) {
      waitsFor = why;
      events.add(
          listener -> {
            listener.waits(why);
            return false;
          });
    }
  }

  /** The sector has joined a group with these sectors. */
  void began(long nanos, Collection<SectorId> others) {
    beganNanos = nanos;
    met(others);
  }

  void met(Collection<SectorId> others) {
    met.addAll(others);
    met.remove(sector);
  }

  void progress(StageProgress now, List<SectorId> with) {
    at = now;
    events.add(
        listener -> {
          listener.progress(now, with);
          return false;
        });
  }

  void done(long nanos, JsonNode result) {
    labelled =
        new Labelled(
            result.path("layers").asInt(),
            result.path("resumed").asInt(),
            met.size(),
            nanos - beganNanos);
    events.add(listener -> true);
  }

  void failed(CoreException error) {
    events.add(
        listener -> {
          throw error;
        });
  }

  void died(StageDiedException death) {
    events.add(
        listener -> {
          throw death;
        });
  }

  void left() {
    died(new StageDiedException("The step was stopped."));
  }

  List<SectorId> others(List<Seat> members) {
    List<SectorId> others = new ArrayList<>();
    members.stream().map(Seat::sector).filter(other -> !other.equals(sector)).forEach(others::add);
    return others;
  }
}
