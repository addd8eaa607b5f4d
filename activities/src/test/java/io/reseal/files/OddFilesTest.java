package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.Step;
import io.reseal.reading.OddFile;
import io.reseal.sector.RebuildState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipes, links, devices and huge files in the places of Reseal's own files. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OddFilesTest {

  @TempDir private Path dir;

  private Scratch scratch;
  private SectorFiles files;

  @BeforeEach
  void writeSector() throws IOException {
    scratch = new Scratch(dir);
    scratch.claim(TestSector.facts(1));
    files = TestSector.write(dir, 1);
  }

  // Catches: an owner file that hangs the worker's start, or one that leads to another sector's.
  @ParameterizedTest
  @EnumSource
  void anOddOwnerFileNamesNoOwner(OddFile odd) throws IOException {
    odd.putInPlaceOf(dir.resolve("reseal/s-t01001-123.json"));

    assertThatThrownBy(() -> scratch.owner(TestSector.ID))
        .isInstanceOf(ForeignFilesException.class)
        .hasMessageContaining("s-t01001-123.json");
    assertThat(scratch.claims()).isEmpty();
  }

  // Catches: bytes that look like UTF-32, which Jackson reports as a failure of the disk.
  @Test
  void bytesThatAreNoTextAreDamageAndNotAFailingDisk() throws IOException {
    Path owner = dir.resolve("reseal/s-t01001-123.json");
    Files.write(owner, new byte[] {'/', 0, 0, 0, 12, (byte) 0x92, (byte) 0xfa, 5});
    Files.copy(owner, dir.resolve("mark"));

    assertThatThrownBy(() -> scratch.owner(TestSector.ID))
        .isInstanceOf(ForeignFilesException.class);
    assertThat(new MarkFile<>(dir.resolve("mark"), String.class, (at, what) -> what).read())
        .isPresent();
  }

  // Catches: `scratch list` and `recover` that hang at what scratch says of itself.
  @ParameterizedTest
  @EnumSource
  void anOddOriginSaysNothing(OddFile odd) throws IOException {
    odd.putInPlaceOf(dir.resolve("reseal/s-t01001-123.origin"));

    assertThat(scratch.origin(Scratch.Claim.of(TestSector.facts(1)))).isEmpty();
  }

  // Catches: a step that hangs at the records of earlier ones, or trusts those that a link leads
  // to.
  @ParameterizedTest
  @EnumSource
  void oddRecordsOfASectorCountAsMissing(OddFile odd) throws IOException {
    Files.writeString(
        files.layersRecord(),
        "{\"replica_id\":\"%s\",\"layers\":{\"1\":\"00\"}}".formatted("01".repeat(32)));
    UsableStates states = new UsableStates(scratch, TestSector.facts(1), files);
    assertThat(states.finishedLayers()).isEqualTo(1);
    assertThat(KeptDigests.find(files, Replica.SEALED, TestSector.PROOF)).isPresent();

    odd.putInPlaceOf(files.layersRecord());
    odd.putInPlaceOf(files.cacheDir().resolve(KeptDigests.FILE));

    assertThat(states.finishedLayers()).isZero();
    assertThat(KeptDigests.find(files, Replica.SEALED, TestSector.PROOF)).isEmpty();
  }

  // Catches: a result of another step that is reported through a link, or a pipe that is waited
  // for.
  @ParameterizedTest
  @EnumSource
  void anOddResultOfAStepCountsAsMissing(OddFile odd) throws IOException {
    FinishedSteps finished = scratch.finished(TestSector.ID);
    StageRequest request =
        new StageRequest(
            TestSector.facts(1),
            new ThreadGrant("host-a", 0, "/scratch", null, null, 1L),
            Step.PC1,
            false,
            RebuildState.ALLOCATED,
            RebuildState.PC1_DONE,
            false,
            null,
            null,
            false,
            false);
    finished.keep("run", request, new StageReport(1, 2, 1, 1, null, null, 0, null, null, "done"));
    assertThat(finished.find("run", request)).isPresent();

    odd.putInPlaceOf(dir.resolve("reseal/s-t01001-123.PC1.finished"));

    assertThat(finished.find("run", request)).isEmpty();
  }

  // Catches: a mark that is gone because what is in its place cannot be read.
  @ParameterizedTest
  @EnumSource
  void anOddMarkIsAMark(OddFile odd) throws IOException {
    Path place = dir.resolve("mark");
    MarkFile<String> mark = new MarkFile<>(place, String.class, (at, what) -> what);
    mark.write("mark");

    odd.putInPlaceOf(place);

    assertThat(mark.read()).contains(place + " exists, but cannot be read");
  }

  // Catches: a store that hangs the worker, or takes a policy or identity from elsewhere.
  @ParameterizedTest
  @EnumSource
  void oddFilesOfAStoreGiveItNoPolicyAndNoIdentity(OddFile odd) throws IOException {
    Path store = Files.createDirectory(dir.resolve("store"));
    StoreIdentity.require(store);
    Files.writeString(store.resolve(StorePolicy.FILE), "{\"ID\":\"miner's\"}");
    assertThat(StoreIdentity.read(store)).hasSize(2).startsWith("miner's");

    odd.putInPlaceOf(store.resolve(".reseal/store-id"));
    odd.putInPlaceOf(store.resolve(StorePolicy.FILE));

    assertThat(StoreIdentity.read(store)).isEmpty();
    assertThatThrownBy(() -> StorePolicy.read(store))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its sectorstore.json cannot be read");
  }

  // Catches: an odd file that reserves nothing and fails the question how much is reserved.
  @ParameterizedTest
  @EnumSource
  void anOddReservationReservesNothing(OddFile odd) throws IOException {
    Path reserved = Files.createDirectory(dir.resolve("reserved"));
    Reservations reservations = new Reservations(reserved, new Durable());
    odd.putInPlaceOf(reserved.resolve("s-t01001-123.json"));

    assertThat(reservations.of(TestSector.ID)).isEmpty();
    assertThat(reservations.all()).isEmpty();
  }

  // Catches: a copy that hangs at a pipe, or takes what a link leads to.
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HUGE")
  void onlyFilesAreCopiedDigestedAndCounted(OddFile odd) throws IOException {
    odd.putInPlaceOf(files.sealed());

    assertThatThrownBy(() -> new Durable().copy(files.sealed(), dir.resolve("copy"), bytes -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a file");
    assertThatThrownBy(() -> Durable.digest(files.sealed())).hasMessageContaining("not a file");
    assertThat(files.keptFaults(Replica.SEALED, TestSector.PROOF))
        .containsExactly(
            files.sealed() + " is a link, directory, pipe or device instead of a file");
  }

  // Catches: a write through a link that someone put where a file is begun, or that waits for a
  // pipe's reader.
  @ParameterizedTest
  @EnumSource
  void nothingIsWrittenIntoWhatIsInTheWay(OddFile odd) throws IOException {
    Path elsewhere = Files.writeString(dir.resolve("note.tmp"), "someone's");
    odd.putInPlaceOf(elsewhere);

    new Durable().write(dir.resolve("note"), new byte[] {'n'});

    assertThat(dir.resolve("note")).hasContent("n").isRegularFile();
    assertThat(dir.resolve("note.tmp.moved")).hasContent("someone's");
  }

  // Catches: a lock that hangs at a pipe, or is taken in a file elsewhere.
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HUGE")
  void onlyAFileIsLocked(OddFile odd) throws IOException {
    Path lock = Files.createFile(dir.resolve("lock"));
    odd.putInPlaceOf(lock);

    assertThatThrownBy(() -> LockFile.tryTake(lock)).hasMessageContaining("not a file");
  }
}
