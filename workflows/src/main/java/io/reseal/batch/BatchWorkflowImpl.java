package io.reseal.batch;

import io.reseal.contract.BatchActivities;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchProgress;
import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.RebuildMarks;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.options.ActivityProfiles;
import io.reseal.sector.SectorId;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A window that slides over a batch's sectors: as many rebuilds on their way as wanted, the next
 * one as soon as one has ended or parks. Its rebuilds report by signal, because they outlive each
 * of its runs.
 */
public final class BatchWorkflowImpl implements BatchWorkflow {

  /** Rebuilds started by one run: about a dozen events each, far below Temporal's limit. */
  private static final int STARTS_PER_RUN = 250;

  private static final int EVENTS_PER_RUN = 8_000;

  /** Sectors read from the catalog at a time: a few kilobytes. */
  private static final int PAGE = 100;

  /** Rebuilds that one activity resumes. */
  private static final int RESUMES = 50;

  private final BatchRequest request;
  private final int startsPerRun;
  private final Tally tally;
  private final BatchActivities catalog;
  private final long startedAt = Workflow.currentTimeMillis();
  private final int finishedBefore;

  /** Read from the catalog, not yet started. */
  private final Deque<BatchSector> page = new ArrayDeque<>();

  private BatchState state;
  private String note;

  /** Whether the catalog does not yet have state and note. */
  private boolean changed;

  private int starts;
  private boolean attention;

  @WorkflowInit
  public BatchWorkflowImpl(BatchRequest request) {
    this(request, STARTS_PER_RUN);
  }

  BatchWorkflowImpl(BatchRequest request, int startsPerRun) {
    this.request = request;
    this.startsPerRun = startsPerRun;
    BatchProgress reached = request.progress();
    this.tally = new Tally(reached);
    this.finishedBefore = tally.finished();
    this.attention = !tally.parked().isEmpty();
    this.state = reached != null && reached.paused() ? BatchState.PAUSED : BatchState.RUNNING;
    this.changed = reached == null;
    this.catalog =
        Workflow.newActivityStub(
            BatchActivities.class, ActivityProfiles.batch("batch " + request.name()));
  }

