package io.reseal.steps;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.grpc.StatusRuntimeException;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.RunRepository;
import io.reseal.contract.FailureType;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.FileWork;
import io.reseal.files.Replica;
import io.reseal.files.SectorKind;
import io.reseal.files.Stores;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.SectorId;
import io.reseal.threads.NoThreadException;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds a sealing thread of this host for a rebuild, as long as it heartbeats. */
final class HoldActivitiesImpl implements HoldActivities {

  private static final Logger LOG = LoggerFactory.getLogger(HoldActivitiesImpl.class);

  /** The delay before a thread is requested again. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** How long a store may take to answer. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /**
   * The details of each heartbeat of a hold.
   *
   * @param grant the thread it holds
   * @param at epoch milliseconds of the heartbeat
   * @param silentSince when Temporal gave up the hold of the host that has the thread, in the
   *     server's epoch milliseconds; null while that host heartbeats
   */
  record Held(
      @JsonProperty("grant") ThreadGrant grant,
      @JsonProperty("at") long at,
      @JsonProperty("silentSince") Long silentSince) {}

  private static final String LOST =
      "Contact with Temporal was lost; the rebuild keeps %s, and its steps continue there.";

  private final String host;
  private final SealingThreads threads;
  private final Stores stores;
  private final RunRepository runs;
  private final WorkflowClient client;
  private final ScheduledExecutorService scheduler;
  private final Supplier<Optional<Duration>> outageOver;
  private final BooleanSupplier otherWorkers;
  private volatile boolean stopping;

  /**
   * @param outageOver how long ago Temporal's last outage ended
   * @param otherWorkers whether workers of other hosts run and take rebuilds
   */
  HoldActivitiesImpl(
      String host,
      SealingThreads threads,
      Stores stores,
      RunRepository runs,
      WorkflowClient client,
      ScheduledExecutorService scheduler,
      Supplier<Optional<Duration>> outageOver,
      BooleanSupplier otherWorkers) {
    this.host = host;
    this.threads = threads;
    this.stores = stores;
    this.runs = runs;
    this.client = client;
    this.scheduler = scheduler;
    this.outageOver = outageOver;
    this.otherWorkers = otherWorkers;
  }

