package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.SnapFacts;
import io.reseal.contract.StoredCopy;
import io.reseal.core.CoreRequest;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.files.CopyProgress;
import io.reseal.files.Fence;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UnsealedTrailer;
import io.reseal.gpu.GpuStages;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.PieceMissingException;
import io.reseal.pieces.Pieces;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unsealed copies that real stages make, compared with the data that were sealed. */
@Timeout(300)
class UnsealIT {

  private static final SectorId SECTOR = new SectorId(1000, 7);

  @TempDir Path dir;

  private SealingThread thread;
  private StageProgram program;
  private GpuStages gpus;
  private NativeCore library;
  private Store a;
  private Stores stores;
  private int attempts;

  /** What checks of unsealed copies found: the store, and what was wrong. */
  private final List<String> recorded = new ArrayList<>();

  private final NoRecords records =
      new NoRecords() {
        @Override
        public void unsealedChecked(
            SectorId sector, Store store, CheckLevel level, List<String> faults) {
          recorded.add("%s %s %s".formatted(store.name(), level, faults));
        }
      };

  /** The data of the pieces that the host has. */
  private final Map<Piece, PieceFile> data = new HashMap<>();

  /** Whether nothing offers the data any more. */
  private boolean dataGone;

  /** The unsealed file as sealing made it, without its trailer. */
  private byte[] padded;

  @BeforeEach
  void makeHost() throws Exception {
    TestHost host = new TestHost(dir);
    thread = host.threadOf(SECTOR, SealProof.KIB_2_V1_1);
    program = host.program();
    gpus = host.gpus();
    library = host.library();
    a = new Store("a", Files.createDirectory(dir.resolve("a")), false);
    stores = new Stores(List.of(a));
  }

  /** The ways to get the data, each with what of the sector is there. */
  // Catches: another byte than sealing had; a trailer that hides data; labels where there is a key.
  @ParameterizedTest
  @CsvSource({
    "KIB_2_V1_1, false, PIECES",
    "KIB_2_V1_1, true, PIECES",
    "KIB_2_V1_1, true, KEY",
    "KIB_2_V1_1, false, LABELS",
    "KIB_2_V1_1, true, LABELS",
    "MIB_8_V1_1, false, PIECES",
    "MIB_8_V1_1, true, KEY",
    "MIB_8_V1_1, false, LABELS",
    "MIB_8_V1_1, true, LABELS"
  })
  void isByteForByteWhatSealingHad(SealProof proof, boolean snapped, Unsealing.From from)
      throws Exception {
    SectorFacts facts = stored(proof, snapped);
    dataGone = from != Unsealing.From.PIECES;
    if (from == Unsealing.From.LABELS && snapped) {
      Files.delete(a.files(SECTOR).sealed());
    }
    Map<Path, ByteBuffer> before = contents();

    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);
    assertThat(found.unsealing()).isEqualTo(new Unsealing(from, true));
    assertThat(found.intactIn()).isNull();
    StoredCopy stored = made(facts, found);

