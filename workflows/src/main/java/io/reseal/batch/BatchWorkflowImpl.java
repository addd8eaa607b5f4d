package io.reseal.batch;

import io.reseal.contract.BatchActivities;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchProgress;
import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.HeldBack;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.options.ActivityProfiles;
import io.reseal.problem.ActivityFailures;
import io.reseal.sector.SectorId;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * A window that slides over a batch's sectors: as many rebuilds on their way as wanted, the next
 * one as soon as one has ended or parks. Its rebuilds report by signal, because they outlive each
 * of its runs. A report can be lost, so the batch also asks about its rebuilds at intervals.
 */
public final class BatchWorkflowImpl implements BatchWorkflow {

  /** Rebuilds started by one run: about a dozen events each, far below Temporal's limit. */
  private static final int STARTS_PER_RUN = 250;

  private static final int EVENTS_PER_RUN = 8_000;

  /** Sectors read from the catalog at a time: a few kilobytes. */
  private static final int PAGE = 100;

  /** The same at most of a batch whose order may change until a sector was read. */
  private static final int PAGE_BY_COST = 10;

  /** One run hands them over to the next one, and Temporal takes 2 MB at most. */
  private static final int MOST_PARKED = 50_000;

  /** Rebuilds that one activity resumes. */
  private static final int RESUMES = 50;

  private static final String SECTORS_MISSING =
      "%d of its sectors are missing in the catalog: restore a newer backup of the catalog, or"
          + " request the batch again with the same sectors";

  private static final String MANY_PARKED =
      "%d of its rebuilds wait for a person; %d more start when that is mended"
          + " (reseal batch retry-parked %s)";

  private static final String HELD_BACK =
      "%d of its sectors are not started: they lack a record or pieces, or cannot be proven before"
          + " they end (reseal batch state %s names them)";

  private static final String TOO_LATE =
      "%d of its sectors were not started: they cannot be proven before they end";

  private final BatchRequest request;
  private final int startsPerRun;
  private final int mostParked;
  private final Tally tally;
  private final BatchActivities catalog;
  private final RebuildStarts starts;
  private final QuestionTimer question = new QuestionTimer();
  private final long startedAt = Workflow.currentTimeMillis();
  private final int finishedBefore;

  /** Read from the catalog, not yet started. */
  private final Deque<BatchSector> page = new ArrayDeque<>();

  private BatchState state;
  private String note;

  /** Whether the catalog does not yet have state and note. */
  private boolean changed;

  private boolean attention;

  /** Whether nothing starts because so many are parked. */
  private boolean manyParked;

  /** Whether the catalog lacks sectors that the batch has not considered yet. */
  private boolean sectorsMissing;

  /** Why the next sector, and all after it, do not start for now; null if they may. */
  private HeldBack heldBack;

  /** How many sectors are held back by the note. */
  private int heldBackSaid;

  /** Index of the first parked sector that the next question is about. */
  private int parkedFrom;

  @WorkflowInit
  public BatchWorkflowImpl(BatchRequest request) {
    this(request, STARTS_PER_RUN, MOST_PARKED);
  }

  BatchWorkflowImpl(BatchRequest request, int startsPerRun, int mostParked) {
    this.request = request;
    this.startsPerRun = startsPerRun;
    this.mostParked = mostParked;
    BatchProgress reached = request.progress();
    this.tally = new Tally(reached);
    this.starts = new RebuildStarts(request);
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
    } catch (CanceledFailure | ActivityFailure e) {
      if (ActivityFailures.isCancellation(e)) {
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
      question.begin();
      askAbout(request.progress().running());
      askAbout(tally.parked().keySet().stream().limit(BatchDetails.SHOWN).toList());
    }
    while (!isOver()) {
      question.begin();
      lookAtParked();
      writeState();
      fillWindow();
      show();
      Workflow.await(
          () -> isOver() || changed || canStart() || canContinueAsNew() || question.isDue());
      if (!isOver() && question.isDue()) {
        askAgain();
      }
      if (!isOver() && !changed && canContinueAsNew()) {
        Workflow.newContinueAsNewStub(BatchWorkflow.class)
            .run(request.from(tally.progress(state == BatchState.PAUSED)));
      }
    }
    if (state != BatchState.CANCELED) {
      become(
          BatchState.FINISHED,
          isTooLate() ? TOO_LATE.formatted(request.sectors() - tally.next()) : null);
    }
    writeState();
    show();
  }

  private boolean isOver() {
    return state == BatchState.CANCELED
        || (!tally.isOpen() && (tally.next() >= request.sectors() || isTooLate()));
  }

  /** Whether only sectors are left that are not worth starting. */
  private boolean isTooLate() {
    return state == BatchState.RUNNING && heldBack == HeldBack.TOO_LATE;
  }

  private boolean canStart() {
    return state == BatchState.RUNNING
        && tally.running() < request.parallel()
        && tally.next() < request.sectors()
        && !sectorsMissing
        && !manyParked
        && heldBack == null
        && starts.count() < startsPerRun;
  }

