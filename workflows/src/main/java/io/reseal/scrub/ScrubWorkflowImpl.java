package io.reseal.scrub;

import io.reseal.contract.CheckLevel;
import io.reseal.contract.ScrubActivities;
import io.reseal.contract.ScrubDue;
import io.reseal.contract.ScrubFindings;
import io.reseal.contract.ScrubPlan;
import io.reseal.contract.ScrubPortion;
import io.reseal.contract.ScrubPosition;
import io.reseal.contract.ScrubProgress;
import io.reseal.contract.ScrubQuestion;
import io.reseal.contract.ScrubRepairs;
import io.reseal.contract.ScrubRequest;
import io.reseal.contract.ScrubWorkflow;
import io.reseal.options.ActivityProfiles;
import io.reseal.problem.ActivityFailures;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Asks the host for the copies that are due, and has it check them in small portions. The order is
 * the host's; the tour remembers only how far it is in it, so that it visits each copy once.
 */
public final class ScrubWorkflowImpl implements ScrubWorkflow {

  /** Copies that one question returns. */
  private static final int COPIES = 100;

  /** Copies that one activity checks: about a minute of work. */
  private static final int SAMPLES_AT_A_TIME = 20;

  /** Activities of one run: a few events each, far below Temporal's limit. */
  private static final int ACTIVITIES_PER_RUN = 300;

  /** A tour lasts no longer, so that samples that became due meanwhile do not wait for it. */
  private static final Duration LEAST_LIMIT = Duration.ofDays(1);

  /** How often it is tried to start the repairs that wait for others. */
  private static final Duration REPAIR_INTERVAL = Duration.ofMinutes(15);

  private final ScrubRequest request;
  private final ScrubPlan plan;
  private final ScrubTally tally;
  private final int activitiesPerRun;
  private int activities;

  @WorkflowInit
  public ScrubWorkflowImpl(ScrubRequest request) {
    this(request, ACTIVITIES_PER_RUN);
  }

  ScrubWorkflowImpl(ScrubRequest request, int activitiesPerRun) {
    this.request = request;
    this.plan = request.plan();
    this.tally = ScrubTally.of(request, Workflow.currentTimeMillis());
    this.activitiesPerRun = activitiesPerRun;
  }

  @Override
  public ScrubProgress run(ScrubRequest unused) {
    try {
      tour();
      repairTheRest();
    } catch (ActivityFailure e) {
      if (ActivityFailures.isCancellation(e)) {
        throw e;
      }
      tally.leave("The tour was left: " + reason(e));
    }
    tally.end(Workflow.currentTimeMillis());
    show();
    return status();
  }

  /** What the host said, without Temporal's words around it. */
  private static String reason(ActivityFailure failure) {
    return ActivityFailures.message(failure)
        .orElseGet(
            () -> "the worker of its host did not answer: " + failure.getCause().getMessage());
  }

  private void tour() {
    while (true) {
      awaitHours();
      if (isTooLong()) {
        tally.leave("It took too long; the next tour goes on with what is due longest.");
        return;
      }
      ScrubDue due = question();
      tally.found(due);
      show();
      if (due.fault() != null) {
        tally.leave(due.fault());
        return;
      }
      if (due.copies().isEmpty()) {
        return;
      }
      check(due);
      tally.reached(due.copies().get(due.copies().size() - 1));
      repair();
      show();
      continueInANewRunIfDue();
    }
  }

  private ScrubDue question() {
    return activities(about("which copies are due"))
        .due(new ScrubQuestion(request.store(), plan, tally.startedAt(), tally.after(), COPIES));
  }

