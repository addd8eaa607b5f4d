package io.reseal.fleet;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.contract.FailureType;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ThreadGrant;
import io.reseal.sector.SectorId;
import io.reseal.steps.Heartbeat;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;

/** The sealing threads of a simulated host, held as a real host's threads are. */
final class SimulatedThreads implements HoldActivities {

  /** As a real host. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** A thread; it is free if no sector is in it. */
  private static final class Place {
    private SectorId sector;
    private boolean running;
    private CountDownLatch released = new CountDownLatch(0);
  }

  private final String host;
  private final WorkflowClient client;
  private final ScheduledExecutorService scheduler;
  private final Runnable changed;
  private final List<Place> places = new ArrayList<>();
  private boolean stopping;

  /**
   * @param held what each thread holds from before, null for a free one
   * @param changed called after each change
   */
  SimulatedThreads(
      String host,
      List<SectorId> held,
      WorkflowClient client,
      ScheduledExecutorService scheduler,
      Runnable changed) {
    this.host = host;
    this.client = client;
    this.scheduler = scheduler;
    this.changed = changed;
    for (SectorId sector : held) {
      Place place = new Place();
      place.sector = sector;
      places.add(place);
    }
  }

  /** Whether a thread may take a rebuild, or waits for the one that it had. */
  synchronized boolean wantsHolds() {
    return !stopping && places.stream().anyMatch(place -> !place.running);
  }

  /** How many threads are held by a rebuild's hold. */
  synchronized int running() {
    return (int) places.stream().filter(place -> place.running).count();
  }

  /** The sectors in the threads, null for a free one. */
  synchronized List<SectorId> sectors() {
    List<SectorId> sectors = new ArrayList<>();
    places.forEach(place -> sectors.add(place.sector));
    return sectors;
  }

  @Override
  public void hold(HoldRequest request) {
    ActivityExecutionContext activity = Activity.getExecutionContext();
    leaveToItsHost(activity, request);
    Long number = request.numberOf(activity.getInfo().getAttempt());
    int index = take(request.sector());
    ThreadGrant grant = new ThreadGrant(host, index, "/simulated/" + index, null, null, number);
    CountDownLatch released = places.get(index).released;
    boolean keep = false;
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler,
            activity,
            () -> new HeldBy(grant, System.currentTimeMillis(), null),
            released::countDown,
            released::countDown)) {
      client
          .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(request.sector()))
          .threadHeld(grant);
      released.await();
      keep = isStopping();
      if (keep) {
        if (request.isDirected()) {
          throw atItsHost(grant);
        }
        throw again(FailureType.HOST_STOPPING, host + " is stopping.");
      }
      heartbeat.throwIfUnwanted();
    } catch (WorkflowNotFoundException e) {
      // The rebuild has ended, so the thread is no longer needed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw again(FailureType.HOST_STOPPING, host + " is stopping.");
    } finally {
      leave(index, keep);
    }
  }

  /** Refuses, as a real host does until the other one has been away for long. */
  private void leaveToItsHost(ActivityExecutionContext activity, HoldRequest request) {
    HeldBy before = activity.getHeartbeatDetails(HeldBy.class).orElse(null);
    ThreadGrant wanted = before == null ? request.preferred() : before.grant();
    if (wanted == null
        || wanted.host().equals(host)
        || (before == null && request.preferredUntil() < System.currentTimeMillis())) {
      return;
    }
    if (request.isDirected()) {
      throw atItsHost(wanted);
    }
    activity.heartbeat(before);
    throw again(FailureType.HOST_NO_THREAD, "It waits for %s.".formatted(wanted.host()));
  }

  private static ApplicationFailure atItsHost(ThreadGrant thread) {
    return ApplicationFailure.newBuilder()
        .setType(FailureType.HOST_NO_THREAD.code())
        .setMessage("%s has it.".formatted(thread))
        .setNonRetryable(true)
        .setDetails(thread)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }

  /** The same fields as a real host's heartbeats have. */
  record HeldBy(
      @JsonProperty("grant") ThreadGrant grant,
      @JsonProperty("at") long at,
      @JsonProperty("silentSince") Long silentSince) {}

  private int take(SectorId sector) {
    int index;
    synchronized (this) {
      index = placeOf(sector);
      if (stopping || index < 0) {
        throw again(FailureType.HOST_NO_THREAD, "No thread of %s is free.".formatted(host));
      }
      Place place = places.get(index);
      place.sector = sector;
      place.running = true;
      place.released = new CountDownLatch(1);
    }
    changed.run();
    return index;
  }

  /** The thread that the sector is in, or else a free one. */
  private int placeOf(SectorId sector) {
    int free = -1;
    for (int index = 0; index < places.size(); index++) {
      SectorId there = places.get(index).sector;
      if (sector.equals(there)) {
        return index;
      }
      if (there == null && free < 0) {
        free = index;
      }
    }
    return free;
  }

  private void leave(int index, boolean keep) {
    synchronized (this) {
      Place place = places.get(index);
      place.running = false;
      if (!keep) {
        place.sector = null;
      }
    }
    changed.run();
  }

  /** A rebuild gives its thread back. */
  void release(ThreadGrant thread) {
    CountDownLatch released;
    synchronized (this) {
      released = places.get(thread.index()).released;
    }
    released.countDown();
  }

  /** Ends all holds; the rebuilds keep their threads, as when a real worker is stopped. */
  void stop() {
    List<CountDownLatch> all;
    synchronized (this) {
      stopping = true;
      all = places.stream().map(place -> place.released).toList();
    }
    all.forEach(CountDownLatch::countDown);
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private static ApplicationFailure again(FailureType type, String message) {
    return ApplicationFailure.newBuilder()
        .setType(type.code())
        .setMessage(message)
        .setNextRetryDelay(ASK_AGAIN)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }
}
