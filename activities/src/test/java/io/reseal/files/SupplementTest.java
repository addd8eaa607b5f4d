package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Putting what a replica's directory lacks next to what it has. */
class SupplementTest {

  private static final String RUN = "0f3c1a52-7d1e-4a55-9a50-0d6a1f0b2c3d";
  private static final String TREE = "sc-02-data-tree-r-last.dat";
  private static final String DAMAGED = "damaged";

  @TempDir(factory = MemoryDir.class)
  Path dir;

  private Path root;
  private SectorFiles made;
  private SectorFiles stored;

  @BeforeEach
  void makeStore() throws IOException {
    root = dir.resolve("store");
    made = TestSector.write(dir.resolve("scratch"), 2);
    stored = new SectorFiles(root, TestSector.ID);
  }

  /** The sealed file and t_aux are right, p_aux is not, and tree R is missing. */
  private void start() throws IOException {
    new Durable().deleteTree(root);
    Files.createDirectories(stored.cacheDir());
    Files.createDirectories(stored.sealed().getParent());
    Files.copy(made.sealed(), stored.sealed());
    Files.copy(made.tAux(Replica.SEALED), stored.tAux(Replica.SEALED));
    Files.writeString(stored.pAux(), DAMAGED);
    for (Path file : List.of(stored.sealed(), stored.tAux(Replica.SEALED))) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    }
  }

  private List<String> supplement(Durable durable, Fence fence) throws IOException {
    Map<Path, String> files = new LinkedHashMap<>();
    for (SectorFiles.Kept kept : made.keptCache(Replica.SEALED, TestSector.PROOF)) {
      files.put(kept.path(), Durable.digest(kept.path()));
    }
    return store(durable).supplement(TestSector.ID, Replica.SEALED, files, fence);
  }

  private Store store(Durable durable) {
    return new Store(
        "nas-1",
        root,
        false,
        durable,
        FreeSpace.ofDisk(),
        Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC));
  }

  private static Fence fence(int attempt) {
    return new Fence(1, 0, attempt, RUN);
  }

  // Seen to fail: with the whole directory exchanged, so that intact files were moved and copied.
  @Test
  void touchesOnlyWhatIsMissingOrWrong() throws IOException {
    start();
    Map<Path, Object> before = identities();

    assertThat(supplement(new Durable(), fence(1))).containsExactly("p_aux", TREE);

    assertThat(identities()).containsAllEntriesOf(before);
    assertThat(TestSector.keptContent(stored)).isEqualTo(TestSector.keptContent(made));
    assertThat(root.resolve(".reseal/kept/20261122T100000-0f3c1a52/cache/s-t01001-123/p_aux"))
        .hasContent(DAMAGED);
    assertThat(root.resolve(".reseal/incoming")).isEmptyDirectory();
    assertThat(supplement(new Durable(), fence(2))).isEmpty();
  }

  /** What shows whether the intact files were touched. */
  private Map<Path, Object> identities() throws IOException {
    Map<Path, Object> identities = new TreeMap<>();
    for (Path file : List.of(stored.sealed(), stored.tAux(Replica.SEALED))) {
      BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
      identities.put(file, List.of(read.fileKey(), read.lastModifiedTime()));
    }
    return identities;
  }

  // Catches: a t_aux of the miner's own software, which names its own paths, taken for a wrong one.
  @Test
  void leavesAnyTAuxThatIsThere() throws IOException {
    start();
    Files.writeString(stored.tAux(Replica.SEALED), "another's");
    supplement(new Durable(), fence(1));
    assertThat(stored.tAux(Replica.SEALED)).hasContent("another's");
    Files.writeString(stored.tAux(Replica.SEALED), "");
    assertThat(supplement(new Durable(), fence(2))).containsExactly("t_aux");
  }

  // Catches: a directory that is filled file by file where there was none.
  @Test
  void bringsInAMissingDirectoryAsAWhole() throws IOException {
    start();
    new Durable().deleteTree(stored.cacheDir());
    assertThat(supplement(new Durable(), fence(1))).containsExactly("p_aux", TREE, "t_aux");
    assertThat(TestSector.keptContent(stored)).isEqualTo(TestSector.keptContent(made));
    assertThat(root.resolve(".reseal/kept")).doesNotExist();
  }

  // Seen to fail: with the whole directory exchanged; catches an exchange that nobody completes.
  @Test
  void losesNothingAndEndsTheSameAfterACrashAtAnyPoint() throws IOException {
    boolean crashed = true;
    int n = 0;
    while (crashed) {
      n++;
      start();
      crashed = Crash.happens(n, durable -> supplement(durable, fence(1)));
      checkNothingLost(n);
      Crash.happens(n, durable -> supplement(durable, fence(2)));
      checkNothingLost(n);
      supplement(new Durable(), fence(3));

      assertThat(TestSector.keptContent(stored)).isEqualTo(TestSector.keptContent(made));
      assertThat(under(".reseal/kept").values()).as("crash %d", n).containsExactly(damaged());
      assertThat(root.resolve(".reseal/incoming")).as("crash %d", n).isEmptyDirectory();
    }
    assertThat(n).isGreaterThan(20);
  }

  // Catches: a file that was set aside, and whose place stays empty after an abort.
  @Test
  void anAbortAfterACrashLeavesEachPlaceFilledThatWas() throws IOException {
    boolean crashed = true;
    int n = 0;
    while (crashed) {
      n++;
      start();
      crashed = Crash.happens(n, durable -> supplement(durable, fence(1)));
      store(new Durable()).settle(TestSector.ID, fence(2));

      checkNothingLost(n);
      assertThat(stored.pAux()).as("crash %d", n).exists();
      assertThat(root.resolve(".reseal/incoming/s-t01001-123")).doesNotExist();
    }
  }

  private static String damaged() {
    return Arrays.toString(DAMAGED.getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, String> under(String part) {
    return TestSector.tree(root.resolve(part));
  }

  private void checkNothingLost(int crash) {
    Map<String, String> now = TestSector.tree(root);
    assertThat(now.values()).as("crash %d", crash).contains(damaged());
    Map<String, String> right = new TreeMap<>();
    TestSector.tree(made.base(FileType.SEALED))
        .forEach((path, content) -> right.put(path, content));
    now.forEach(
        (path, content) -> {
          if (!path.startsWith(".reseal") && !content.equals(damaged())) {
            assertThat(content).as("%s after crash %d", path, crash).isEqualTo(right.get(path));
          }
        });
    assertThat(now).containsKeys("sealed/s-t01001-123", "cache/s-t01001-123/t_aux");
  }

  // Catches: a frozen worker that wakes up and moves a file of the later worker aside.
  @Test
  void anAttemptThatWasReplacedWhileItStoodStillChangesNothing() throws IOException {
    Fence later = new Fence(9, 0, 1, RUN);
    for (int n = 1; ; n++) {
      start();
      int[] left = {n};
      Durable stopped =
          new Durable(
              (operation, path) -> {
                if (--left[0] == 0) {
                  supplement(new Durable(), later);
                }
              },
              512);
      Throwable failure = catchThrowable(() -> supplement(stopped, fence(1)));

      if (left[0] > 0) {
        assertThat(failure).isNull();
        assertThat(n).isGreaterThan(20);
        return;
      }
      assertThat(failure).as("stopped at %d", n).isInstanceOf(SupersededException.class);
      assertThat(TestSector.keptContent(stored))
          .as("stopped at %d", n)
          .isEqualTo(TestSector.keptContent(made));
      assertThat(under(".reseal/kept").values()).as("stopped at %d", n).containsExactly(damaged());
    }
  }

  // Seen to fail: with what was moved before a failure left aside.
  @Test
  void undoesWhatItBeganIfAFileCannotBeRenamedIntoPlace() throws IOException {
    start();
    boolean[] failed = {false};
    Durable failing =
        new Durable(
            (operation, path) -> {
              if (operation.equals("rename") && path.equals(stored.cacheDir().resolve(TREE))) {
                failed[0] = true;
                throw new IOException("Input/output error");
              }
            },
            512);
    Map<String, String> before = TestSector.tree(root);
    assertThat(catchThrowable(() -> supplement(failing, fence(1)))).isInstanceOf(IOException.class);

    assertThat(failed[0]).isTrue();
    Map<String, String> after = TestSector.tree(root);
    after.keySet().removeIf(path -> path.startsWith(".reseal/fences"));
    assertThat(after).isEqualTo(before);
  }
}
