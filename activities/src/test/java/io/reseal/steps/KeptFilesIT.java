package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.SnapFacts;
import io.reseal.contract.StoredCopy;
import io.reseal.core.CoreRequest;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.files.Fence;
import io.reseal.files.LossyDisk;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.gpu.GpuStages;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sectors sealed by real stages, one bit of which changes between two steps. Of 8 MiB a check reads
 * only a sample.
 */
@Timeout(300)
class KeptFilesIT {

  private static final SectorId SECTOR = new SectorId(1000, 7);

  @TempDir Path dir;

  private TestHost host;
  private SealingThread thread;
  private StageProgram program;
  private GpuStages gpus;
  private Stores stores;
  private UpdateKey key;
  private Survey survey;
  private Steps afterEachStep = () -> {};

  @BeforeEach
  void makeHost() throws Exception {
    host = new TestHost(dir);
    thread = host.threadOf(SECTOR, SealProof.KIB_2_V1_1);
    program = host.program();
    gpus = host.gpus();
    Store other = new Store("other", Files.createDirectory(dir.resolve("other")), true);
    Store store = new Store("store", Files.createDirectory(dir.resolve("store")), false);
    stores = new Stores(List.of(other, store));
    key = new UpdateKey(stores);
    survey = new Survey(stores, host.library());
  }

  // Catches: comparing the copy with its damaged source; checking only a sample of it.
  @ParameterizedTest
  @CsvSource({"KIB_2_V1_1, false", "KIB_2_V1_1, true", "MIB_8_V1_1, false", "MIB_8_V1_1, true"})
  void oneChangedBitIsNeverStored(SealProof proof, boolean snapped) throws Exception {
    StepInputs sealed = seal(proof, snapped);
    SectorKind kind = sealed.kind();
    for (SectorFiles.Kept kept : sealed.files().kept(kind)) {
      FailureType expected =
          kept.path().toString().contains("/update")
              ? Replica.UPDATE.damaged()
              : Replica.SEALED.damaged();
      flip(kept.path());
      assertThat(failureOf(() -> checkAndStore(sealed))).as("checked %s", kept).isEqualTo(expected);
      assertThat(failureOf(() -> persist(sealed))).as("persisted %s", kept).isEqualTo(expected);
      assertThat(stores.find(SECTOR, kind)).isEmpty();
      flip(kept.path());
    }

    StepInputs stored = persist(sealed);
    SectorFiles copy = new SectorFiles(Path.of(stored.stored().path()), SECTOR);
    for (SectorFiles.Kept kept : copy.kept(kind)) {
      flip(kept.path());
      assertThat(failureOf(() -> checkStored(stored)))
          .as("stored %s", kept)
          .isEqualTo(FailureType.STORE_COPY_DAMAGED);
      flip(kept.path());
    }
    checkStored(stored);
    checkAndStore(sealed);
  }

  // Catches: files that are damaged for good, because the step that makes them keeps them.
  @Test
  void pc2MakesDamagedFilesAgain() throws Exception {
    StepInputs sealed = seal(SealProof.KIB_2_V1_1, false);
    flip(sealed.files().sealed());
    flip(sealed.files().pAux());
    run(Step.PC2, sealed.requests().pc2());
    checkStored(checkAndStore(sealed));
  }

  // Catches: a step that has ended, and whose files or names the disk does not have yet.
  @Test
  @EnabledIf("io.reseal.files.LossyDisk#canBeMounted")
  void aPowerCutAfterAnyStepTakesNothingBack() throws Exception {
    Path images = Files.createDirectory(dir.resolve("images"));
    try (LossyDisk disk = LossyDisk.mount(thread.scratch().location(), images, "256M")) {
      afterEachStep = disk::cut;
      checkStored(checkAndStore(seal(SealProof.MIB_8_V1_1, true)));
    }
  }

