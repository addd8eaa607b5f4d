package io.reseal.rebuild;

import io.reseal.contract.Candidate;
import io.reseal.contract.Candidates;
import io.reseal.contract.Continuation;
import io.reseal.contract.ControlActivities;
import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.Step;
import io.reseal.problem.ActivityFailures;
import io.reseal.sector.Commitment;
import io.reseal.sector.SectorId;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds out which inputs a sector was sealed or updated with, if the recorded ones give another
 * CommR: names the likeliest others, or tries them, one after another. Those of one graph are
 * labelled together.
 */
final class CandidateSearch {

  /** How many are named in the reason of a parked rebuild. */
  private static final int NAMED = 5;

  private final ActivityProfiles profiles;
  private final Supplier<Boolean> pausing;

  /** How many inputs are tried; 1: only the recorded ones. */
  private int most;

  /** The recorded facts that the candidates belong to, or null while there are none. */
  private SectorFacts recorded;

  /** Those to try, the recorded ones first. */
  private List<Candidate> all = List.of();

  private int current;

  /** The replica id of inputs that gave another CommR, or null: they are not tried first again. */
  private Commitment failed;

  /**
   * @param most how many inputs are tried, or null for the recorded ones alone
   * @param pausing whether an operator wants the rebuild to stop
   */
  CandidateSearch(Integer most, ActivityProfiles profiles, Supplier<Boolean> pausing) {
    this.most = most == null ? 1 : most;
    this.profiles = profiles;
    this.pausing = pausing;
  }

  /**
   * @param tried what an earlier run handed over, or null
   */
  void continueFrom(Continuation.Tried tried) {
    if (tried != null) {
      recorded = tried.recorded();
      most = tried.most();
      all = new ArrayList<>(tried.all());
      current = tried.current();
      failed = tried.failed();
    }
  }

  Continuation.Tried handOver() {
    return new Continuation.Tried(recorded, most, List.copyOf(all), current, failed);
  }

  /** From now on, so many inputs are tried. */
  void want(int number) {
    most = number;
    forget();
  }

  private void forget() {
    recorded = null;
    all = List.of();
    current = 0;
  }

  boolean isWanted() {
    return most > 1;
  }

  /**
   * The facts to work with, given the recorded ones; if these have changed, the search begins
   * again.
   *
   * @return empty if the rebuild is to pause first
   */
  Optional<SectorFacts> facts(SectorFacts read) {
    if (isWanted() && (recorded == null || !haveSameInputs(recorded, read))) {
      Optional<Candidates> ranked = rank(read.sector());
      if (ranked.isEmpty()) {
        return Optional.empty();
      }
      forget();
      all = new ArrayList<>();
      all.add(new Candidate(read, "the recorded inputs", "as recorded"));
      all.addAll(ranked.get().sealed());
      boolean skipped = !ranked.get().sealed().isEmpty() && read.replicaId().equals(failed);
      all.addAll(ranked.get().updated());
      current = skipped ? 1 : 0;
    }
    recorded = read;
    return Optional.of(current == 0 ? read : all.get(current).facts());
  }

  private static boolean haveSameInputs(SectorFacts one, SectorFacts other) {
    return one.replicaId().equals(other.replicaId()) && one.commR().equals(other.commR());
  }

