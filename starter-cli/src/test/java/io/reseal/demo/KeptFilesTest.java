package io.reseal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.demo.KeptFiles.Outcome;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison at the demo's end: that it would see a difference. */
class KeptFilesTest {

  private static final SectorId SECTOR = new SectorId(1001, 122);

  @TempDir Path store;

  private KeptFiles kept;

  @BeforeEach
  void sectorInTheStore() throws IOException {
    Files.createDirectories(store.resolve("sealed"));
    Files.createDirectories(store.resolve("cache/s-t01001-122"));
    Files.write(store.resolve(KeptFiles.sealed(SECTOR)), new byte[2048]);
    for (String name : new String[] {"p_aux", "t_aux", "sc-02-data-tree-r-last.dat"}) {
      Files.write(store.resolve(KeptFiles.cached(SECTOR, name)), new byte[64]);
    }
    kept = KeptFiles.read(store, SECTOR);
  }

  @Test
  void unchangedFilesAreIdentical() throws IOException {
    assertThat(kept.compare(store))
        .hasSize(4)
        .allMatch(file -> file.outcome() == Outcome.identical);
  }

  /** Fails when a comparison looks at sizes only. */
  @Test
  void oneFlippedBitIsSeen() throws IOException {
    byte[] sealed = new byte[2048];
    sealed[2047] = 1;
    Files.write(store.resolve(KeptFiles.sealed(SECTOR)), sealed);

    assertThat(kept.compare(store))
        .filteredOn(file -> file.outcome() == Outcome.DIFFERENT)
        .extracting(KeptFiles.Comparison::file)
        .containsExactly("sealed/s-t01001-122");
  }

  @Test
  void removedFilesAreMissingAndTheirDirectoryIsGone() throws IOException {
    kept.remove(store);

    assertThat(kept.compare(store)).allMatch(file -> file.outcome() == Outcome.MISSING);
    assertThat(store.resolve("cache/s-t01001-122")).doesNotExist();
    assertThat(store.resolve("sealed")).exists();
  }
}
