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
 * One sector's part in labelling, from its arrival to its end: what it hears on the way, in order.
 * Whoever wants the sector labelled waits here; what is told comes from other threads.
 */
public final class Seat {

  /** Hears how it goes, on the thread that waits. */
  public interface Listener {
    /** The sector waits, for the reason given. */
    void waits(String why);

    /**
     * It is labelled.
     *
     * @param with the sectors that are labelled on the same core now
     */
    void progress(StageProgress at, List<SectorId> with);
  }

  /**
   * A sector's layers stand.
   *
   * @param layers how many
   * @param resumed how many of them stood before
   * @param others how many other sectors shared its core meanwhile
   * @param nanos how long it was labelled, without the waiting before
   */
  public record Labelled(int layers, int resumed, int others, long nanos) {}

  /** Something told; the end where it answers true. */
  private interface Told {
    boolean hear(Listener listener) throws CoreException, StageDiedException;
  }

  private final Labelling labelling;
  private final String id;
  private final SectorId sector;
  private final SealProof proof;
  private final ObjectNode fields;
  private final boolean urgent;
  private final long arrivedAt;
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final Set<SectorId> met = new LinkedHashSet<>();

  private String waitsFor;
  private boolean leaving;
  private long beganNanos;
  private StageProgress at;
  private Labelled labelled;

  /**
   * @param id its name towards the process, no other seat's: a late word of one that the same
   *     sector had before is none of this one's
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
   * @throws CoreException what the core said went wrong with this sector, or with its whole group
   * @throws StageDiedException if its group's process died, or the sector has left
   */
  public Labelled await(Listener listener)
      throws CoreException, StageDiedException, InterruptedException {
    try {
      boolean ended = false;
      while (!ended) {
        ended = told.take().hear(listener);
      }
      return labelled;
    } catch (InterruptedException e) {
      leave();
      throw e;
    }
  }

  /**
   * The sector is no longer wanted here. Those it is labelled with go on; nothing touches its files
   * any more when the waiting has ended.
   */
  public void leave() {
    labelling.leave(this);
  }

  // All below is called by Labelling alone, under its lock.

  boolean isLeaving() {
    return leaving;
  }

  void beginLeaving() {
    leaving = true;
  }

  /** How far it is labelled; null while nothing was told. */
  StageProgress at() {
    return at;
  }

  void waits(String why) {
    if (!why.equals(waitsFor)) {
      waitsFor = why;
      told.add(
          listener -> {
            listener.waits(why);
            return false;
          });
    }
  }

  /** It is in a group with these from now on. */
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
    told.add(
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
    told.add(listener -> true);
  }

  void failed(CoreException error) {
    told.add(
        listener -> {
          throw error;
        });
  }

  void died(StageDiedException death) {
    told.add(
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
