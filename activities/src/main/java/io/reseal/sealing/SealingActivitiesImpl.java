package io.reseal.sealing;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Persisted;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UsableStates;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.Pieces;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a rebuild, each as one operation of the core or of the file stores. */
final class SealingActivitiesImpl implements SealingActivities {

  /** Random seeds with which the sealed sector's proofs are made and verified before it is kept. */
  private static final int CHECK_ROUNDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(SealingActivitiesImpl.class);

  private final StepRunner runner;
  private final SealingThreads threads;
  private final Pieces pieces;
  private final Stores stores;
  private final Proving proving;

  SealingActivitiesImpl(
      StepRunner runner, SealingThreads threads, Pieces pieces, Stores stores, Proving proving) {
    this.runner = runner;
    this.threads = threads;
    this.pieces = pieces;
    this.stores = stores;
    this.proving = proving;
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Optional<Store> intact = request.force() ? Optional.empty() : intact(context);
          if (intact.isPresent()) {
            context.intactIn(intact.get().name());
            return "store \"%s\" has the sector whole and provable".formatted(intact.get().name());
          }
          Map<Piece, PieceFile> found =
              pieces.look(context.facts().sector(), context.facts().pieces()).atHand();
          return found.isEmpty()
              ? "no pieces to fetch"
              : "%d of %d pieces have files, the others are zeros"
                  .formatted(found.size(), context.facts().pieces().size());
        });
  }

  /**
   * A store whose copy has all files in their sizes, CommR as recorded, and answers a challenge.
   */
  private Optional<Store> intact(StepContext context) throws IOException, InterruptedException {
    SectorFacts facts = context.facts();
    for (Store store : stores.all()) {
      if (store.holdsAllOf(facts.sector(), facts.proof())) {
        try {
          var unused = context.run(CoreRequests.postCheck(facts, store.files(facts.sector())));
          return Optional.of(store);
        } catch (CoreException | StageDiedException e) {
          // A disk that fails under the copy may well take the process down: that copy is lost.
          context.throwIfStopped();
          LOG.info(
              "Sector {} in store \"{}\" is not intact: {}",
              facts.sector(),
              store.name(),
              e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public StageReport addPieces(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Map<Piece, PieceFile> found =
              pieces.look(context.facts().sector(), context.facts().pieces()).atHand();
          JsonNode result = context.run(context.requests().addPieces(found));
          return "%d pieces, each as its CID says".formatted(result.path("pieces").asInt());
        });
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
  public StageReport checkSealed(StageRequest request) {
    return runner.run(
        request,
        context -> {
          JsonNode result =
              context.run(context.requests().checkSealed().put("rounds", CHECK_ROUNDS));
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
  public StageReport persist(StageRequest request) {
    return runner.run(
        request,
        context -> {
          Persisted persisted =
              stores.persist(
                  context.files(),
                  context.facts().proof(),
                  context.runId(),
                  (done, total) ->
                      context.progressUnlessStopped(
                          done, total, "bytes", "%d of %d bytes".formatted(done, total)));
          return persisted.toString();
        });
  }

  @Override
  public StageReport checkStored(StageRequest request) {
    return runner.run(
        request,
        context -> {
          SectorFacts facts = context.facts();
          Store store =
              stores
                  .find(facts.sector(), facts.proof())
                  .orElseThrow(
                      () ->
                          new IOException(
                              "No store of this host has sector %s any more; is a disk missing?"
                                  .formatted(facts.sector())));
          JsonNode result = context.run(CoreRequests.postCheck(facts, store.files(facts.sector())));
          return "provable in store \"%s\", %d challenges answered"
              .formatted(store.name(), result.path("challenges").asInt());
        });
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