  @Override
  public void hold(HoldRequest request) {
    ActivityExecutionContext activity = Activity.getExecutionContext();
    Held before = activity.getHeartbeatDetails(Held.class).orElse(null);
    leaveToAnotherHost(request);
    leaveToItsHost(activity, request, before);
    reserve(activity.getInfo(), request);
    Long number = request.numberOf(activity.getInfo().getAttempt());
    SealingThread thread =
        take(
            activity.getInfo(),
            withLikelyRoom(request),
            before == null ? request.preferred() : before.grant(),
            number);
    ThreadGrant grant = thread.grant().numbered(number);
    boolean keepHeld = false;
    CountDownLatch released = thread.released();
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler,
            activity,
            () -> new Held(grant, System.currentTimeMillis(), null),
            released::countDown,
            released::countDown)) {
      signalWorkflow(activity, grant);
      released.await();
      if (stopping) {
        // The thread stays recorded as held: the rebuild returns to it when the worker restarts.
        keepHeld = true;
        if (request.isDirected()) {
          throw atItsHost(grant, host + " is stopping; the rebuild keeps the thread.");
        }
        throw again(
            FailureType.HOST_STOPPING, host + " is stopping; the rebuild keeps the thread.");
      }
      if (heartbeat.isLost()) {
        keepHeld = true;
        threads.await(request.sector(), thread, number);
        throw again(FailureType.HOST_NO_THREAD, LOST.formatted(grant));
      }
      heartbeat.throwIfUnwanted();
    } catch (WorkflowNotFoundException e) {
      // The rebuild has ended, so the thread is no longer needed.
    } catch (WorkflowServiceException | StatusRuntimeException e) {
      // Whether the rebuild learned of the grant is unknown; it may have work in this scratch.
      keepHeld = true;
      threads.await(request.sector(), thread, number);
      throw again(FailureType.HOST_NO_THREAD, LOST.formatted(grant));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      keepHeld = true;
      throw again(FailureType.HOST_STOPPING, host + " is stopping.");
    } finally {
      if (!keepHeld) {
        threads.release(request.sector(), thread, number);
      }
    }
  }

  /** Ends all holds so that they are retried soon; the rebuilds keep their threads. */
  void stopAll() {
    stopping = true;
    threads.all().forEach(thread -> thread.released().countDown());
  }

  /** Refuses what another host should do, to find out whether this one computes wrongly. */
  private void leaveToAnotherHost(HoldRequest request) {
    if (!host.equals(request.avoid())) {
      return;
    }
    try {
      if (!otherWorkers.getAsBoolean()) {
        throw ApplicationFailure.newNonRetryableFailure(
            "No other host takes rebuilds now.", FailureType.HOST_NO_OTHER.code());
      }
    } catch (CatalogException e) {
      LOG.warn("Whether other hosts take rebuilds is not known: {}", e.getMessage());
    }
    throw again(
        FailureType.HOST_NO_THREAD,
        "%s computed a wrong CommR for this sector; the rebuild waits for another host."
            .formatted(host));
  }

  /** Refuses for a while if another host's scratch holds the rebuild's finished steps. */
  private void leaveToItsHost(ActivityExecutionContext activity, HoldRequest request, Held before) {
    ThreadGrant wanted = before == null ? request.preferred() : before.grant();
    if (wanted == null || wanted.host().equals(host)) {
      return;
    }
    long now = activity.getInfo().getCurrentAttemptScheduledTimestamp();
    long silentSince = silentSince(request, before, now);
    Optional<Long> until =
        new HostGrace(silentSince, request.hostGrace()).waitsUntil(now, outageOver.get());
    if (until.isEmpty()) {
      return;
    }
    if (request.isDirected()) {
      throw atItsHost(
          wanted, "%s has this rebuild's finished steps in its scratch.".formatted(wanted));
    }
    if (before != null) {
      // Without a heartbeat of its own, this attempt might lose the details of the one before.
      activity.heartbeat(new Held(before.grant(), before.at(), silentSince));
    }
    throw again(
        FailureType.HOST_NO_THREAD,
        "%s has this rebuild's finished steps in its scratch; the rebuild waits for it until %s."
            .formatted(wanted, Instant.ofEpochMilli(until.get())));
  }

  /** Ends the hold, so that the rebuild asks that host itself. */
  private static ApplicationFailure atItsHost(ThreadGrant thread, String message) {
    return ApplicationFailure.newBuilder()
        .setType(FailureType.HOST_NO_THREAD.code())
        .setMessage(message)
        .setNonRetryable(true)
        .setDetails(thread)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }

  private static long silentSince(HoldRequest request, Held before, long now) {
    if (before == null) {
      return request.preferredUntil() - request.hostGrace().toMillis();
    }
    return before.silentSince() == null ? now : before.silentSince();
  }

  /**
   * Reserves room in a store, or refuses while no store has any: hours of sealing would be in vain.
   * What is on this host already goes on; it has its room, or parks when it needs it.
   */
  private void reserve(ActivityInfo info, HoldRequest request) {
    try {
      FileWork.within(
          ANSWER_LIMIT,
          "A store",
          () -> {
            stores.reserve(
                request.sector(),
                stored(request),
                threads.identify(info.getWorkflowId(), info.getWorkflowRunId()),
                info.getCurrentAttemptScheduledTimestamp());
            return null;
          });
      threads.noStore(null);
    } catch (IOException e) {
      if (threads.hasWork(request.sector())) {
        return;
      }
      String why =
          "%s: %s The rebuild waits in the queue until one has."
              .formatted(FailureType.HOST_NO_STORE, e.getMessage());
      threads.noStore(why);
      note(info.getWorkflowRunId(), why);
      throw again(FailureType.HOST_NO_STORE, e.getMessage());
    }
  }

  /**
   * A rebuild that may repair needs all room nevertheless if this host's stores do not have all of
   * the sector's own files, by their sizes. What they contain shows once the thread is held.
   */
  private HoldRequest withLikelyRoom(HoldRequest request) {
    if (!request.onlyRepairs()) {
      return request;
    }
    try {
      boolean allThere =
          FileWork.within(
              ANSWER_LIMIT,
              "A store",
              () -> stores.haveReplicas(stored(request), request.sector()));
      return allThere ? request : request.withAllRoom();
    } catch (IOException e) {
      LOG.info("What stores have of sector {} is not known: {}", request.sector(), e.getMessage());
      return request.withAllRoom();
    }
  }

  private static SectorKind stored(HoldRequest request) {
    SectorKind kind = new SectorKind(request.proof(), request.snapped());
    if (request.unsealed() == null) {
      return kind;
    }
    SectorKind also = kind.withUnsealed(request.snapped() ? Replica.UPDATE : Replica.SEALED);
    return request.unsealed() == UnsealedWish.ONLY ? also.withoutReplicas() : also;
  }

  /** Shows in lists why the rebuild waits. */
  private void note(String runId, String why) {
    try {
      runs.noteError(runId, why, System.currentTimeMillis());
    } catch (CatalogException e) {
      LOG.warn("{} could not be recorded in the catalog: {}", why, e.getMessage());
    }
  }

  private SealingThread take(
      ActivityInfo info, HoldRequest request, ThreadGrant preferred, Long number) {
    try {
      return threads.take(request, preferred, number);
    } catch (NoThreadException e) {
      if (!threads.hasWork(request.sector())) {
        // Otherwise rebuilds that wait for a thread would keep the room from those that have one.
        giveUpRoom(request.sector(), info.getCurrentAttemptScheduledTimestamp());
      }
      throw again(FailureType.HOST_NO_THREAD, e.getMessage());
    } catch (IOException e) {
      throw Failures.of(e);
    }
  }

  private void giveUpRoom(SectorId sector, long until) {
    try {
      FileWork.within(
          ANSWER_LIMIT,
          "A store",
          () -> {
            stores.release(sector, until);
            return null;
          });
    } catch (IOException e) {
      LOG.warn("What is reserved for sector {} stays for now: {}", sector, e.getMessage());
    }
  }

  private void signalWorkflow(ActivityExecutionContext activity, ThreadGrant grant) {
    client
        .newWorkflowStub(
            RebuildWorkflow.class,
            WorkflowTargetOptions.newBuilder()
                .setWorkflowId(activity.getInfo().getWorkflowId())
                .setRunId(activity.getInfo().getWorkflowRunId())
                .build())
        .threadHeld(grant);
  }

  /** An expected wait, not an error: retried after a while, on any host. */
  private static ApplicationFailure again(FailureType type, String message) {
    return ApplicationFailure.newBuilder()
        .setType(type.code())
        .setMessage(message)
        .setNextRetryDelay(ASK_AGAIN)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }
}
