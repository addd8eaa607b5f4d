package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.core.NativeCore;
import io.reseal.files.Persisted;
import io.reseal.files.Replica;
import io.reseal.files.Scratch;
import io.reseal.files.SectorFiles;
import io.reseal.files.Stores;
import io.reseal.files.UsableStates;
import io.reseal.labelling.Seat.Labelled;
import io.reseal.pieces.Pieces;
import io.reseal.sector.RebuildState;
import io.reseal.steps.StoredCopies.Found;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The steps of a rebuild, each as one operation of the core or of the file stores. */
final class SealingActivitiesImpl implements SealingActivities {

  /** Random seeds with which the sealed sector's proofs are made and verified before it is kept. */
  private static final int CHECK_ROUNDS = 1;

  private final StepRunner runner;
  private final SealingThreads threads;
  private final PieceSteps pieces;
  private final Stores stores;
  private final UpdateKey key;
  private final StoredCopies copies;
  private final Diagnosis diagnosis;
  private final Proving proving;

  SealingActivitiesImpl(
      StepRunner runner,
      SealingThreads threads,
      Pieces pieces,
      Stores stores,
      NativeCore core,
      Proving proving) {
    this.runner = runner;
    this.threads = threads;
    this.pieces = new PieceSteps(pieces);
    this.stores = stores;
    this.key = new UpdateKey(stores);
    this.copies = new StoredCopies(stores, key);
    this.diagnosis = new Diagnosis(stores, key, new UpdateWitnesses(stores, core));
    this.proving = proving;
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Found found = request.force() ? Found.NOTHING : copies.find(context);
          context.keepKeyIn(found.keyIn());
          if (found.allIn() != null) {
            context.intactIn(found.allIn());
            return "store \"%s\" has the sector whole and provable".formatted(found.allIn());
          }
          return pieces.look(context) + found.note();
        });
  }

  @Override
  public StageReport downloadPieces(StageRequest request) {
    return runner.run(request, pieces::download);
  }

  @Override
  public StageReport addPieces(StageRequest request) {
    return runner.run(request, context -> pieces.assemble(context, Replica.SEALED));
  }

  @Override
  public StageReport snapAddPieces(StageRequest request) {
    return runner.run(request, context -> pieces.assemble(context, Replica.UPDATE));
  }

  @Override
  public StageReport treeD(StageRequest request) {
    return treeD(request, Replica.SEALED);
  }

  @Override
  public StageReport snapTreeD(StageRequest request) {
    return treeD(request, Replica.UPDATE);
  }

  private StageReport treeD(StageRequest request, Replica replica) {
    return runner.run(
        request,
        context -> {
          context.run(context.requests().treeD(replica));
          return "CommD as expected";
        });
  }

  @Override
  public StageReport pc1(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Labelled labelled = context.label();
          return "%d layers%s%s"
              .formatted(
                  labelled.layers(),
                  labelled.resumed() == 0
                      ? ""
                      : ", %d of them kept from before".formatted(labelled.resumed()),
                  labelled.others() == 0
                      ? ""
                      : ", labelled together with %d other%s"
                          .formatted(labelled.others(), labelled.others() == 1 ? "" : "s"));
        });
  }

  @Override
  public StageReport pc2(StageRequest request) {
    return runner.run(
        request,
        context -> {
          JsonNode result = context.runOnGpu(context.requests().pc2());
          return "CommR " + result.path("comm_r").asText() + context.ranOn();
        });
  }

  @Override
  public StageReport synthetic(StageRequest request) {
    return runner.run(
        request,
        context -> {
          ObjectNode synthetic = context.requests().synthetic();
          JsonNode result = diagnosis.explained(context, () -> context.run(synthetic));
          return "%d bytes of synthetic proofs".formatted(result.path("bytes").asLong());
        });
  }

  @Override
  public StageReport checkSealed(StageRequest request) {
    return runner.run(
        request,
        context -> {
          ObjectNode check = context.requests().checkSealed().put("rounds", CHECK_ROUNDS);
          JsonNode result = diagnosis.explained(context, () -> context.run(check));
          return "CommR as recorded, %d proofs verify"
              .formatted(result.path("vanilla_proofs").asInt());
        });
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
  public List<RebuildState> usableStates(SectorFacts facts, ThreadGrant thread, String keyIn) {
    Optional<SealingThread> held = threads.withScratch(thread);
    if (held.isEmpty()) {
      return List.of();
    }
    try {
      Scratch scratch = held.get().scratch();
      SectorFiles sealed = key.kept(facts.sector(), keyIn).orElse(scratch.files(facts.sector()));
      return new UsableStates(scratch, facts, sealed).find();
    } catch (IOException e) {
      throw Failures.of(e, Optional.of(held.get().scratch().location()));
    }
  }

  @Override
  public StageReport snapEncode(StageRequest request) {
    return runner.run(
        request,
        context -> {
          JsonNode result = diagnosis.explainedUpdate(context, () -> key.encode(context));
          return "the update's CommR as recorded, "
              + result.path("comm_r").asText()
              + context.ranOn();
        });
  }

  @Override
  public StageReport checkSnap(StageRequest request) {
    return runner.run(
        request,
        context -> {
          ObjectNode check = context.requests().checkSnap();
          JsonNode result = diagnosis.explainedUpdate(context, () -> context.run(check));
          return "the update is provable, %d challenges answered"
              .formatted(result.path("challenges").asInt());
        });
  }

  @Override
  public StageReport persist(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Persisted persisted =
              stores.persist(
                  context.files(),
                  context.kind(),
                  context.runId(),
                  (done, total) ->
                      context.progressUnlessStopped(
                          done, total, "bytes", "%d of %d bytes".formatted(done, total)));
          return persisted.toString();
        });
  }

  @Override
  public StageReport checkStored(StageRequest request) {
    return runner.run(request, copies::check);
  }

  @Override
  public void release(ReleaseRequest request) {
    Optional<SealingThread> thread = threads.withScratch(request.thread());
    if (thread.isEmpty()) {
      return;
    }
    try {
      if (request.removeScratch()) {
        thread.get().scratch().remove(request.sector());
      }
      threads.release(request.sector(), thread.get());
      pieces.release(request.sector());
    } catch (IOException e) {
      throw Failures.of(e);
    }
  }
}
