package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.SectorProof;
import io.reseal.contract.StateChange;
import io.reseal.core.CoreFiles;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.doctor.HostCore;
import io.reseal.exchange.DamoclesWriter;
import io.reseal.sector.Cid;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A seal proof is made with real Groth16 parameters, verifies, and is kept. Proving is expensive:
 * all tests are about one sector, which is proven once.
 */
@ExtendWith(FleetExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 25, unit = TimeUnit.MINUTES)
class ProveIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Proving takes a minute of two cores, which other tests keep busy too. */
  private static final Duration PROVING = Duration.ofMinutes(20);

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;

  private LostSector sector;
  private Randomness seed;
  private List<String> steps;

  ProveIT(Fleet fleet, Lab lab, Ask ask, Runs runs) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
  }

  /** Waits for the parameters that are being made, or makes them; then proves a sector. */
  @BeforeAll
  @Timeout(value = 80, unit = TimeUnit.MINUTES)
  void proveASectorOnceItsSeedIsThere() throws Exception {
    assertThat(
            HostCore.find(Optional.empty(), environment())
                .generateParameters(SectorSize.KIB_2, progress -> {})
                .usable())
        .isTrue();
    sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    ObjectNode state = (ObjectNode) JSON.readTree(DamoclesWriter.write(sector.record()));
    ((ObjectNode) state.get("MessageInfo")).putObject("PreCommitCid").put("/", "bafy2bzace");
    importJson(state);
    fleet.parkRetry("2s");
    ask.rebuild(sector);
    Await.until("the rebuild waits for the seed", () -> steps().contains("waits for the seed"));
    seed = lab.ticket();
    state
        .putObject("Seed")
        .put("Seed", Base64.getEncoder().encodeToString(HexFormat.of().parseHex(seed.value())))
        .put("Epoch", seed.epoch());
    importJson(state, "--override");
    awaitFinished();
    steps = steps();
  }

  // Seen to fail: with an inspection that does not report that a proof is due.
  @Test
  void theRebuildWaitsForTheSeedThenProvesAndFinishes() {
    assertThat(steps).containsSubsequence("waits for the seed", "C1", "C2", "persist");
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  @Test
  void theProofVerifiesAndIsInTheCatalogTheStoreAndTheProgramsAnswer() throws Exception {
    SectorProof proof = proof();
    assertThat(proof.seed()).isEqualTo(seed);
    assertThat(proof.commR()).isEqualTo(sector.record().commR());
    assertThat(verify(proof).path("bytes").asInt()).isEqualTo(192);
    Path file =
        fleet
            .store()
            .resolve(".reseal/proofs/%s-%d.json".formatted(sector.id().fileName(), seed.epoch()));
    assertThat(JSON.readValue(file.toFile(), SectorProof.class)).isEqualTo(proof);
    Ask.Answer shown = ask.sectors("proof", sector, "--output", "json");
    assertThat(JSON.readTree(shown.out()).get(0).get("proof").asText()).isEqualTo(proof.proof());
  }

  @Test
  void aSectorThatIsLostAgainKeepsItsProof() throws Exception {
    SectorProof before = proof();
    Files.delete(fleet.store().resolve("sealed").resolve(sector.id().fileName()));
    ask.rebuild(sector);
    awaitFinished();
    assertThat(proof()).isEqualTo(before);
    assertThat(runs.changes(sector))
        .filteredOn(change -> change.step().equals("C2"))
        .extracting(StateChange::note)
        .singleElement()
        .asString()
        .contains("it was made before");
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  /** The only proof that the catalog has of the sector. */
  private SectorProof proof() {
    List<SectorProof> proofs = fleet.catalog().proofs().of(sector.id());
    assertThat(proofs).hasSize(1);
    return proofs.get(0);
  }

  private void awaitFinished() {
    runs.awaitState(sector.id(), RebuildState.FINISHED, PROVING);
  }

  private List<String> steps() {
    return runs.changes(sector).stream().map(StateChange::step).toList();
  }

  private void importJson(ObjectNode state, String... options) throws IOException {
    Path file = Files.createTempFile("sector-", ".json");
    Files.writeString(file, state.toString());
    List<String> words =
        new ArrayList<>(
            List.of("sectors", "state", "import-json", file.toString(), "--really-do-it"));
    words.addAll(List.of(options));
    Ask.Answer answer = ask.reseal(words.toArray(new String[0]));
    assertThat(answer.status()).as(answer.toString()).isZero();
    Files.delete(file);
  }

  private static JsonNode verify(SectorProof proof) throws Exception {
    ObjectNode request =
        JSON.createObjectNode()
            .put("comm_d", Cid.ofUnsealed(proof.commD()).hex())
            .put("comm_r", Cid.ofSealed(proof.commR()).hex())
            .put("seed", proof.seed().value())
            .put("proof", proof.proof());
    request
        .putObject("sector")
        .put("proof", proof.proofType().registeredName())
        .put("miner", proof.sector().miner())
        .put("number", proof.sector().number())
        .put("ticket", proof.ticket().value());
    CoreFiles core = CoreFiles.anywhere(System.getenv());
    try (StageProcess process =
        new StageProgram(core.stageProgram(), environment())
            .start(new CoreRequest(Operation.VERIFY_SEAL, request))) {
      return process.await(progress -> {});
    }
  }

  private static Map<String, String> environment() throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("FIL_PROOFS_PARAMETER_CACHE", Fleet.parameters().toString());
    return environment;
  }
}