  /** A handler still running at the end would be lost. */
  private boolean canContinueAsNew() {
    return (starts.count() >= startsPerRun
            || Workflow.getInfo().isContinueAsNewSuggested()
            || Workflow.getInfo().getHistoryLength() > EVENTS_PER_RUN)
        && Workflow.isEveryHandlerFinished();
  }

  /** If nearly all rebuilds park, the cause is the same, and more would park in vain. */
  private void lookAtParked() {
    boolean many = tally.parked().size() >= mostParked && tally.next() < request.sectors();
    if (many != manyParked) {
      manyParked = many;
      become(
          state,
          many
              ? MANY_PARKED.formatted(
                  tally.parked().size(), request.sectors() - tally.next(), request.name())
              : null);
    }
  }

  private void fillWindow() {
    while (canStart()) {
      if (page.isEmpty()) {
        readPage();
      }
      while (!page.isEmpty() && canStart()) {
        BatchSector next = page.remove();
        if (mustWait(next)) {
          page.clear();
        } else if (next.finished()) {
          tally.passFinished();
        } else {
          tally.passStarted(next.sector());
          starts.begin(next);
          wasHeldBack();
        }
      }
      // They may have ended before they counted as running here, and then no report came.
      joined(starts.awaitAll());
    }
  }

  /** A run in which an older version has started such a sector goes on like that. */
  private boolean mustWait(BatchSector next) {
    if (next.heldBack() == null
        || !question.hasBegun()
        || Workflow.getVersion("held-back", Workflow.DEFAULT_VERSION, 1) != 1) {
      return false;
    }
    heldBack = next.heldBack();
    int left = request.sectors() - tally.next();
    if (left != heldBackSaid) {
      heldBackSaid = left;
      become(state, HELD_BACK.formatted(left, request.name()));
    }
    return true;
  }

  /** What was said of sectors that were held back holds no more. */
  private void wasHeldBack() {
    if (heldBackSaid > 0) {
      heldBackSaid = 0;
      become(state, null);
    }
  }

  private void readPage() {
    page.addAll(catalog.read(request.name(), tally.next(), pageSize()));
    if (page.isEmpty() && !question.hasBegun()) {
      tally.passAll(request.sectors());
    } else if (page.isEmpty() != sectorsMissing) {
      sectorsMissing = page.isEmpty();
      become(
          state,
          sectorsMissing
              ? SECTORS_MISSING.formatted(request.sectors() - tally.next())
              : "its sectors are in the catalog again");
    }
  }

  private int pageSize() {
    return Boolean.TRUE.equals(request.byCost())
        ? Math.min(PAGE_BY_COST, request.parallel() - tally.running())
        : PAGE;
  }

  private void joined(List<SectorId> sectors) {
    askAbout(sectors);
    if (question.hasBegun() && sectors.stream().anyMatch(tally::isOpen)) {
      question.askSoon();
    }
  }

  /** Asks about every running rebuild and, in turn, about some parked ones. */
  private void askAgain() {
    question.askLater();
    for (List<SectorId> some : portions(tally.runningSectors())) {
      askAbout(some);
    }
    List<SectorId> parked = List.copyOf(tally.parked().keySet());
    parkedFrom = parkedFrom < parked.size() ? parkedFrom : 0;
    int to = Math.min(parked.size(), parkedFrom + PAGE);
    askAbout(List.copyOf(parked.subList(parkedFrom, to)));
    parkedFrom = to;
    if (sectorsMissing && state == BatchState.RUNNING) {
      readPage();
    }
    heldBack = null;
  }

  private static List<List<SectorId>> portions(List<SectorId> sectors) {
    List<List<SectorId>> portions = new ArrayList<>();
    for (int from = 0; from < sectors.size(); from += PAGE) {
      portions.add(List.copyOf(sectors.subList(from, Math.min(sectors.size(), from + PAGE))));
    }
    return portions;
  }

  private void askAbout(List<SectorId> sectors) {
    if (!sectors.isEmpty()) {
      List<BatchNews> answers = catalog.ask(request.name(), sectors);
      answers.stream().filter(answer -> answer.again() == null).forEach(this::rebuildChanged);
      startAgain(answers.stream().flatMap(answer -> Stream.ofNullable(answer.again())).toList());
    }
  }

  /** Starts rebuilds of sectors that the batch waits for in vain. */
  private void startAgain(List<BatchSector> sectors) {
    if (!question.hasBegun() || state != BatchState.RUNNING) {
      return;
    }
    for (BatchSector sector : sectors) {
      // A report may have come while the question was on its way.
      if (tally.isOpen(sector.sector())) {
        tally.startAgain(sector.sector());
        starts.begin(sector);
      }
    }
    if (!starts.awaitAll().isEmpty()) {
      question.askSoon();
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
    boolean wanted = sectorsMissing || !tally.parked().isEmpty();
    if (attention != wanted) {
      attention = wanted;
      Workflow.upsertTypedSearchAttributes(Names.ATTENTION.valueSet(attention));
    }
  }

  @Override
  public void rebuildChanged(BatchNews news) {
    tally.apply(news);
    lookAtParked();
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
    heldBack = null;
    heldBackSaid = 0;
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
