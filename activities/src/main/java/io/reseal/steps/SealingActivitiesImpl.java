package io.reseal.steps;

import io.reseal.catalog.CopyRepository;
import io.reseal.catalog.ProofRepository;
import io.reseal.catalog.RootsRepository;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.FileWork;
import io.reseal.files.HangingException;
import io.reseal.files.LocationAwayException;
import io.reseal.files.OsError;
import io.reseal.files.Replica;
import io.reseal.files.Scratch;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.files.StoreSweep;
import io.reseal.files.UsableStates;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the steps of a rebuild by the class that does the work of each. */
final class SealingActivitiesImpl implements SealingActivities {

  private static final Logger LOG = LoggerFactory.getLogger(SealingActivitiesImpl.class);

  /** How long a disk may take to answer while an operator waits. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private final StepRunner runner;
  private final SealingThreads threads;
  private final StoreSweep sweep;
  private final UpdateKey key;
  private final PieceSteps pieces;
  private final LabellingStep labelling;
  private final SealingSteps sealing;
  private final Proving proving;
  private final SnapSteps snap;
  private final StoreSteps store;
  private final RepairSteps repairs;
  private final KeyFromUpdate lostKey;
  private final UnsealedSteps unsealed;
  private final ScheduledExecutorService scheduler;

  SealingActivitiesImpl(
      StepRunner runner,
      HostParts host,
      ProofRepository proofs,
      RootsRepository roots,
      CopyRepository checks,
      ScheduledExecutorService scheduler) {
    this.runner = runner;
    this.scheduler = scheduler;
    this.threads = host.threads();
    this.sweep = host.sweep();
    this.key = new UpdateKey(host.stores());
    Survey survey = new Survey(host.stores(), host.core());
    CopyRecords records = new CopyRecords(checks, host.name(), "rebuild");
    StoredCopies copies =
        new StoredCopies(
            host.stores(), key, survey, new CheckedRoots(roots, host.core(), host.name()), records);
    Diagnosis diagnosis =
        new Diagnosis(host.stores(), key, new UpdateWitnesses(host.stores(), host.core()));
    this.pieces =
        new PieceSteps(host.pieces(), copies, new UnsealedSearch(host.stores(), survey, records));
    this.labelling = new LabellingStep(threads, new StoredLayers(host.stores()));
    this.sealing = new SealingSteps(diagnosis);
    this.proving = new Proving(host.stores(), proofs);
    this.snap = new SnapSteps(key, diagnosis);
    this.store = new StoreSteps(host.stores(), copies);
    this.repairs = new RepairSteps(host.stores(), copies, survey);
    this.unsealed = new UnsealedSteps(host.stores());
    this.lostKey = new KeyFromUpdate(host.stores(), survey);
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return runner.run(request, this::fetch);
  }

  /** What is to be made is known now, and how much room it takes. */
  private StepOutcome fetch(StepInputs inputs, StepWork work) throws Exception {
    StepOutcome found = pieces.fetch(inputs, work);
    if (found.intactIn() == null && !found.keepsAll()) {
      SectorId sector = inputs.facts().sector();
      Optional<String> lack =
          threads.promiseAll(inputs.thread(), sector, SectorKind.of(inputs.facts()));
      if (lack.isPresent()) {
        throw new ScratchShortException(sector, lack.get());
      }
    }
    return found;
  }

  @Override
  public StageReport downloadPieces(StageRequest request) {
    return runner.run(request, pieces::download);
  }

  @Override
  public StageReport addPieces(StageRequest request) {
    return runner.run(request, (inputs, work) -> pieces.assemble(inputs, work, Replica.SEALED));
  }

  @Override
  public StageReport treeD(StageRequest request) {
    return runner.run(request, (inputs, work) -> sealing.treeD(inputs, work, Replica.SEALED));
  }

  @Override
  public StageReport pc1(StageRequest request) {
    return runner.run(request, labelling::label);
  }

  @Override
  public StageReport pc2(StageRequest request) {
    return runner.run(request, sealing::pc2);
  }

  @Override
  public StageReport encode(StageRequest request) {
    return runner.run(request, sealing::encode);
  }

  @Override
  public StageReport checkEncoded(StageRequest request) {
    return runner.run(request, sealing::checkEncoded);
  }

  @Override
  public StageReport synthetic(StageRequest request) {
    return runner.run(request, sealing::synthetic);
  }

  @Override
  public StageReport checkSealed(StageRequest request) {
    return runner.run(request, sealing::checkSealed);
  }

  @Override
  public StageReport c1(StageRequest request) {
    return runner.run(request, proving::vanilla);
  }

  @Override
  public StageReport c2(StageRequest request) {
    return runner.run(request, proving::prove);
  }

  @Override
  public StageReport snapAddPieces(StageRequest request) {
    return runner.run(request, (inputs, work) -> pieces.assemble(inputs, work, Replica.UPDATE));
  }

  @Override
  public StageReport snapTreeD(StageRequest request) {
    return runner.run(request, (inputs, work) -> sealing.treeD(inputs, work, Replica.UPDATE));
  }

