package io.reseal.sealing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.Persisted;
import io.reseal.files.SectorKind;
import io.reseal.files.Stores;
import io.reseal.files.UsableStates;
import io.reseal.pieces.Pieces;
import io.reseal.sector.RebuildState;
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
  private final StoredCopies copies;
  private final Diagnosis diagnosis;
  private final Proving proving;

  SealingActivitiesImpl(
      StepRunner runner, SealingThreads threads, Pieces pieces, Stores stores, Proving proving) {
    this.runner = runner;
    this.threads = threads;
    this.pieces = new PieceSteps(pieces);
    this.stores = stores;
    this.copies = new StoredCopies(stores);
    this.diagnosis = new Diagnosis(stores);
    this.proving = proving;
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Optional<String> intact = request.force() ? Optional.empty() : copies.intact(context);
          if (intact.isPresent()) {
            context.intactIn(intact.get());
            return "store \"%s\" has the sector whole and provable".formatted(intact.get());
          }
          return pieces.look(context);
        });
  }

  @Override
  public StageReport downloadPieces(StageRequest request) {
    return runner.run(request, pieces::download);
  }

  @Override
  public StageReport addPieces(StageRequest request) {
    return runner.run(
        request,
        context ->
            pieces.assemble(context, context.facts().pieces(), context.requests()::addPieces));
  }

  @Override
  public StageReport treeD(StageRequest request) {
    return runner.run(
        request,
        context -> {
          context.run(context.requests().treeD());
          return "CommD as expected";
        });
  }

  @Override
  public StageReport pc1(StageRequest request) {
    return runner.run(
        request,
        context -> {
          JsonNode result = context.run(context.requests().pc1());
          int resumed = result.path("resumed").asInt();
          return "%d layers%s"
              .formatted(
                  result.path("layers").asInt(),
                  resumed == 0 ? "" : ", %d of them kept from before".formatted(resumed));
        });
  }

  @Override
  public StageReport pc2(StageRequest request) {
    return runner.run(
        request,
        context -> {
          JsonNode result = context.run(context.requests().pc2());
          return "CommR " + result.path("comm_r").asText();
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
  public List<RebuildState> usableStates(SectorFacts facts, ThreadGrant thread) {
    Optional<SealingThread> held = threads.withScratch(thread);
    if (held.isEmpty()) {
      return List.of();
    }
    try {
      return new UsableStates(held.get().scratch(), facts).find();
    } catch (IOException e) {
      throw Failures.of(e, Optional.of(held.get().scratch().location()));
    }
  }

  @Override
  public StageReport snapAddPieces(StageRequest request) {
    return runner.run(
        request,
        context ->
            pieces.assemble(
                context, context.facts().snap().pieces(), context.requests()::snapAddPieces));
  }

  @Override
  public StageReport snapTreeD(StageRequest request) {
    return runner.run(
        request,
        context -> {
          context.run(context.requests().snapTreeD());
          return "the update's CommD as expected";
        });
  }

  @Override
  public StageReport snapEncode(StageRequest request) {
    return runner.run(
        request,
        context -> {
          ObjectNode encode = context.requests().snapEncode();
          JsonNode result = diagnosis.explainedUpdate(() -> context.run(encode));
          return "the update's CommR as recorded, " + result.path("comm_r").asText();
        });
  }

  @Override
  public StageReport checkSnap(StageRequest request) {
    return runner.run(
        request,
        context -> {
          ObjectNode check = context.requests().checkSnap();
          JsonNode result = diagnosis.explainedUpdate(() -> context.run(check));
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
                  SectorKind.of(context.facts()),
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
