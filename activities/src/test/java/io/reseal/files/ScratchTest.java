package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.SectorFacts;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchTest {

  private static final Scratch.Need NONE = Scratch.Need.NONE;

  @TempDir(factory = MemoryDir.class)
  Path location;

  private Scratch scratch;

  @BeforeEach
  void open() {
    scratch = new Scratch(location);
  }

  @Test
  void makesTheDirectoriesAndTheOwnerFile() throws IOException {
    SectorFiles files = scratch.claim(TestSector.facts(1));

    assertThat(files).isEqualTo(new SectorFiles(location, TestSector.ID));
    assertThat(files.cacheDir()).isEmptyDirectory();
    assertThat(files.sealed().getParent()).isDirectory();
    assertThat(files.unsealed().getParent()).isDirectory();
    assertThat(location.resolve("reseal/s-t01001-123.json"))
        .hasContent(
            "{\"sector\":{\"miner\":1001,\"number\":123},\"replicaId\":\"%s\",\"proof\":\"StackedDrg2KiBV1_1\"}"
                .formatted("01".repeat(32)));
    assertThat(scratch.lockFile(TestSector.ID))
        .isEqualTo(location.resolve("reseal/s-t01001-123.lock"));
    assertThat(scratch.claims())
        .containsExactly(
            new Scratch.Claim(TestSector.ID, TestSector.commitment(1), TestSector.PROOF));
  }

  /** Seen to fail with the files removed at each claim: finished layers would be lost. */
  @Test
  void keepsTheFilesOfTheSameReplica() throws IOException {
    scratch.claim(TestSector.facts(1));
    TestSector.write(location, 1);
    Map<String, String> before = TestSector.tree(location);

    scratch.claim(TestSector.facts(1));

    assertThat(TestSector.tree(location)).isEqualTo(before);
  }

  /** Seen to fail with the replica id not compared: stale layers would be taken for its own. */
  @Test
  void removesItsOwnFilesOfAnotherReplica() throws IOException {
    SectorFiles files = scratch.claim(TestSector.facts(1));
    TestSector.write(location, 1);
    Files.writeString(files.unsealed(), "data");

    scratch.claim(TestSector.facts(2));

    assertThat(TestSector.tree(location)).containsOnlyKeys("reseal/s-t01001-123.json");
    assertThat(scratch.owner(TestSector.ID).orElseThrow().replicaId())
        .isEqualTo(TestSector.commitment(2));
    assertThat(files.cacheDir()).isEmptyDirectory();
  }

  /** Seen to fail with the owner file of the older replica removed before its files. */
  @Test
  void changesTheReplicaSafelyAtEachCrash() throws IOException {
    int n = 0;
    boolean crashed;
    do {
      n++;
      scratch.claim(TestSector.facts(1));
      TestSector.write(location, 1);
      crashed =
          Crash.happens(
              n,
              durable ->
                  new Scratch(location, durable, FreeSpace.ofDisk()).claim(TestSector.facts(2)));

      scratch.claim(TestSector.facts(2));

      assertThat(TestSector.tree(location))
          .as("after a crash before operation %d", n)
          .containsOnlyKeys("reseal/s-t01001-123.json");
      scratch.remove(TestSector.ID);
    } while (crashed);
    assertThat(n).isGreaterThan(15);
  }

  /** Seen to fail with the owner file taken for granted. */
  @ParameterizedTest
  @ValueSource(strings = {"sealed/s-t01001-123", "unsealed/s-t01001-123", "cache/s-t01001-123"})
  void refusesFilesThatAreNotItsOwnAndTouchesNothing(String foreign) throws IOException {
    Files.createDirectories(location.resolve(foreign).getParent());
    Files.writeString(location.resolve(foreign), "precious");
    Map<String, String> before = TestSector.tree(location);

    assertThatThrownBy(() -> scratch.claim(TestSector.facts(1)))
        .isInstanceOf(ForeignFilesException.class)
        .hasMessage(
            "[%s] in the sealing thread's location are not Reseal's; nothing was touched; point"
                + " the sealing thread at an empty directory.",
            location.resolve(foreign));

    assertThat(TestSector.tree(location)).isEqualTo(before);
    assertThat(location.resolve("reseal")).doesNotExist();
  }

  @Test
  void refusesADanglingLinkInTheSectorsPlace() throws IOException {
    Files.createDirectory(location.resolve("sealed"));
    Files.createSymbolicLink(location.resolve("sealed/s-t01001-123"), Path.of("/nowhere/at/all"));

    assertThatThrownBy(() -> scratch.claim(TestSector.facts(1)))
        .isInstanceOf(ForeignFilesException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[1]",
        "{\"sector\":{\"miner\":1001",
        "{\"sector\":{\"miner\":1,\"number\":1},\"replicaId\":\"0101010101010101010101010101010101010101010101010101010101010101\",\"proof\":\"StackedDrg2KiBV1_1\"}"
      })
  void refusesABrokenOwnerFileAndTouchesNothing(String content) throws IOException {
    scratch.claim(TestSector.facts(1));
    TestSector.write(location, 1);
    Files.writeString(location.resolve("reseal/s-t01001-123.json"), content);
    Map<String, String> before = TestSector.tree(location);

    for (int replica : new int[] {1, 2}) {
      assertThatThrownBy(() -> scratch.claim(TestSector.facts(replica)))
          .isInstanceOf(ForeignFilesException.class)
          .hasMessageContaining("does not name the owner of the scratch files beside it");
    }
    assertThat(scratch.claims()).isEmpty();
    assertThat(scratch.unreadableOwners())
        .containsExactly(location.resolve("reseal/s-t01001-123.json"));
    assertThat(scratch.foreign()).isEmpty();
    assertThat(TestSector.tree(location)).isEqualTo(before);
  }

  // Catches: a damaged owner file that parks a rebuild although its files say what they are.
  @ParameterizedTest
  @ValueSource(strings = {"", "{\"sector\":{\"miner\":1001"})
  void repairsABrokenOwnerFileFromTheOriginBesideIt(String content) throws IOException {
    SectorFacts facts = TestSector.facts(1);
    scratch.claim(facts);
    scratch.describe(
        new ScratchOrigin(
            new ScratchOrigin.Rebuild("cluster", "namespace", "workflow", "run"), facts, null));
    TestSector.write(location, 1);
    Map<String, String> before = TestSector.tree(location);
    Files.writeString(location.resolve("reseal/s-t01001-123.json"), content);

    assertThat(scratch.claims()).containsExactly(Scratch.Claim.of(facts));
    scratch.claim(facts);

    assertThat(TestSector.tree(location)).isEqualTo(before);
  }

  // Catches: files left by an abort as someone else's, on which every later rebuild parks.
  @Test
  void removesFilesWhoseOwnerFileIsGoneIfTheirOriginIsBesideThem() throws IOException {
    SectorFacts facts = TestSector.facts(1);
    scratch.claim(facts);
    scratch.describe(
        new ScratchOrigin(
            new ScratchOrigin.Rebuild("cluster", "namespace", "workflow", "run"), facts, null));
    TestSector.write(location, 1);
    Files.delete(location.resolve("reseal/s-t01001-123.json"));

    assertThat(scratch.owner(TestSector.ID)).contains(Scratch.Claim.of(facts));
    assertThat(scratch.claims()).containsExactly(Scratch.Claim.of(facts));
    assertThat(scratch.unreadableOwners()).isEmpty();
    assertThat(scratch.foreign()).isEmpty();
    scratch.remove(TestSector.ID);

    assertThat(TestSector.tree(location)).isEmpty();
    assertThat(scratch.claims()).isEmpty();
  }

  /** Seen to fail with all of a location removed instead of the sector's files. */
  @Test
  void removesTheSectorsFilesAndNothingElse() throws IOException {
    SectorFiles files = scratch.claim(TestSector.facts(1));
    Files.writeString(location.resolve("config.toml"), "plan = \"rebuild\"");
    Files.createDirectories(location.resolve("cache/s-t01001-1234"));
    Files.writeString(location.resolve("cache/s-t01001-1234/p_aux"), "other");
    Files.writeString(location.resolve("sealed/s-t01001-12"), "other");
    Map<String, String> others = TestSector.tree(location);
    others.remove("reseal/s-t01001-123.json");
    TestSector.write(location, 1);
    Files.writeString(files.unsealed(), "data");
    Files.writeString(scratch.lockFile(TestSector.ID), "");

    scratch.remove(TestSector.ID);
    scratch.remove(TestSector.ID);

    assertThat(TestSector.tree(location)).isEqualTo(others);
    assertThat(scratch.claims()).isEmpty();
  }

  /** Seen to fail with the owner file removed first: the rest would be nobody's for ever. */
  @Test
  void canRemoveAgainAfterACrashAtAnyPoint() throws IOException {
    int n = 0;
    boolean crashed;
    do {
      n++;
      scratch.claim(TestSector.facts(1));
      TestSector.write(location, 1);
      crashed =
          Crash.happens(
              n,
              durable -> new Scratch(location, durable, FreeSpace.ofDisk()).remove(TestSector.ID));

      scratch.remove(TestSector.ID);

      assertThat(TestSector.tree(location)).as("crash before operation %d", n).isEmpty();
    } while (crashed);
    assertThat(n).isGreaterThan(8);
  }

  @Test
  void removesNothingWithoutAnOwnerFile() throws IOException {
    TestSector.write(location, 1);
    Map<String, String> before = TestSector.tree(location);

    scratch.remove(TestSector.ID);

    assertThat(TestSector.tree(location)).isEqualTo(before);
  }

  @Test
  void refusesALocationThatIsNoDirectory() throws IOException {
    Scratch missing = new Scratch(location.resolve("none"));
    Scratch file = new Scratch(Files.createFile(location.resolve("file")));

    assertThatThrownBy(() -> missing.claim(TestSector.facts(1)))
        .hasMessage(
            "The sealing thread's location %s is not a directory; create it or mount its disk.",
            location.resolve("none"));
    assertThatThrownBy(() -> file.freeBytes()).hasMessageContaining("is not a directory");
    assertThat(location.resolve("none")).doesNotExist();
    assertThat(missing.claims()).isEmpty();
  }

  @Test
  void failsWithoutAnOwnerWhereAFileIsInADirectorysPlace() throws IOException {
    Files.createFile(location.resolve("reseal"));

    assertThatThrownBy(() -> scratch.claim(TestSector.facts(1)))
        .isInstanceOf(FileSystemException.class);
    assertThat(TestSector.tree(location)).containsOnlyKeys("reseal");
  }

  /** Seen to fail with the sector's own files left out: a resumed rebuild would find no room. */
  @Test
  void countsWhatTheSectorHasAlreadyAsRoom() throws IOException {
    long required = Scratch.requiredBytes(TestSector.KIND);
    long files = 2048 + 32 + 64 + 410 + 2048;
    Scratch tight = new Scratch(location, new Durable(), dir -> required - files);

    assertThat(tight.lackOfRoom(TestSector.ID, TestSector.KIND, NONE)).isPresent();
    TestSector.write(location, 1);
    assertThat(tight.lackOfRoom(TestSector.ID, TestSector.KIND, NONE))
        .as("not its own")
        .isPresent();
    tight.remove(TestSector.ID);
    Files.createDirectory(location.resolve("reseal"));
    Files.writeString(
        location.resolve("reseal/s-t01001-123.json"),
        "{\"sector\":{\"miner\":1001,\"number\":123},\"replicaId\":\"%s\",\"proof\":\"StackedDrg2KiBV1_1\"}"
            .formatted("01".repeat(32)));
    assertThat(tight.lackOfRoom(TestSector.ID, TestSector.KIND, NONE)).isEmpty();
    assertThat(tight.lackOfRoom(new SectorId(1001, 124), TestSector.KIND, NONE)).isPresent();
    assertThat(tight.lackOfRoom(TestSector.ID, new SectorKind(SealProof.MIB_8_V1, false), NONE))
        .isPresent();
  }

  // Catches: a disk of several threads, or without inodes, that is found full in mid-sealing.
  @Test
  void whatOthersOnTheDiskWillTakeIsNoRoomAndInodesAreNeededToo() throws IOException {
    long required = Scratch.requiredBytes(TestSector.KIND);
    Scratch roomy = new Scratch(location, new Durable(), dir -> 2 * required - 1);
    Scratch.Need one = roomy.needOf(TestSector.ID, TestSector.KIND);

    assertThat(one.bytes()).isEqualTo(required);
    assertThat(roomy.lackOfRoom(TestSector.ID, TestSector.KIND, NONE)).isEmpty();
    assertThat(roomy.lackOfRoom(TestSector.ID, TestSector.KIND, one).orElseThrow())
        .endsWith("; sectors on other threads of that disk will take %d".formatted(required));
    Scratch full =
        new Scratch(
            location,
            new Durable(),
            new FreeSpace() {
              @Override
              public long bytes(Path dir) {
                return Long.MAX_VALUE / 2;
              }

              @Override
              public long files(Path dir) {
                return one.files() - 1;
              }
            });
    assertThat(full.lackOfRoom(TestSector.ID, TestSector.KIND, NONE).orElseThrow())
        .contains("has inodes for %d more files".formatted(one.files() - 1));
  }

  /** Parked rebuilds' files go only where that helps, and no more of them than needed. */
  @Test
  void makesRoomByParkedRebuildsFilesButNeverInVain() throws IOException {
    SectorId wanted = new SectorId(1001, 1);
    SectorId first = park(new SectorId(1001, 2), 3000);
    SectorId second = park(new SectorId(1001, 3), 3000);
    long required = Scratch.requiredBytes(TestSector.KIND);

    assertThat(
            onDiskOf(required + 5999)
                .makeRoom(wanted, TestSector.KIND, List.of(first, second), NONE))
        .as("one of them is enough")
        .containsExactly(first);
    assertThat(scratch.owner(first)).isEmpty();
    assertThat(scratch.owner(second)).isPresent();

    assertThat(onDiskOf(required - 1).makeRoom(wanted, TestSector.KIND, List.of(second), NONE))
        .as("it would not be enough")
        .isEmpty();
    assertThat(scratch.owner(second)).isPresent();

    assertThat(onDiskOf(required + 3000).makeRoom(wanted, TestSector.KIND, List.of(second), NONE))
        .as("there is room already")
        .isEmpty();
    assertThat(scratch.owner(second)).isPresent();
  }

  private SectorId park(SectorId sector, int bytes) throws IOException {
    SectorFiles files = scratch.claim(TestSector.facts(sector, 1));
    Files.write(files.unsealed(), new byte[bytes]);
    return sector;
  }

  /** A disk on which only the sectors' data take room. */
  private Scratch onDiskOf(long bytes) {
    return new Scratch(
        location, new Durable(), dir -> bytes - Tree.bytes(location.resolve("unsealed")));
  }

  @Test
  void needsAboutHalfATebibyteForALargeSector() {
    assertThat(Scratch.requiredBytes(new SectorKind(SealProof.GIB_32_V1_1, false)))
        .isBetween(516L << 30, 520L << 30);
  }
}