  @Override
  public StageReport snapEncode(StageRequest request) {
    return runner.run(request, snap::encode);
  }

  @Override
  public StageReport checkSnap(StageRequest request) {
    return runner.run(request, snap::check);
  }

  @Override
  public StageReport persist(StageRequest request) {
    return runner.run(request, store::persist);
  }

  @Override
  public StageReport repairKey(StageRequest request) {
    return runner.run(request, repairs::repairKey);
  }

  @Override
  public StageReport keyAddPieces(StageRequest request) {
    return runner.run(request, (inputs, work) -> pieces.assemble(inputs, work, Replica.UPDATE));
  }

  @Override
  public StageReport snapKey(StageRequest request) {
    return runner.run(request, lostKey::make);
  }

  @Override
  public StageReport repairUpdate(StageRequest request) {
    return runner.run(request, repairs::repairUpdate);
  }

  @Override
  public StageReport decode(StageRequest request) {
    return runner.run(request, unsealed::decode);
  }

  @Override
  public StageReport repair(StageRequest request) {
    return runner.run(request, repairs::repair);
  }

  @Override
  public StageReport checkStored(StageRequest request) {
    return runner.run(request, store::check);
  }

  @Override
  public List<RebuildState> usableStates(
      SectorFacts facts, ThreadGrant thread, String keyIn, Commitment commC, Unsealing unsealing) {
    Optional<SealingThread> held = threads.withScratch(thread);
    if (held.isEmpty()) {
      return List.of();
    }
    Scratch scratch = held.get().scratch();
    try {
      return FileWork.within(
          ANSWER_LIMIT,
          scratch.location(),
          () -> usableStates(facts, scratch, keyIn, commC, unsealing));
    } catch (IOException e) {
      throw Failures.of(e, Optional.of(held.get().scratch().location()));
    }
  }

  private List<RebuildState> usableStates(
      SectorFacts facts, Scratch scratch, String keyIn, Commitment commC, Unsealing unsealing)
      throws IOException {
    SectorFiles sealed = key.kept(facts, keyIn).orElse(scratch.files(facts.sector()));
    UsableStates states = new UsableStates(scratch, facts, sealed);
    if (unsealing != null && unsealing.only()) {
      return states.findOfUnsealing(unsealing.from());
    }
    return commC == null ? states.find() : states.findOfEncoding();
  }

  @Override
  public void release(ReleaseRequest request) {
    Optional<SealingThread> thread = threads.withScratch(request.thread());
    if (thread.isEmpty()) {
      return;
    }
    ActivityExecutionContext activity = Activity.getExecutionContext();
    // What is removed already stays removed, so an attempt that is given up simply goes on.
    try (Heartbeat heartbeat = new Heartbeat(scheduler, activity, () -> null, () -> {}, () -> {})) {
      release(request, thread.get(), activity.getInfo());
      heartbeat.throwIfUnwanted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.of(e);
    } catch (IOException e) {
      throw Failures.of(e);
    }
  }

  /** A release that arrives late, when the rebuild holds the thread again, does nothing. */
  private void release(ReleaseRequest request, SealingThread thread, ActivityInfo activity)
      throws IOException, InterruptedException {
    Long number = request.thread().number();
    if (request.fault() != null) {
      threads.faulted(thread, request.fault());
    }
    if (thread.wasGrantedAfter(request.sector(), number)) {
      return;
    }
    if (request.sector().equals(thread.sector())) {
      // Steps whose attempts Temporal has given up may still be running.
      thread.steps().end();
    }
    tidy(request, thread, activity);
    threads.release(request.sector(), thread, number);
    releasePieces(request.sector());
    if (request.removeScratch()) {
      sweep.settle(request.sector(), Fences.of(activity, request.thread()));
    }
  }

  /** A disk that fails, is away or hangs does not keep the thread from being given back. */
  private void tidy(ReleaseRequest request, SealingThread thread, ActivityInfo info)
      throws IOException {
    SectorId sector = request.sector();
    try {
      FileWork.within(
          ANSWER_LIMIT,
          thread.scratch().location(),
          () -> {
            thread.scratch().requireLocation();
            forgetResults(thread, sector);
            if (request.removeScratch()) {
              threads.removeScratch(thread, sector, info.getWorkflowId(), info.getWorkflowRunId());
            }
            return null;
          });
    } catch (LocationAwayException | HangingException e) {
      LOG.warn("Files of {} stay on {} until its disk is back: {}", sector, thread, e.getMessage());
    }
  }

  private static void forgetResults(SealingThread thread, SectorId sector) {
    try {
      thread.scratch().finished(sector).clear();
    } catch (IOException e) {
      LOG.warn("Results of {} stay on {}: {}", sector, thread, OsError.sentence(e));
    }
  }

  private void releasePieces(SectorId sector) throws IOException {
    try {
      FileWork.within(
          ANSWER_LIMIT,
          "The piece cache",
          () -> {
            pieces.release(sector);
            return null;
          });
    } catch (HangingException e) {
      // A rebuild that has not asked for its pieces for a week needs none.
      LOG.warn("The pieces of {} count as needed for now: {}", sector, e.getMessage());
    }
  }
}