  /** As many portions at a time as there are readers; a portion that was begun is finished. */
  private void check(ScrubDue due) {
    CheckLevel level = due.copies().get(0).level();
    Deque<List<ScrubPosition>> portions = portions(due.copies(), level);
    while (!portions.isEmpty()) {
      awaitHours();
      long began = Workflow.currentTimeMillis();
      List<Promise<ScrubFindings>> running = new ArrayList<>();
      int visited = 0;
      while (!portions.isEmpty() && running.size() < plan.readers()) {
        List<ScrubPosition> portion = portions.remove();
        visited += portion.size();
        running.add(begin(portion, level));
      }
      Promise.allOf(running).get();
      running.forEach(portion -> tally.add(portion.get()));
      tally.visited(level, visited, Workflow.currentTimeMillis() - began);
      show();
    }
  }

  private static Deque<List<ScrubPosition>> portions(List<ScrubPosition> copies, CheckLevel level) {
    int size = level == CheckLevel.FULL ? 1 : SAMPLES_AT_A_TIME;
    Deque<List<ScrubPosition>> portions = new ArrayDeque<>();
    for (int from = 0; from < copies.size(); from += size) {
      portions.add(copies.subList(from, Math.min(copies.size(), from + size)));
    }
    return portions;
  }

  private Promise<ScrubFindings> begin(List<ScrubPosition> portion, CheckLevel level) {
    ScrubPortion copies =
        new ScrubPortion(
            request.store(),
            level,
            portion.stream().map(ScrubPosition::copy).toList(),
            tally.startedAt(),
            plan.bytesPerSecond() == null
                ? null
                : Math.max(1, plan.bytesPerSecond() / plan.readers()));
    String first =
        "%s %s".formatted(portion.get(0).copy().replica(), portion.get(0).copy().sector());
    String summary =
        portion.size() == 1 ? first : "%s and %d more".formatted(first, portion.size() - 1);
    return Async.function(
        activities(ActivityProfiles.scrub(request.host(), "%s: %s".formatted(level, summary)))
            ::check,
        copies);
  }

  private ScrubActivities activities(ActivityOptions options) {
    activities++;
    return Workflow.newActivityStub(ScrubActivities.class, options);
  }

  private ActivityOptions about(String what) {
    return ActivityProfiles.aboutStores(
        request.host(), "store %s: %s".formatted(request.store(), what));
  }

  private ScrubRepairs repair() {
    if (!plan.repair()) {
      return new ScrubRepairs(0, 0);
    }
    ScrubRepairs repairs =
        activities(about("start rebuilds of damaged sectors")).repair(request.store());
    tally.add(repairs);
    return repairs;
  }

  private void repairTheRest() {
    while (tally.isWhole() && repair().waiting() > 0 && !isTooLong()) {
      show();
      Workflow.sleep(REPAIR_INTERVAL);
      continueInANewRunIfDue();
    }
  }

  private boolean isTooLong() {
    Duration every = plan.sampleEvery() == null ? plan.fullEvery() : plan.sampleEvery();
    Duration limit = every.compareTo(LEAST_LIMIT) < 0 ? LEAST_LIMIT : every;
    return Workflow.currentTimeMillis() - tally.began() > limit.toMillis();
  }

  private void awaitHours() {
    while (plan.hours() != null) {
      // Time zones change from one version of Java to another, and a replay must not.
      long now = Workflow.currentTimeMillis();
      long wait =
          Workflow.sideEffect(
              Long.class, () -> plan.hours().untilOpen(Instant.ofEpochMilli(now)).toMillis());
      if (wait == 0) {
        return;
      }
      tally.waitUntil(now + wait);
      show();
      Workflow.sleep(Duration.ofMillis(wait));
      tally.waitUntil(null);
    }
  }

  private void continueInANewRunIfDue() {
    if (activities >= activitiesPerRun || Workflow.getInfo().isContinueAsNewSuggested()) {
      Workflow.newContinueAsNewStub(ScrubWorkflow.class).run(request.from(tally.progress()));
    }
  }

  private void show() {
    Workflow.setCurrentDetails(ScrubDetails.render(request, tally.progress()));
  }

  @Override
  public ScrubProgress status() {
    return tally.progress();
  }
}