  @Override
  public BatchProgress run(BatchRequest unused) {
    try {
      slide();
    } catch (CanceledFailure e) {
      Workflow.newDetachedCancellationScope(this::canceledInTemporal).run();
      throw e;
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof CanceledFailure) {
        Workflow.newDetachedCancellationScope(this::canceledInTemporal).run();
      }
      throw e;
    }
    Workflow.await(Workflow::isEveryHandlerFinished);
    return status();
  }

  private void slide() {
    if (request.progress() != null) {
      // Asks for the reports that came while one run became the next, and why rebuilds are parked.
      askAbout(request.progress().running());
      askAbout(tally.parked().keySet().stream().limit(BatchDetails.SHOWN).toList());
    }
    while (!isOver()) {
      writeState();
      fillWindow();
      show();
      Workflow.await(() -> isOver() || changed || canStart() || canContinueAsNew());
      if (!isOver() && !changed && canContinueAsNew()) {
        Workflow.newContinueAsNewStub(BatchWorkflow.class)
            .run(request.from(tally.progress(state == BatchState.PAUSED)));
      }
    }
    if (state != BatchState.CANCELED) {
      become(BatchState.FINISHED, null);
    }
    writeState();
    show();
  }

  private boolean isOver() {
    return state == BatchState.CANCELED || (tally.next() >= request.sectors() && !tally.isOpen());
  }

  private boolean canStart() {
    return state == BatchState.RUNNING
        && tally.running() < request.parallel()
        && tally.next() < request.sectors()
        && starts < startsPerRun;
  }

  /** A handler still running at the end would be lost. */
  private boolean canContinueAsNew() {
    return (starts >= startsPerRun
            || Workflow.getInfo().isContinueAsNewSuggested()
            || Workflow.getInfo().getHistoryLength() > EVENTS_PER_RUN)
        && Workflow.isEveryHandlerFinished();
  }

  private void fillWindow() {
    while (canStart()) {
      if (page.isEmpty()) {
        readPage();
      }
      Map<SectorId, Promise<WorkflowExecution>> starting = new LinkedHashMap<>();
      while (!page.isEmpty() && canStart()) {
        BatchSector next = page.remove();
        if (next.finished()) {
          tally.passFinished();
        } else {
          tally.passStarted(next.sector());
          starting.put(next.sector(), start(next));
          starts++;
        }
      }
      // They may have ended before they counted as running here, and then no report came.
      askAbout(alreadyRunning(starting));
    }
  }

  private void readPage() {
    page.addAll(catalog.read(request.name(), tally.next(), PAGE));
    if (page.isEmpty()) {
      tally.passAll(request.sectors());
    }
  }

  private Promise<WorkflowExecution> start(BatchSector next) {
    SectorId sector = next.sector();
    RebuildWorkflow rebuild =
        Workflow.newChildWorkflowStub(
            RebuildWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(Names.workflowId(sector))
                .setTaskQueue(Names.CONTROL_QUEUE)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .setCancellationType(ChildWorkflowCancellationType.ABANDON)
                .setStaticSummary(RebuildMarks.summary(sector, next.proof()))
                .setTypedSearchAttributes(RebuildMarks.attributes(sector, request.name()))
                .build());
    Async.function(
        rebuild::rebuild,
        new RebuildRequest(
            sector,
            request.timings(),
            request.requestedBy(),
            request.prove(),
            request.force(),
            request.host(),
            request.name(),
            request.urgent()));
    return Workflow.getWorkflowExecution(rebuild);
  }

  /** Waits until each is started; returns those that were already started elsewhere. */
  private static List<SectorId> alreadyRunning(Map<SectorId, Promise<WorkflowExecution>> starting) {
    List<SectorId> joined = new ArrayList<>();
    starting.forEach(
        (sector, execution) -> {
          try {
            execution.get();
          } catch (ChildWorkflowFailure e) {
            if (!(e.getCause() instanceof WorkflowExecutionAlreadyStarted)) {
              throw e;
            }
            joined.add(sector);
          }
        });
    return joined;
  }

  private void askAbout(List<SectorId> sectors) {
    if (!sectors.isEmpty()) {
      catalog.ask(request.name(), sectors).forEach(this::rebuildChanged);
    }
  }

  private void become(BatchState newState, String newNote) {
    state = newState;
    note = newNote;
    changed = true;
  }

  private void writeState() {
    if (changed) {
      changed = false;
      catalog.record(request.name(), state, note);
    }
  }

  private void canceledInTemporal() {
    become(BatchState.CANCELED, "canceled in Temporal");
    writeState();
    show();
  }

  private void show() {
    Workflow.setCurrentDetails(
        BatchDetails.render(
            request,
            state,
            note,
            tally,
            tally.finished() - finishedBefore,
            Workflow.currentTimeMillis() - startedAt));
    if (attention == tally.parked().isEmpty()) {
      attention = !attention;
      Workflow.upsertTypedSearchAttributes(Names.ATTENTION.valueSet(attention));
    }
  }

  @Override
  public void rebuildChanged(BatchNews news) {
    tally.apply(news);
    show();
  }

  @Override
  public String pause(OperatorCommand command) {
    become(BatchState.PAUSED, "paused by " + command.by());
    return "Batch %s starts no more rebuilds; %d running rebuilds continue."
        .formatted(request.name(), tally.running());
  }

  @Override
  public void validatePause(OperatorCommand command) {
    refuseWhenOver();
    if (state == BatchState.PAUSED) {
      throw new IllegalStateException("Batch %s is paused already.".formatted(request.name()));
    }
  }

  @Override
  public String resume(OperatorCommand command) {
    become(BatchState.RUNNING, "resumed by " + command.by());
    return "Batch %s starts rebuilds again; %d sectors are queued."
        .formatted(request.name(), request.sectors() - tally.next());
  }

  @Override
  public void validateResume(OperatorCommand command) {
    refuseWhenOver();
    if (state != BatchState.PAUSED) {
      throw new IllegalStateException(
          "Batch %s is not paused: there is nothing to resume.".formatted(request.name()));
    }
  }

  @Override
  public String cancel(OperatorCommand command) {
    become(BatchState.CANCELED, "canceled by " + command.by());
    return "Batch %s is ended; %d sectors were not started, %d running or parked rebuilds continue on their own."
        .formatted(
            request.name(),
            request.sectors() - tally.next(),
            tally.running() + tally.parked().size());
  }

  @Override
  public void validateCancel(OperatorCommand command) {
    refuseWhenOver();
  }

  @Override
  public String retryParked(OperatorCommand command) {
    List<SectorId> sectors = List.copyOf(tally.parked().keySet());
    int resumed = 0;
    for (int from = 0; from < sectors.size(); from += RESUMES) {
      List<SectorId> some = sectors.subList(from, Math.min(sectors.size(), from + RESUMES));
      resumed += catalog.resumeParked(List.copyOf(some), command.by());
    }
    if (!isOver()) {
      become(state, "%d parked rebuilds resumed by %s".formatted(resumed, command.by()));
    }
    return "%d of %d parked rebuilds of batch %s continue."
        .formatted(resumed, sectors.size(), request.name());
  }

  @Override
  public void validateRetryParked(OperatorCommand command) {
    refuseWhenOver();
    if (tally.parked().isEmpty()) {
      throw new IllegalStateException(
          "No rebuild of batch %s is parked.".formatted(request.name()));
    }
  }

  private void refuseWhenOver() {
    if (isOver()) {
      throw new IllegalStateException("Batch %s is ending.".formatted(request.name()));
    }
  }

  @Override
  public BatchProgress status() {
    return tally.progress(state == BatchState.PAUSED);
  }
}