    assertThat(check(facts, found, stored))
        .isEqualTo("unsealed copy in store \"a\": its CommD is the recorded one");
    assertThat(a.files(SECTOR).unsealed()).hasBinaryContent(withTrailer(proof));
    assertThat(contents()).containsAllEntriesOf(before).hasSize(before.size() + 1);
    assertThat(thread.scratch().files(SECTOR).layer(1)).doesNotExist();
    assertThatAMinerReadsThePieces(facts);
    StepOutcome again = fetch(facts, UnsealedWish.ONLY, false);
    assertThat(again.intactIn()).isEqualTo("a");
    assertThat(again.detail())
        .isEqualTo("store \"a\" has the unsealed copy, its CommD is the recorded one");
    assertThat(recorded).containsExactly("a FULL []", "a FULL []");
  }

  private void assertThatAMinerReadsThePieces(SectorFacts facts) throws IOException {
    Path file = a.files(SECTOR).unsealed();
    for (Piece piece : data.keySet()) {
      assertThat(UnsealedTrailer.covers(file, piece.offset(), piece.size())).isTrue();
      PieceFile read = new PieceFile(file, piece.offset(), true);
      assertThat(
              catchThrowable(
                  () ->
                      assertThat(
                              CoreVerifier.fault(
                                  read,
                                  piece,
                                  () ->
                                      work(Step.ADD_PIECES).run(CoreVerifier.request(read, piece))))
                          .isEmpty()))
          .isNull();
    }
    assertThat(facts.holdsData()).isTrue();
  }

  // Catches: a copy that is stored although it was decoded from damaged bytes.
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, false"})
  void nothingIsStoredOfDamagedFiles(boolean snapped, boolean key) throws Exception {
    SectorFacts facts = stored(SealProof.MIB_8_V1_1, snapped);
    dataGone = true;
    SectorFiles files = a.files(SECTOR);
    Path damaged = snapped && !key ? files.update() : files.sealed();
    flip(damaged);
    Map<Path, ByteBuffer> before = contents();
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);

    Throwable failure = catchThrowable(() -> made(facts, found));

    assertThat(((HasFailureType) failure).failureType()).isEqualTo(FailureType.SECTOR_NOT_DECODED);
    assertThat(failure)
        .hasMessageContaining(damaged.toString())
        .hasMessageContaining("one of them is damaged");
    assertThat(contents()).containsExactlyInAnyOrderEntriesOf(before);
    assertThat(thread.scratch().files(SECTOR).unsealed(UnsealedCheck.replica(facts)))
        .doesNotExist();
  }

  // Catches: a store's wrong layers that are taken for a damaged sealed file.
  @Test
  void isNotDecodedWithWrongLayersOfAStore() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    dataGone = true;
    byte[] labels = new byte[Math.toIntExact(facts.proof().size().bytes())];
    Arrays.fill(labels, (byte) 1);
    Files.write(a.files(SECTOR).layer(2), labels);
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);

    Throwable failure = catchThrowable(() -> made(facts, found));

    assertThat(((HasFailureType) failure).failureType()).isEqualTo(FailureType.STORE_LAYERS_WRONG);
    assertThat(failure).hasMessageContaining("one of them is damaged");
  }

  // Catches: a sector that cannot be unsealed because of one damaged copy of several.
  @Test
  void anotherCopyIsDecodedIfOneIsDamaged() throws Exception {
    SectorFacts facts = stored(SealProof.MIB_8_V1_1, true);
    dataGone = true;
    Store b = new Store("b", Files.createDirectory(dir.resolve("b")), false);
    stores = new Stores(List.of(a, b));
    Files.createDirectories(b.files(SECTOR).sealed().getParent());
    Files.copy(a.files(SECTOR).sealed(), b.files(SECTOR).sealed());
    flip(a.files(SECTOR).sealed());
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);

    made(facts, found);

    assertThat(a.files(SECTOR).unsealed()).hasBinaryContent(withTrailer(facts.proof()));
  }

  // Catches: a damaged copy that counts because of its size; one that is removed.
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aDamagedCopyIsSetAside(boolean cutOff) throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    byte[] whole = withTrailer(facts.proof());
    byte[] wrong = cutOff ? Arrays.copyOf(whole, 2050) : whole.clone();
    wrong[700] ^= 1;
    Path file = a.files(SECTOR).unsealed();
    Files.createDirectories(file.getParent());
    Files.write(file, wrong);

    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);
    assertThat(found.detail())
        .startsWith("the pieces are on this host; not intact and replaced: " + file + " has ");
    assertThat(recorded)
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("a FULL [" + file + " has "));
    made(facts, found);

    assertThat(file).hasBinaryContent(whole);
    try (Stream<Path> kept = Files.walk(a.root().resolve(".reseal/kept"))) {
      assertThat(kept.filter(Files::isRegularFile))
          .singleElement()
          .satisfies(older -> assertThat(older).hasBinaryContent(wrong));
    }
  }

  /** The miner's software leaves out the filler at the end once a sector is finalised. */
  // Catches: a miner's own copy that is replaced for its trailer's sake.
  @Test
  void aCopyWhoseTrailerLeavesOutFillersStays() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    byte[] written = Arrays.copyOf(withTrailer(facts.proof()), 2055);
    System.arraycopy(new byte[] {0x04, (byte) 0x90, 0x01}, 0, written, 2048, 3);
    Path file = a.files(SECTOR).unsealed();
    Files.createDirectories(file.getParent());
    Files.write(file, written);

    assertThat(UnsealedTrailer.covers(file, 0, 2048)).isFalse();
    assertThat(fetch(facts, UnsealedWish.ONLY, false).intactIn()).isEqualTo("a");
  }

  // Catches: a rebuild for hours where the data could be had otherwise, or the other way round.
  @Test
  void aPieceThatTurnedOutWrongIsNoWay() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, true);

    assertThat(fetch(facts, UnsealedWish.ONLY, true).unsealing().from())
        .isEqualTo(Unsealing.From.KEY);
    Files.delete(a.files(SECTOR).update());
    dataGone = true;
    assertThatThrownBy(() -> fetch(facts, UnsealedWish.ONLY, true))
        .isInstanceOf(PieceMissingException.class);
  }

  // Catches: a wrong piece that gets into the copy.
  @Test
  void aWrongPieceIsNotStored() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    flip(data.values().iterator().next().path());
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);

    assertThat(catchThrowable(() -> made(facts, found)))
        .hasMessageContaining(data.keySet().iterator().next().cid());
    assertThat(a.files(SECTOR).unsealed()).doesNotExist();
  }

  // Catches: data that change in scratch after they were decoded.
  @Test
  void dataThatChangeInScratchAreNotStored() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);
    StepInputs inputs = inputs(facts, found, null);
    thread.scratch().claim(facts);
    pieces().assemble(inputs, work(Step.ADD_PIECES), Replica.SEALED);
    flip(inputs.files().unsealed());

    Throwable failure = catchThrowable(() -> store().persist(inputs, work(Step.PERSIST)));

    assertThat(((HasFailureType) failure).failureType()).isEqualTo(FailureType.SCRATCH_LOST);
    assertThat(a.files(SECTOR).unsealed()).doesNotExist();
  }

  // Catches: a check that reads less than all of the stored copy.
  @Test
  void aStoredCopyThatChangesIsNoticed() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);
    StoredCopy stored = made(facts, found);
    flip(a.files(SECTOR).unsealed(), 1000);

    assertThat(((HasFailureType) catchThrowable(() -> check(facts, found, stored))).failureType())
        .isEqualTo(FailureType.STORE_COPY_DAMAGED);
  }

  // Catches: a store that is written to although its owner does not want unsealed files there.
  @Test
  void aStoreThatTakesNoUnsealedFilesGetsNone() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, false);
    Files.writeString(
        a.root().resolve("sectorstore.json"), "{\"CanStore\":true,\"DenyTypes\":[\"unsealed\"]}");
    StepOutcome found = fetch(facts, UnsealedWish.ONLY, false);

    assertThat(catchThrowable(() -> made(facts, found)))
        .hasMessageContaining("its sectorstore.json does not let unsealed files in");
    Store b = new Store("b", Files.createDirectory(dir.resolve("b")), false);
    stores = new Stores(List.of(a, b));
    made(facts, found);
    assertThat(b.files(SECTOR).unsealed()).hasBinaryContent(withTrailer(facts.proof()));
    assertThat(a.files(SECTOR).unsealed()).doesNotExist();
  }

  /** A rebuild that makes good what else is lost. */
  // Catches: an unsealed copy that is forgotten where only small files are made.
  @ParameterizedTest
  @CsvSource({"true, false", "true, true", "false, false"})
  void isMadeBesidesARepair(boolean snapped, boolean decoded) throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, snapped);
    Map<Path, ByteBuffer> whole = contents();
    Path tree = a.files(SECTOR).cacheDir().resolve("sc-02-data-tree-r-last.dat");
    Files.delete(tree);
    dataGone = decoded;

    StepOutcome found = fetch(facts, UnsealedWish.ALSO, false);
    assertThat(found.unsealing())
        .isEqualTo(new Unsealing(decoded ? Unsealing.From.KEY : Unsealing.From.PIECES, false));
    assertThat(found.repair().what()).isEqualTo("tree-r-last of the sealed file");
    StoredCopy stored = made(facts, found);

    assertThat(check(facts, found, stored))
        .startsWith("provable in store \"a\"")
        .endsWith("; unsealed copy in store \"a\": its CommD is the recorded one");
    assertThat(a.files(SECTOR).unsealed()).hasBinaryContent(withTrailer(facts.proof()));
    assertThat(contents()).containsAllEntriesOf(whole);
  }

  // Catches: a copy that is made again for nothing, or a rebuild that stops for want of it.
  @Test
  void aRebuildAlsoLooksForTheCopy() throws Exception {
    SectorFacts facts = stored(SealProof.KIB_2_V1_1, true);

    StepOutcome lost = fetch(facts, UnsealedWish.ALSO, false);
    assertThat(lost.intactIn()).isNull();
    assertThat(lost.unsealing()).isEqualTo(new Unsealing(Unsealing.From.PIECES, true));
    made(facts, lost);
    StepOutcome intact = fetch(facts, UnsealedWish.ALSO, false);
    assertThat(intact.intactIn()).isEqualTo("a");
    assertThat(intact.unsealing()).isEqualTo(new Unsealing(Unsealing.From.NOTHING, false));
    Files.delete(a.files(SECTOR).update());
    assertThat(fetch(facts, UnsealedWish.ALSO, false).unsealing().from())
        .isEqualTo(Unsealing.From.NOTHING);
    Files.delete(a.files(SECTOR).unsealed());
    assertThat(fetch(facts, UnsealedWish.ALSO, false).unsealing())
        .isEqualTo(new Unsealing(Unsealing.From.ASSEMBLED, false));
  }

  // Catches: a rebuild that keeps the copy of a sector whose data it had assembled anyway.
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void isKeptByARebuildThatMakesAll(boolean snapped) throws Exception {
    SectorFacts facts = sealed(SealProof.KIB_2_V1_1, snapped);
    StepOutcome all =
        StepOutcome.of("").unsealing(new Unsealing(Unsealing.From.ASSEMBLED, false), 0);
    StepInputs inputs = inputs(facts, all, null);

    StoredCopy stored = store().persist(inputs, work(Step.PERSIST)).stored();

    assertThat(check(facts, all, stored))
        .endsWith("; unsealed copy in store \"a\": its CommD is the recorded one");
    assertThat(a.files(SECTOR).unsealed()).hasBinaryContent(withTrailer(facts.proof()));
    assertThat(contents().keySet())
        .extracting(file -> a.root().relativize(file).getName(0).toString())
        .contains("sealed", "cache", "unsealed");
  }

  /** Runs the steps between the first and the last of the plan that was found. */
  private StoredCopy made(SectorFacts facts, StepOutcome found) throws Exception {
    thread.scratch().claim(facts);
    StepInputs inputs = inputs(facts, found, null);
    switch (found.unsealing().from()) {
      case PIECES -> pieces().assemble(inputs, work(Step.ADD_PIECES), UnsealedCheck.replica(facts));
      case LABELS -> {
        new LabellingStep(null, new StoredLayers(stores)).label(inputs, work(Step.PC1));
        new UnsealedSteps(stores).decode(inputs, work(Step.DECODE));
      }
      default -> new UnsealedSteps(stores).decode(inputs, work(Step.DECODE));
    }
    return found.unsealing().only()
        ? store().persist(inputs, work(Step.PERSIST)).stored()
        : new RepairSteps(stores, copies(), survey()).repair(inputs, work(Step.REPAIR)).stored();
  }

  private String check(SectorFacts facts, StepOutcome found, StoredCopy stored) throws Exception {
    String detail = store().check(inputs(facts, found, stored), work(Step.CHECK_STORED)).detail();
    thread.scratch().remove(SECTOR);
    return detail;
  }

  private StepOutcome fetch(SectorFacts facts, UnsealedWish wish, boolean withoutPieces)
      throws Exception {
    return pieces()
        .fetch(inputs(facts, wish, withoutPieces, null, null, null), work(Step.FETCH_PIECES));
  }

  private StepInputs inputs(SectorFacts facts, StepOutcome found, StoredCopy stored) {
    return inputs(facts, null, false, found.unsealing(), found.repair(), stored);
  }

  private StepInputs inputs(
      SectorFacts facts,
      UnsealedWish wish,
      boolean withoutPieces,
      Unsealing unsealing,
      Repair repair,
      StoredCopy stored) {
    return StepInputsBuilder.of(facts, thread, new Fence(2, 0, ++attempts, "run-1"))
        .stored(stored)
        .mayRepair(true)
        .mayEncode(true)
        .repaired(repair != null)
        .lostKey(LostKey.MAKE)
        .repair(repair)
        .unsealed(wish, withoutPieces, unsealing)
        .mayCopyLayers(true)
        .build();
  }

  private PieceSteps pieces() {
    return new PieceSteps(new OwnPieces(), copies(), new UnsealedSearch(stores, survey(), records));
  }

  private StoreSteps store() {
    return new StoreSteps(stores, copies());
  }

  private Survey survey() {
    return new Survey(stores, library);
  }

  private StoredCopies copies() {
    return new StoredCopies(
        stores, new UpdateKey(stores), survey(), (facts, replica, pAux, content) -> true, records);
  }

  private byte[] withTrailer(SealProof proof) {
    byte[] trailer =
        proof == SealProof.KIB_2_V1_1
            ? new byte[] {0x04, 0x10, 0x02, 3, 0, 0, 0}
            : new byte[] {0x04, 0x10, 0x10, (byte) 0x90, 4, 0, 0, 0};
    byte[] whole = Arrays.copyOf(padded, padded.length + trailer.length);
    System.arraycopy(trailer, 0, whole, padded.length, trailer.length);
    return whole;
  }

  /** A sector that is whole in store a but for the unsealed copy, and its scratch empty. */
  private SectorFacts stored(SealProof proof, boolean snapped) throws Exception {
    SectorFacts facts = sealed(proof, snapped);
    SectorFiles scratch = thread.scratch().files(SECTOR);
    stores.persist(scratch, SectorKind.of(facts), new Fence(1, 0, 1, "run-0"), (done, total) -> {});
    thread.scratch().remove(SECTOR);
    return facts;
  }

  /** A sector with a piece of half its size, a filler, and a piece of a quarter, in scratch. */
  private SectorFacts sealed(SealProof proof, boolean snapped) throws Exception {
    long size = proof.size().bytes();
    List<Piece> pieces =
        List.of(
            piece("one", size / 2, 0),
            piece("two", size / 4, size / 2),
            new Piece(Cid.unsealed(ZeroPieces.commitment(size / 4)), size / 4, size / 4 * 3));
    Commitment dataCommD = library.commD(proof, pieces);
    Commitment zeros = library.commD(proof, List.of());
    Commitment commD = snapped ? zeros : dataCommD;
    SectorFactsBuilder facts = SectorFactsBuilder.of(SECTOR, commD).proof(proof);
    facts.replicaId(library.replicaId(SECTOR, proof, facts.build().ticket(), commD));
    if (snapped) {
      facts.snap(new SnapFacts(dataCommD, zeros, pieces));
    } else {
      facts.pieces(pieces);
    }
    thread.scratch().claim(facts.build());
    CoreRequests requests = requests(facts);
    run(Step.ADD_PIECES, requests.addPieces(Replica.SEALED, snapped ? Map.of() : data));
    run(Step.TREE_D, requests.treeD(Replica.SEALED));
    run(Step.PC1, requests.pc1());
    facts.commR(run(Step.PC2, requests.pc2()));
    if (snapped) {
      requests = requests(facts);
      run(Step.SNAP_ADD_PIECES, requests.addPieces(Replica.UPDATE, data));
      run(Step.SNAP_TREE_D, requests.treeD(Replica.UPDATE));
      CoreRequest encode = requests.snapEncode(thread.scratch().files(SECTOR));
      encode.fields().remove("comm_r");
      facts.snap(new SnapFacts(dataCommD, run(Step.SNAP_ENCODE, encode), pieces));
    }
    SectorFiles scratch = thread.scratch().files(SECTOR);
    padded = Files.readAllBytes(scratch.unsealed(snapped ? Replica.UPDATE : Replica.SEALED));
    return facts.build();
  }

  private CoreRequests requests(SectorFactsBuilder facts) {
    return inputs(facts.build(), null, false, null, null, null).requests();
  }

  /** Random data of a whole piece, on the host. */
  private Piece piece(String name, long size, long offset) throws Exception {
    byte[] content = new byte[Math.toIntExact(size / 128 * 127)];
    new Random(size + offset).nextBytes(content);
    PieceFile file = new PieceFile(Files.write(dir.resolve(name), content), 0, false);
    Piece any = new Piece(Cid.unsealed(new Commitment("00".repeat(32))), size, offset);
    JsonNode result = work(Step.ADD_PIECES).run(CoreVerifier.request(file, any));
    Piece piece =
        new Piece(Cid.unsealed(new Commitment(result.path("commitment").asText())), size, offset);
    data.put(piece, file);
    return piece;
  }

  /** Returns the CommR that the operation reports, if it does. */
  private Commitment run(Step step, CoreRequest request) throws Exception {
    String commR = work(step).run(request).path("comm_r").asText(null);
    return commR == null ? null : new Commitment(commR);
  }

  /** The pieces that the host has. */
  private final class OwnPieces implements Pieces {
    @Override
    public Look look(SectorId sector, List<Piece> pieces) throws IOException {
      if (dataGone && !pieces.isEmpty()) {
        throw new PieceMissingException("A piece is missing: %s.".formatted(pieces.get(0).cid()));
      }
      Map<Piece, PieceFile> found = new HashMap<>(data);
      found.keySet().retainAll(pieces);
      return new Look(found, List.of());
    }

    @Override
    public void download(SectorId sector, List<Piece> pieces, CopyProgress progress) {}

    @Override
    public Optional<String> examine(Piece piece, PieceFile file, Reading reading) {
      return Optional.empty();
    }

    @Override
    public void release(SectorId sector) {}
  }

  private StepWork work(Step step) {
    return new StepWork(
        program,
        gpus,
        Optional.empty(),
        new ProgressLine(step, thread, OptionalLong::empty),
        line -> {});
  }

  /** The sector's files in store a. */
  private Map<Path, ByteBuffer> contents() throws IOException {
    Map<Path, ByteBuffer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(a.root())) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.toString().contains(".reseal"))
              .toList()) {
        contents.put(file, ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  /** Changes one bit near the file's end, where a sample hardly ever looks. */
  private static void flip(Path file) throws IOException {
    flip(file, Math.max(0, Files.size(file) - 33));
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }
}
