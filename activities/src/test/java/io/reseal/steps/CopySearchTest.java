package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which copies of a replica are found; whether one proves is decided by the test. */
class CopySearchTest {

  private static final SectorId SECTOR = new SectorId(1001, 3);

  @TempDir Path dir;

  /** Stores by name; of {@code a:sc}, the letters are the parts that it has. */
  private Stores stores(String... contents) throws IOException {
    Path top = Files.createTempDirectory(dir, "stores");
    List<Store> stores = new ArrayList<>();
    for (String content : contents) {
      String name = content.substring(0, 1);
      Path root = Files.createDirectory(top.resolve(name));
      SectorFiles files = new SectorFiles(root, SECTOR);
      if (content.contains("s")) {
        Files.createDirectories(files.sealed().getParent());
        Files.createFile(files.sealed());
      }
      if (content.contains("c")) {
        Files.createDirectories(files.cacheDir());
        Files.write(files.tAux(Replica.SEALED), new byte[content.contains("-") ? 0 : 1]);
      }
      stores.add(new Store(name, root, false));
    }
    return new Stores(stores);
  }

  private static List<String> all(Stores stores, String... proving)
      throws IOException, InterruptedException {
    return CopySearch.all(
            stores,
            SECTOR,
            Replica.SEALED,
            at -> Set.of(proving).contains(at.names()) ? List.of() : List.of("bad"))
        .stream()
        .map(
            copy ->
                copy.at().names()
                    + (copy.isIntact() ? ": intact" : copy.proves() ? ": proves" : ": bad"))
        .toList();
  }

  // Catches: a sector over two stores that counts as two damaged copies.
  @Test
  void partsOfDifferentStoresMakeACopy() throws Exception {
    assertThat(all(stores("a:s", "b:c"), "a (sealed), b (cache)"))
        .containsExactly("a (sealed), b (cache): intact");
    assertThat(all(stores("a:s", "b:c"))).containsExactly("a (sealed), b (cache): bad");
  }

  // Catches: an intact sealed file beside a damaged cache that hides the intact cache elsewhere.
  @Test
  void aDamagedPartIsReplacedByAnotherStores() throws Exception {
    assertThat(all(stores("a:sc", "b:c"), "a (sealed), b (cache)"))
        .containsExactly("a: bad", "a (sealed), b (cache): intact");
    assertThat(all(stores("a:sc", "b:sc"), "b (sealed), a (cache)"))
        .containsExactly("a: bad", "b: bad", "b (sealed), a (cache): intact");
    assertThat(all(stores("a:sc", "b:sc"))).containsExactly("a: bad", "b: bad");
  }

  @Test
  void aPartBesideAWholeCopyOrOnItsOwnIsNamedAlone() throws Exception {
    assertThat(all(stores("a:sc", "b:s", "d:"), "a")).containsExactly("a: intact", "b: bad");
    assertThat(all(stores("a:s", "b:s"))).containsExactly("a: bad", "b: bad");
    assertThat(all(stores("a:"))).isEmpty();
  }

  @Test
  void theSearchForOneEndsWithTheFirstIntactCopy() throws Exception {
    assertThat(
            CopySearch.untilIntact(
                stores("a:sc-", "b:sc", "d:sc"), SECTOR, Replica.SEALED, at -> List.of()))
        .extracting(copy -> copy.at().names(), CopySearch.Copy::isIntact)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", false),
            org.assertj.core.groups.Tuple.tuple("b", true));
  }
}
