package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.SnapFacts;
import io.reseal.contract.StoredCopy;
import io.reseal.core.StageProgram;
import io.reseal.files.Fence;
import io.reseal.files.KeptDigests;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.gpu.GpuStages;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sealed sector of 2 KiB whose file and cache are in different stores, checked by the core. */
@Timeout(120)
class SeveralStoresIT {

  private static final SectorId SECTOR = new SectorId(1001, 3);
  private static final SealProof PROOF = SealProof.KIB_2_V1_1;
  private static final String TREE = "sc-02-data-tree-r-last.dat";

  private static final Commitment COMM_R =
      new Commitment("3c8fb166d25bca961235404362122abdd66f2581cb1b9f47d8a18863e4811f51");

  @TempDir Path dir;

  private SealingThread thread;
  private StageProgram program;
  private GpuStages gpus;
  private Store big;
  private Store small;
  private Stores stores;
  private UpdateKey key;
  private Survey survey;

  @BeforeEach
  void makeHost() throws Exception {
    TestHost host = new TestHost(dir);
    thread = host.threadOf(SECTOR, PROOF);
    program = host.program();
    gpus = host.gpus();
    big = store("big", "\"sealed\",\"update\"");
    small = store("small", "\"cache\",\"update-cache\"");
    stores = new Stores(List.of(small, big));
    key = new UpdateKey(stores);
    survey = new Survey(stores, host.library());
  }

  private Store store(String name, String types) throws IOException {
    Path root = Files.createDirectory(dir.resolve(name));
    Files.writeString(root.resolve("sectorstore.json"), "{\"AllowTypes\":[%s]}".formatted(types));
    return new Store(name, root, false);
  }

  // Catches: a sector over two stores that is sealed again, or of which the final check reads one
  // store alone.
  @Test
  void isStoredByTypeCheckedWhereItWasPutAndFoundWhole() throws Exception {
    writeSealed(thread.scratch().files(SECTOR));
    StepInputs sealed = inputs(facts(null), null);
    StoredCopy stored =
        new StoreSteps(
                stores,
                new StoredCopies(
                    stores, key, survey, (facts, replica, pAux, content) -> true, new NoRecords()))
            .persist(sealed, work(Step.PERSIST))
            .stored();
    assertThat(stored.store()).isEqualTo("big");
    assertThat(stored.of("cache").path()).isEqualTo(small.root().toString());

    StepInputs persisted = inputs(facts(null), stored);
    assertThat(check(persisted)).startsWith("provable in store \"big (sealed), small (cache)\"");
    assertThat(find(persisted).allIn()).isEqualTo("big (sealed), small (cache)");

    Path tree = small.files(SECTOR).cacheDir().resolve(TREE);
    byte[] intact = Files.readAllBytes(tree);
    Files.write(tree, new byte[intact.length]);
    assertThatThrownBy(() -> check(persisted)).hasMessageContaining(tree.toString());
    assertThat(find(persisted).allIn()).isNull();
    Files.delete(tree);
    assertThat(find(persisted).faults())
        .containsExactly("store \"big (sealed), small (cache)\": %s is missing".formatted(tree));
  }

  // Catches: a key over two stores that is sealed again for its update.
  @Test
  void keepsTheKeyOfALostUpdate() throws Exception {
    writeSealed(thread.scratch().files(SECTOR));
    stores.persist(
        thread.scratch().files(SECTOR),
        inputs(facts(null), null).kind(),
        new Fence(1, 0, 1, "run"),
        (done, total) -> {});
    StepInputs snapped = inputs(facts(new SnapFacts(COMM_R, COMM_R, List.of())), null);

    assertThat(find(snapped).keyIn()).isEqualTo("big");

    SectorFiles files = key.files(snapped.withKeyIn("big"));
    assertThat(files.sealed()).isEqualTo(big.files(SECTOR).sealed());
    assertThat(files.cacheDir()).isEqualTo(small.files(SECTOR).cacheDir());
  }

  private static void writeSealed(SectorFiles files) throws IOException {
    Files.createDirectories(files.sealed().getParent());
    Files.createDirectories(files.cacheDir());
    copy("sealed", files.sealed());
    copy("p_aux", files.pAux());
    copy(TREE, files.cacheDir().resolve(TREE));
    Files.writeString(files.tAux(Replica.SEALED), "trees");
    KeptDigests.read(files, Replica.SEALED, PROOF, COMM_R).record();
  }

  private static void copy(String name, Path to) throws IOException {
    try (InputStream in = SeveralStoresIT.class.getResourceAsStream("/stores/s-t01001-3/" + name)) {
      Files.copy(in, to);
    }
  }

  private StoredCopies.Found find(StepInputs inputs) throws Exception {
    return new StoredCopies(
            stores, key, survey, (facts, replica, pAux, content) -> true, new NoRecords())
        .find(inputs, work(Step.FETCH_PIECES));
  }

  private String check(StepInputs inputs) throws Exception {
    return new StoreSteps(
            stores,
            new StoredCopies(
                stores, key, survey, (facts, replica, pAux, content) -> true, new NoRecords()))
        .check(inputs, work(Step.CHECK_STORED))
        .detail();
  }

  private static SectorFacts facts(SnapFacts snap) {
    return SectorFactsBuilder.of(SECTOR, COMM_R).proof(PROOF).commR(COMM_R).snap(snap).build();
  }

  private StepInputs inputs(SectorFacts facts, StoredCopy stored) {
    return StepInputsBuilder.of(facts, thread, new Fence(1, 0, 1, "run-1")).stored(stored).build();
  }

  private StepWork work(Step step) {
    return new StepWork(
        program,
        gpus,
        Optional.empty(),
        new ProgressLine(step, thread, OptionalLong::empty),
        line -> {});
  }
}
