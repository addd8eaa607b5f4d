package io.reseal.scrub;

import io.reseal.contract.CheckLevel;
import io.reseal.contract.ScrubCount;
import io.reseal.contract.ScrubDue;
import io.reseal.contract.ScrubFindings;
import io.reseal.contract.ScrubPlan;
import io.reseal.contract.ScrubPosition;
import io.reseal.contract.ScrubProgress;
import io.reseal.contract.ScrubRepairs;
import io.reseal.contract.ScrubRequest;
import java.time.Duration;

/** What a tour has counted, and how far it has come. */
final class ScrubTally {

  private final ScrubPlan plan;
  private final long began;
  private ScrubCount samples;
  private ScrubCount fulls;
  private int damaged;
  private int leftOut;
  private int failed;
  private int unknown;
  private int repairs;
  private Long ended;
  private Long waitingUntil;
  private String note;
  private Long startedAt;
  private ScrubPosition after;

  private ScrubTally(ScrubPlan plan, ScrubProgress reached) {
    this.plan = plan;
    this.began = reached.began();
    this.samples = reached.samples();
    this.fulls = reached.fulls();
    this.damaged = reached.damaged();
    this.leftOut = reached.leftOut();
    this.failed = reached.failed();
    this.unknown = reached.unknown();
    this.repairs = reached.repairs();
    this.startedAt = reached.startedAt();
    this.after = reached.after();
  }

  static ScrubTally of(ScrubRequest request, long now) {
    return new ScrubTally(
        request.plan(),
        request.progress() == null
            ? new ScrubProgress(
                now,
                null,
                ScrubCount.NONE,
                ScrubCount.NONE,
                0,
                0,
                0,
                0,
                0,
                null,
                null,
                null,
                null,
                null)
            : request.progress());
  }

  long began() {
    return began;
  }

  Long startedAt() {
    return startedAt;
  }

  ScrubPosition after() {
    return after;
  }

  void found(ScrubDue due) {
    if (startedAt == null) {
      startedAt = due.now();
    }
    samples = samples.left(due.samples());
    fulls = fulls.left(due.fulls());
    unknown = due.unknown();
  }

  void reached(ScrubPosition position) {
    after = position;
  }

  void visited(CheckLevel level, int copies, long millis) {
    if (level == CheckLevel.FULL) {
      fulls = fulls.visited(copies, millis);
    } else {
      samples = samples.visited(copies, millis);
    }
  }

  void add(ScrubFindings findings) {
    damaged += findings.damaged();
    leftOut += findings.leftOut();
    failed += findings.failed();
  }

  void add(ScrubRepairs started) {
    repairs += started.started();
  }

  void waitUntil(Long time) {
    waitingUntil = time;
  }

  void leave(String why) {
    note = why;
  }

  /** Whether it has visited everything that was due. */
  boolean isWhole() {
    return note == null;
  }

  void end(long now) {
    ended = now;
  }

  ScrubProgress progress() {
    return new ScrubProgress(
        began,
        ended,
        samples,
        fulls,
        damaged,
        leftOut,
        failed,
        unknown,
        repairs,
        ended == null ? etaMillis() : null,
        waitingUntil,
        note,
        startedAt,
        after);
  }

  private Long etaMillis() {
    Long ofSamples = samples.leftMillis();
    Long ofFulls = fulls.leftMillis();
    if (startedAt == null || ofSamples == null || ofFulls == null) {
      return null;
    }
    double day = Duration.ofDays(1).toMillis();
    double share = plan.hours() == null ? 1 : plan.hours().length().toMillis() / day;
    return Math.round((ofSamples + ofFulls) / share);
  }
}
