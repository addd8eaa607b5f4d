package io.reseal.steps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.reseal.catalog.ProofRepository;
import io.reseal.catalog.SectorProof;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Durable;
import io.reseal.files.NoStoreException;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The seal proof of a sector: its two steps, and where the proof is kept. */
final class Proving {

  private static final Logger LOG = LoggerFactory.getLogger(Proving.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectWriter WRITER = JSON.writerWithDefaultPrettyPrinter();

  private final Stores stores;
  private final ProofRepository proofs;
  private final Durable durable = new Durable();

  Proving(Stores stores, ProofRepository proofs) {
    this.stores = stores;
    this.proofs = proofs;
  }

  /** C1: the vanilla proofs, left in scratch. */
  String vanilla(StepContext context)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    requireSeed(context);
    return "%d vanilla proofs for the seed of height %d"
        .formatted(
            context.run(context.requests().c1()).path("vanilla_proofs").asInt(),
            context.facts().seed().epoch());
  }

  /**
   * C2: the proof, verified and kept. Each place it goes to is looked into first, so that an
   * attempt that died after the proof was made does not make it again.
   */
  String prove(StepContext context) throws Exception {
    requireSeed(context);
    Store store = store(context);
    Optional<SectorProof> earlier = earlier(context, store);
    SectorProof proof = earlier.isPresent() ? earlier.get() : make(context);
    Path file =
        store.keepProof(proof.sector(), proof.seed().epoch(), WRITER.writeValueAsBytes(proof));
    proofs.keep(proof);
    return "proof verified, kept in %s and in the catalog%s"
        .formatted(file, earlier.isPresent() ? "; it was made before" : context.ranOn());
  }

  /** The store that has the sector, else the one it will go to: chosen before the long work. */
  private Store store(StepContext context) throws NoStoreException {
    Optional<Store> holder =
        stores
            .find(context.facts().sector(), SectorKind.of(context.facts()))
            .filter(store -> !store.readonly());
    return holder.isPresent()
        ? holder.get()
        : stores.choose(context.facts().sector(), SectorKind.of(context.facts()));
  }

  private SectorProof make(StepContext context) throws Exception {
    SectorProof proof =
        SectorProof.of(
            context.facts(),
            context.runOnGpu(context.requests().c2()).path("proof").asText(),
            context.runId(),
            System.currentTimeMillis());
    Path inScratch = context.files().proof();
    durable.delete(inScratch);
    durable.write(inScratch, WRITER.writeValueAsBytes(proof));
    return proof;
  }

  private Optional<SectorProof> earlier(StepContext context, Store store)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    List<Path> places = new ArrayList<>(List.of(context.files().proof()));
    places.addAll(store.proofs(context.facts().sector(), context.facts().seed().epoch()));
    for (Path place : places) {
      Optional<SectorProof> proof = read(place).filter(kept -> kept.isFor(context.facts()));
      if (proof.isPresent() && verifies(context, proof.get())) {
        return proof;
      }
    }
    return Optional.empty();
  }

  private static boolean verifies(StepContext context, SectorProof proof)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    try {
      var unused = context.run(context.requests().verifySeal(proof.proof()));
      return true;
    } catch (CoreException e) {
      if (e.code() != CoreCode.PROOF_INVALID && e.code() != CoreCode.INVALID_REQUEST) {
        throw e;
      }
      LOG.warn("A kept proof is not used: {}", e.getMessage());
      return false;
    }
  }

  private static Optional<SectorProof> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readValue(Files.readAllBytes(file), SectorProof.class));
    } catch (JsonProcessingException e) {
      LOG.warn("{} holds no proof: {}", file, e.getOriginalMessage());
      return Optional.empty();
    }
  }

  private static void requireSeed(StepContext context) throws CoreException {
    if (context.facts().seed() == null) {
      throw new CoreException(
          CoreCode.INVALID_REQUEST,
          "No seed is recorded for sector %s, and without it there is no proof; bring it in with `reseal import chain` or `reseal sectors add --seed … --seed-epoch …`."
              .formatted(context.facts().sector()));
    }
  }
}
