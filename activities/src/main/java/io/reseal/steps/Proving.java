package io.reseal.steps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.reseal.catalog.ProofRepository;
import io.reseal.catalog.SectorProof;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Durable;
import io.reseal.files.FileType;
import io.reseal.files.NoStoreException;
import io.reseal.files.Replica;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the seal proof of a sector in two steps, and keeps it. */
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
  StepOutcome vanilla(StepInputs inputs, StepWork work) throws Exception {
    requireSeed(inputs);
    JsonNode result =
        KeptCheck.around(inputs, Replica.SEALED, () -> work.run(inputs.requests().c1()));
    return StepOutcome.of(
        "%d vanilla proofs for the seed of height %d"
            .formatted(result.path("vanilla_proofs").asInt(), inputs.facts().seed().epoch()));
  }

  /**
   * C2: makes, verifies and keeps the proof. The places where it is kept are checked first, so that
   * a retry does not repeat the work of an attempt that died after it had made the proof.
   */
  StepOutcome prove(StepInputs inputs, StepWork work) throws Exception {
    requireSeed(inputs);
    Store store = store(inputs);
    Optional<SectorProof> earlier = earlier(inputs, work, store);
    SectorProof proof = earlier.isPresent() ? earlier.get() : make(inputs, work);
    Path file =
        store.keepProof(proof.sector(), proof.seed().epoch(), WRITER.writeValueAsBytes(proof));
    // An outage of the catalog says nothing about the proof.
    CatalogOutage.waitedOut(
        work,
        () -> {
          proofs.keep(proof);
          return null;
        });
    return StepOutcome.of(
        "proof verified, kept in %s and in the catalog%s"
            .formatted(file, earlier.isPresent() ? "; it was made before" : ""));
  }

  /** The store that has the sector, else the one it will go to; chosen before the long work. */
  private Store store(StepInputs inputs) throws NoStoreException {
    Optional<Store> holder =
        stores
            .find(inputs.facts().sector(), SectorKind.of(inputs.facts()))
            .filter(store -> !store.readonly());
    return holder.isPresent()
        ? holder.get()
        : stores.choose(inputs.facts().sector(), SectorKind.of(inputs.facts())).of(FileType.SEALED);
  }

  private SectorProof make(StepInputs inputs, StepWork work) throws Exception {
    SectorProof proof =
        SectorProof.of(
            inputs.facts(),
            work.run(inputs.requests().c2()).path("proof").asText(),
            inputs.fence().runId(),
            System.currentTimeMillis());
    Path inScratch = inputs.files().proof();
    durable.delete(inScratch);
    durable.write(inScratch, WRITER.writeValueAsBytes(proof));
    return proof;
  }

  private Optional<SectorProof> earlier(StepInputs inputs, StepWork work, Store store)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    List<Path> places = new ArrayList<>(List.of(inputs.files().proof()));
    places.addAll(store.proofs(inputs.facts().sector(), inputs.facts().seed().epoch()));
    for (Path place : places) {
      Optional<SectorProof> proof = read(place).filter(kept -> kept.isFor(inputs.facts()));
      if (proof.isPresent() && verifies(inputs, work, proof.get())) {
        return proof;
      }
    }
    return Optional.empty();
  }

  private static boolean verifies(StepInputs inputs, StepWork work, SectorProof proof)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    try {
      work.run(inputs.requests().verifySeal(proof.proof()));
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
      return Optional.ofNullable(JSON.readValue(SmallFile.readText(file), SectorProof.class));
    } catch (JsonProcessingException | UnfitFileException e) {
      LOG.warn("{} does not contain a proof: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  private static void requireSeed(StepInputs inputs) throws CoreException {
    if (inputs.facts().seed() == null) {
      throw new CoreException(
          CoreCode.INVALID_REQUEST,
          "No seed is recorded for sector %s, and a proof cannot be made without it; import it with `reseal import chain` or `reseal sectors add --seed … --seed-epoch …`."
              .formatted(inputs.facts().sector()));
    }
  }
}