  private Optional<Candidates> rank(SectorId sector) {
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.chain("rank other inputs of " + sector));
    return ActivityCall.begin(() -> Async.function(control::candidates, sector, most - 1, null))
        .getUnless(pausing);
  }

  /** Other inputs of the same graph that have not been tried, to be labelled together; or null. */
  List<SectorFacts> alongside(SectorFacts facts) {
    List<SectorFacts> others =
        all.stream()
            .skip(current + 1L)
            .map(Candidate::facts)
            .filter(other -> other.proof() == facts.proof())
            .filter(other -> !isOfUpdate(other))
            .toList();
    return others.isEmpty() ? null : others;
  }

  /** Whether these facts have other data of the update than the recorded ones. */
  private boolean isOfUpdate(SectorFacts facts) {
    return !Objects.equals(facts.snap(), recorded.snap());
  }

  /** Whether there are inputs left that such a failure leaves possible. */
  boolean hasNext(Triage failure) {
    return nextAfter(failure).isPresent();
  }

  private OptionalInt nextAfter(Triage failure) {
    boolean ofUpdate = failure.type() == FailureType.SECTOR_UPDATE_INVALID;
    return IntStream.range(current + 1, all.size())
        .filter(at -> isOfUpdate(all.get(at).facts()) == ofUpdate)
        .findFirst();
  }

  /** Goes on to the next inputs; returns a sentence about that. */
  String next(Triage failure) {
    Candidate failed = all.get(current);
    int next = nextAfter(failure).orElseThrow();
    if (isOfUpdate(all.get(next).facts())) {
      keepSealed(failed.facts(), next);
    }
    current = next;
    return "%s: %s These were %s. Candidate %d of %d is tried now: %s."
        .formatted(
            failure.type(),
            failure.message(),
            failed.what(),
            current + 1,
            all.size(),
            all.get(current));
  }

  /** What was sealed is right; only the update's data are others. */
  private void keepSealed(SectorFacts sealed, int at) {
    Candidate of = all.get(at);
    all.set(at, new Candidate(sealed.withSnap(of.facts().snap()), of.what(), of.evidence()));
  }

  /** The facts with the inputs that are tried now. */
  SectorFacts current() {
    return all.get(current).facts();
  }

  /**
   * The inputs have turned out to be the right ones: if the record has others, it gets these.
   *
   * @param checked the step that has found that
   * @return a clause about that, or nothing
   */
  String proven(Step checked) {
    boolean ofUpdate = checked == Step.CHECK_SNAP;
    if (current == 0 || isOfUpdate(current()) != ofUpdate) {
      return "";
    }
    Candidate right = all.get(current);
    String stored =
        Workflow.newActivityStub(
                ControlActivities.class,
                profiles.control("store the proven inputs of " + right.facts().sector()))
            .storeProven(right);
    return "; the sector was sealed with candidate %d of %d, %s; %s"
        .formatted(current + 1, all.size(), right, stored);
  }

  /**
   * What else the sector may have been sealed with, for the reason of a parked rebuild: sentences
   * that begin with a space, or nothing. If inputs were tried, the search can begin again.
   */
  String said(SectorFacts facts, Triage failure) {
    boolean ofUpdate = failure.type() == FailureType.SECTOR_UPDATE_INVALID;
    if (!ofUpdate && failure.type() != FailureType.SECTOR_COMM_R_MISMATCH) {
      return "";
    }
    failed = failure.mayBeInputs() ? facts.replicaId() : failed;
    if (isWanted()) {
      String tried = " Tried without success: %s.".formatted(numbered(all, Candidate::what));
      forget();
      return tried;
    }
    boolean named =
        (ofUpdate || failure.mayBeInputs())
            && Workflow.getVersion("other inputs are named", Workflow.DEFAULT_VERSION, 1) == 1;
    return named ? likely(facts.sector(), ofUpdate, failure.computed()) : "";
  }

  private String likely(SectorId sector, boolean ofUpdate, String computed) {
    Candidates found;
    try {
      found =
          Workflow.newActivityStub(
                  ControlActivities.class, profiles.advice("rank other inputs of " + sector))
              .candidates(sector, NAMED, computed);
    } catch (ActivityFailure e) {
      if (ActivityFailures.isCancellation(e)) {
        throw new CanceledFailure("The rebuild is being dropped.");
      }
      return "";
    }
    String remarks =
        found.remarks().stream().map(remark -> " " + remark).collect(Collectors.joining());
    List<Candidate> ranked = ofUpdate ? found.updated() : found.sealed();
    return ranked.isEmpty()
        ? remarks
        : "%s Other inputs, the likeliest first: %s. To try them: reseal sectors resume %d %d --candidates %d."
            .formatted(
                remarks,
                numbered(ranked, Candidate::toString),
                sector.miner(),
                sector.number(),
                ranked.size() + 1);
  }

  private static String numbered(List<Candidate> candidates, Function<Candidate, String> text) {
    return IntStream.range(0, candidates.size())
        .mapToObj(at -> "(%d) %s".formatted(at + 1, text.apply(candidates.get(at))))
        .collect(Collectors.joining(", "));
  }
}