  // Catches: storing files of an older version unread, or refusing them.
  @ParameterizedTest
  @CsvSource({"KIB_2_V1_1", "MIB_8_V1_1"})
  void filesWithoutDigestsAreCheckedInFull(SealProof proof) throws Exception {
    StepInputs sealed = seal(proof, true);
    for (Replica replica : Replica.values()) {
      Path record = sealed.files().cacheDir(replica).resolve("reseal-kept.json");
      byte[] recorded = Files.readAllBytes(record);
      Files.delete(record);
      flip(sealed.files().data(replica));
      assertThat(failureOf(() -> persist(sealed))).isEqualTo(replica.damaged());
      assertThat(record).doesNotExist();
      flip(sealed.files().data(replica));
      flip(record.resolveSibling("p_aux"));
      assertThat(failureOf(() -> persist(sealed))).isEqualTo(replica.damaged());
      flip(record.resolveSibling("p_aux"));
      Files.write(record, recorded);
    }
    for (Replica replica : Replica.values()) {
      Files.delete(sealed.files().cacheDir(replica).resolve("reseal-kept.json"));
    }
    checkStored(persist(sealed));
  }

  // Catches: a final check of whichever copy is found first.
  @Test
  void theCopyThatThisRebuildStoredIsChecked() throws Exception {
    StepInputs stored = persist(seal(SealProof.KIB_2_V1_1, false));
    SectorFiles copy = new SectorFiles(dir.resolve("store"), SECTOR);
    SectorFiles intact = new SectorFiles(dir.resolve("other"), SECTOR);
    for (SectorFiles.Kept kept : copy.kept(stored.kind())) {
      Path to = intact.base().resolve(copy.base().relativize(kept.path()));
      Files.createDirectories(to.getParent());
      Files.copy(kept.path(), to);
    }
    Files.delete(copy.sealed());
    assertThat(failureOf(() -> checkStored(stored))).isEqualTo(FailureType.STORE_COPY_DAMAGED);

    StepInputs gone =
        inputs(stored.facts(), new StoredCopy("store", dir.resolve("elsewhere").toString()));
    assertThatThrownBy(() -> checkStored(gone))
        .hasMessageContaining("was put into store \"store\" at " + dir.resolve("elsewhere"));
  }

  // Catches: a sector sealed again for its t_aux alone, and a t_aux with other bytes than PC2's.
  @ParameterizedTest
  @CsvSource({"KIB_2_V1_1", "MIB_8_V1_1"})
  void aLostTAuxIsWrittenByteForByteWithoutSealing(SealProof proof) throws Exception {
    StepInputs stored = persist(seal(proof, true));
    SectorFiles copy = new SectorFiles(dir.resolve("store"), SECTOR);
    Files.delete(copy.tAux(Replica.SEALED));
    Files.write(copy.tAux(Replica.UPDATE), new byte[0]);
    StoredCopies copies =
        new StoredCopies(
            stores, key, survey, (facts, replica, pAux, content) -> true, new NoRecords());

    StoredCopies.Found found = copies.find(stored, work(Step.FETCH_PIECES));

    assertThat(found.allIn()).isEqualTo("store");
    assertThat(found.repairs())
        .hasValue(
            "%s was missing and was written; %s was missing and was written"
                .formatted(copy.tAux(Replica.SEALED), copy.tAux(Replica.UPDATE)));
    checkStored(stored);
    assertThat(copies.find(stored, work(Step.FETCH_PIECES)).repairs()).isEmpty();
  }

  // Catches: hours of sealing because a store that may not be written to lacks a t_aux.
  @Test
  void aReadonlyStoreThatLacksATAuxIsWholeNevertheless() throws Exception {
    StepInputs stored = persist(seal(SealProof.KIB_2_V1_1, false));
    SectorFiles copy = new SectorFiles(dir.resolve("store"), SECTOR);
    Files.delete(copy.tAux(Replica.SEALED));
    Stores readonly = new Stores(List.of(new Store("r", dir.resolve("store"), true)));

    StoredCopies.Found found =
        new StoredCopies(
                readonly,
                new UpdateKey(readonly),
                survey,
                (facts, replica, pAux, content) -> true,
                new NoRecords())
            .find(stored, work(Step.FETCH_PIECES));

    assertThat(found.allIn()).isEqualTo("r");
    assertThat(found.repairs().orElseThrow()).contains("the store is readonly");
    assertThat(copy.tAux(Replica.SEALED)).doesNotExist();
  }

