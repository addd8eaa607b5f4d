package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A store whose machine loses power at each operation of persist in turn. */
@Timeout(300)
@EnabledIf("io.reseal.files.LossyDisk#canBeMounted")
class PowerLossIT {

  private static final String RUN = "0f3c1a52-7d1e-4a55-9a50-0d6a1f0b2c3d";

  @TempDir(factory = MemoryDir.class)
  Path dir;

  private Path root;
  private LossyDisk disk;

  @BeforeEach
  void mount() throws IOException {
    root = Files.createDirectory(dir.resolve("store"));
    disk = LossyDisk.mount(root, Files.createDirectory(dir.resolve("images")), "8M");
  }

  @AfterEach
  void unmount() throws IOException {
    disk.close();
  }

  // Catches: a rename or a file that is taken to be on the disk without having been synced.
  @Test
  void noCopyIsLostAndPersistCompletes() throws IOException {
    SectorKind kind = TestSector.SNAPPED;
    SectorFiles source = TestSector.write(dir.resolve("scratch"), 2, kind);
    Map<String, String> fresh = TestSector.keptContent(source, kind);
    SectorFiles stored = new SectorFiles(root, TestSector.ID);
    TestSector.write(root, 1, kind);
    Map<String, String> old = TestSector.tree(root);
    disk.save();
    boolean cut = true;
    for (int n = 1; cut; n++) {
      disk.restore();

      cut = Crash.happens(n, durable -> persist(durable, source, kind, 1));
      disk.cut();

      if (!cut) {
        assertThat(TestSector.keptContent(stored, kind)).as("persisted").isEqualTo(fresh);
      }
      Map<String, String> left = TestSector.tree(root);
      assertThat(left.values()).as("cut %d, old copy", n).containsAll(old.values());
      for (String part : kind.storedTypes().stream().map(type -> type.folder() + "/").toList()) {
        assertThat(under(part, left))
            .as("cut %d, %s in place", n, part)
            .isIn(Map.of(), under(part, old), under(part, fresh));
      }
      persist(new Durable(), source, kind, 2);
      assertThat(TestSector.keptContent(stored, kind)).as("after cut %d", n).isEqualTo(fresh);
      assertThat(TestSector.tree(root).values()).containsAll(old.values());
      assertThat(root.resolve(".reseal/incoming")).isEmptyDirectory();
    }
  }

  private static Map<String, String> under(String part, Map<String, String> tree) {
    Map<String, String> under = new TreeMap<>(tree);
    under.keySet().removeIf(path -> !path.startsWith(part));
    return under;
  }

  private void persist(Durable durable, SectorFiles source, SectorKind kind, int attempt)
      throws IOException {
    new Store("s", root, false, durable, FreeSpace.ofDisk(), Clock.systemUTC())
        .persist(
            source, kind, kind.storedTypes(), new Fence(1, 0, attempt, RUN), (done, total) -> {});
  }
}
