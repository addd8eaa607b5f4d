package io.reseal.rebuild;

import io.reseal.contract.Candidate;
import io.reseal.contract.Candidates;
import io.reseal.contract.ControlActivities;
import io.reseal.contract.RunRecord;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SeedAnswer;
import io.reseal.contract.SnapFacts;
import io.reseal.contract.StateChange;
import io.reseal.sector.Commitment;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Keeps what the workflow records; fails as often as it is told. */
final class FakeCatalog implements ControlActivities {

  private final List<StateChange> changes = new ArrayList<>();
  private final BlockingQueue<StateChange> news = new LinkedBlockingQueue<>();
  private final Deque<RuntimeException> inspectFailures = new ArrayDeque<>();
  private final CountDownLatch inspectionEntered = new CountDownLatch(1);
  private CountDownLatch inspectionGate = new CountDownLatch(0);
  private RunRecord run;
  private int failRecords;
  private String replicaId = "11".repeat(32);
  private SealProof proof = SealProof.KIB_2_V1_1;
  private SnapFacts snap;
  private String commR = "55".repeat(32);
  private Randomness seed;
  private boolean prove;
  private final Deque<Supplier<SeedAnswer>> seedAnswers = new ArrayDeque<>();
  private final Deque<String> copiesOn = new ArrayDeque<>();
  private final List<Long> seedAskedAt = new ArrayList<>();

  private List<Candidate> candidates = List.of();
  private List<Candidate> updates = List.of();
  private final List<Candidate> proven = new ArrayList<>();
  private final List<String> rankedFor = new ArrayList<>();

  synchronized void failRecords(int times) {
    failRecords = times;
  }

  synchronized void failInspection(RuntimeException failure) {
    inspectFailures.add(failure);
  }

  synchronized void changeInputs() {
    replicaId = "22".repeat(32);
  }

  synchronized void changeCommR() {
    commR = "66".repeat(32);
  }

  synchronized void setProof(SealProof type) {
    proof = type;
  }

  /** The sector was snapped, to a CommR that the number stands for; or not, by 0. */
  synchronized void setSnap(int update) {
    snap =
        update == 0
            ? null
            : new SnapFacts(
                new Commitment("77".repeat(32)),
                new Commitment("%02x".formatted(update).repeat(32)),
                List.of());
  }

  /** The sector's proof is due. */
  synchronized void setProve(boolean due) {
    prove = due;
  }

  /** The record has the seed. */
  synchronized void setSeed(Randomness known) {
    seed = known;
  }

  /** What is answered when the seed is asked for, in turn; then what the record has. */
  synchronized void answerSeed(SeedAnswer answer) {
    seedAnswers.add(() -> answer);
  }

  /** The next time it is asked for, the seed is due so many milliseconds later. */
  synchronized void answerSeedDueIn(long millis) {
    seedAnswers.add(() -> new SeedAnswer(null, System.currentTimeMillis() + millis, null));
  }

  /** When the seed was asked for, epoch milliseconds. */
  synchronized List<Long> seedAskedAt() {
    return List.copyOf(seedAskedAt);
  }

  /** The next inspection waits until {@link #openInspection}. */
  synchronized void holdInspection() {
    inspectionGate = new CountDownLatch(1);
  }

  void awaitInspection() throws InterruptedException {
    if (!inspectionEntered.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("Nothing was inspected.");
    }
  }

  synchronized void openInspection() {
    inspectionGate.countDown();
  }

  @Override
  public SectorFacts inspect(SectorId sector) {
    CountDownLatch gate;
    synchronized (this) {
      gate = inspectionGate;
    }
    if (gate.getCount() > 0) {
      inspectionEntered.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    return facts(sector);
  }

  private synchronized SectorFacts facts(SectorId sector) {
    if (!inspectFailures.isEmpty()) {
      throw inspectFailures.remove();
    }
    return new SectorFacts(
        sector,
        proof,
        new Randomness("33".repeat(32), -892),
        new Commitment("44".repeat(32)),
        new Commitment(commR),
        new Commitment(replicaId),
        seed,
        prove,
        List.of(),
        snap,
        false);
  }

  @Override
  public synchronized SeedAnswer askSeed(SectorId sector) {
    seedAskedAt.add(System.currentTimeMillis());
    return seedAnswers.isEmpty() ? new SeedAnswer(seed, null, null) : seedAnswers.remove().get();
  }

  /** The hosts that have copies of the sector, one for each time that it is asked; then none. */
  synchronized void copiesOn(String... hosts) {
    copiesOn.addAll(List.of(hosts));
  }

  @Override
  public synchronized String hostWithCopies(SectorId sector) {
    return copiesOn.poll();
  }

  /** Other inputs the sector may have been sealed with, each with another replica id. */
  synchronized void rank(Candidate... others) {
    candidates = List.of(others);
  }

  /** Other data that the sector may have been updated with; the number stands for its CommD. */
  synchronized void rankUpdates(int... others) {
    SectorFacts recorded = facts(RebuildHarness.SECTOR);
    updates =
        IntStream.of(others)
            .mapToObj(
                other ->
                    new Candidate(
                        recorded.withSnap(
                            new SnapFacts(
                                new Commitment("%02x".formatted(other).repeat(32)),
                                snap.commR(),
                                List.of())),
                        "update " + other,
                        "it says so"))
            .toList();
  }

  /** What the catalog would rank: facts that differ from the record in the replica id. */
  Candidate candidate(String what, String id, SealProof type) {
    SectorFacts recorded = facts(RebuildHarness.SECTOR);
    return new Candidate(
        new SectorFacts(
            recorded.sector(),
            type,
            recorded.ticket(),
            recorded.commD(),
            recorded.commR(),
            new Commitment(id.repeat(32)),
            recorded.seed(),
            recorded.prove(),
            recorded.pieces(),
            recorded.snap(),
            recorded.commDRecorded()),
        what,
        "it says so");
  }

  @Override
  public synchronized Candidates candidates(SectorId sector, int most, String computed) {
    rankedFor.add(computed == null ? "before sealing" : computed);
    return new Candidates(
        candidates.stream().limit(most).toList(),
        updates.stream().limit(most).toList(),
        candidates.isEmpty() ? List.of() : List.of("Nodes were asked."));
  }

  /** What was computed each time that other inputs were asked for. */
  synchronized List<String> rankedFor() {
    return List.copyOf(rankedFor);
  }

  @Override
  public synchronized String storeProven(Candidate proven) {
    this.proven.add(proven);
    return "the record has them now";
  }

  synchronized List<Candidate> proven() {
    return List.copyOf(proven);
  }

  @Override
  public synchronized void record(RunRecord newRun, List<StateChange> newChanges) {
    if (failRecords > 0) {
      failRecords--;
      throw new IllegalStateException("MariaDB is away.");
    }
    run = newRun;
    changes.addAll(newChanges);
    news.addAll(newChanges);
  }

  synchronized RunRecord run() {
    return run;
  }

  synchronized List<StateChange> changes() {
    return List.copyOf(changes);
  }

  List<String> statesSeen() {
    return changes().stream().map(change -> change.state().toString()).distinct().toList();
  }

  /**
   * Waits for the next recorded change of that step title; the changes before it are passed over.
   */
  StateChange await(String step) throws InterruptedException {
    while (true) {
      StateChange change = news.poll(60, TimeUnit.SECONDS);
      if (change == null) {
        throw new AssertionError("No '%s' was recorded; there are %s".formatted(step, changes()));
      }
      if (change.step().equals(step)) {
        return change;
      }
    }
  }
}