  // Catches: a copy taken for intact because a sample misses what a check of every byte has found.
  @Test
  void whatACheckOfEveryByteFoundCountsAlthoughASampleMissesIt() throws Exception {
    StepInputs stored = persist(seal(SealProof.KIB_2_V1_1, false));
    StoredCopies.Records records =
        new NoRecords() {
          @Override
          public Optional<String> damage(SectorId sector, Replica replica, Store store) {
            return Optional.of("bytes 7 to 9 differ");
          }
        };

    StoredCopies.Found found =
        new StoredCopies(stores, key, survey, (facts, replica, pAux, content) -> true, records)
            .find(stored, work(Step.FETCH_PIECES));

    assertThat(found.allIn()).isNull();
    assertThat(found.faults()).singleElement().asString().contains("bytes 7 to 9 differ");
  }

  private interface Steps {
    void run() throws Exception;
  }

  private static FailureType failureOf(Steps steps) {
    Throwable failure = catchThrowable(steps::run);
    assertThat(failure).isInstanceOf(HasFailureType.class);
    return ((HasFailureType) failure).failureType();
  }

  /** The steps after the last one that makes files; returns what the final check gets. */
  private StepInputs checkAndStore(StepInputs sealed) throws Exception {
    Diagnosis diagnosis = new Diagnosis(stores, key, new UpdateWitnesses(stores, host.library()));
    new SealingSteps(diagnosis).checkSealed(sealed, work(Step.CHECK_SEALED));
    if (sealed.facts().snap() != null) {
      new SnapSteps(key, diagnosis).check(sealed, work(Step.CHECK_SNAP));
    }
    return persist(sealed);
  }

  private StepInputs persist(StepInputs sealed) throws Exception {
    StepOutcome outcome =
        new StoreSteps(
                stores,
                new StoredCopies(
                    stores, key, survey, (facts, replica, pAux, content) -> true, new NoRecords()))
            .persist(sealed, work(Step.PERSIST));
    return inputs(sealed.facts(), outcome.stored());
  }

  private void checkStored(StepInputs stored) throws Exception {
    new StoreSteps(
            stores,
            new StoredCopies(
                stores, key, survey, (facts, replica, pAux, content) -> true, new NoRecords()))
        .check(stored, work(Step.CHECK_STORED));
  }

  /** A sector of zeros after its last file was made. */
  private StepInputs seal(SealProof proof, boolean snapped) throws Exception {
    NativeCore library = host.library();
    Commitment commD = library.commD(proof, List.of());
    SectorFactsBuilder facts = SectorFactsBuilder.of(SECTOR, commD).proof(proof);
    facts.replicaId(library.replicaId(SECTOR, proof, facts.build().ticket(), commD));
    facts.snap(snapped ? new SnapFacts(commD, commD, List.of()) : null);
    StepInputs inputs = inputs(facts.build(), null);
    thread.scratch().claim(inputs.facts());
    CoreRequests requests = inputs.requests();
    run(Step.ADD_PIECES, requests.addPieces(Replica.SEALED, Map.of()));
    run(Step.TREE_D, requests.treeD(Replica.SEALED));
    run(Step.PC1, requests.pc1());
    facts.commR(run(Step.PC2, requests.pc2()));
    if (snapped) {
      requests = inputs(facts.build(), null).requests();
      run(Step.SNAP_ADD_PIECES, requests.addPieces(Replica.UPDATE, Map.of()));
      run(Step.SNAP_TREE_D, requests.treeD(Replica.UPDATE));
      CoreRequest encode = requests.snapEncode(inputs.files());
      encode.fields().remove("comm_r");
      facts.snap(new SnapFacts(commD, run(Step.SNAP_ENCODE, encode), List.of()));
    }
    return inputs(facts.build(), null);
  }

  /** Returns the CommR that the operation reports, if it does. */
  private Commitment run(Step step, CoreRequest request) throws Exception {
    String commR = work(step).run(request).path("comm_r").asText(null);
    afterEachStep.run();
    return commR == null ? null : new Commitment(commR);
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

  /** Changes one bit near the file's end, where a sample hardly ever looks. */
  private static void flip(Path file) throws Exception {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = Math.max(0, bytes.length() - 33);
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }
}
