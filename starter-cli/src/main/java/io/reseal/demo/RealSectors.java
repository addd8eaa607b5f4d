package io.reseal.demo;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Two sectors that real Lotus miners sealed and proved on their chains: sector 2 of t01000, which
 * is empty, and sector 3 of t01001, whose two pieces have a filler between them.
 */
final class RealSectors {

  static final SectorId EMPTY = new SectorId(1000, 2);
  static final SectorId WITH_DATA = new SectorId(1001, 3);

  private static final Map<String, String> PIECES =
      Map.of(
          "piece1.bin", "baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky",
          "piece2.bin", "baga6ea4seaqbbvmkp5b5zyqyimtbuwmjs3ver55xayxtvi4ixtxyejxhgfqssmq");

  private RealSectors() {}

  /** Writes a sector's record, in the older system's form, for the import. */
  static Path writeRecord(SectorId sector, Path directory) {
    String name = "lotus-t0%d-%d.json".formatted(sector.miner(), sector.number());
    return write(name, directory.resolve(name));
  }

  static void writePieces(Path pieces) {
    PIECES.forEach((name, cid) -> write("t01001-3/" + name, pieces.resolve(cid)));
  }

  /** The files as they lay in the miner's storage; of sector 2 only CommR is known. */
  static KeptFiles kept(SectorId sector) {
    if (!sector.equals(WITH_DATA)) {
      return new KeptFiles(Map.of());
    }
    // t_aux is left out: it holds a path of the miner's own.
    return new KeptFiles(
        Map.of(
            KeptFiles.sealed(sector),
            bytes("t01001-3/sealed"),
            KeptFiles.cached(sector, "p_aux"),
            bytes("t01001-3/cache/p_aux"),
            KeptFiles.cached(sector, "sc-02-data-tree-r-last.dat"),
            bytes("t01001-3/cache/sc-02-data-tree-r-last.dat")));
  }

  static List<SectorId> all() {
    return List.of(EMPTY, WITH_DATA);
  }

  private static Path write(String resource, Path file) {
    try {
      return Files.write(file, bytes(resource));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String resource) {
    try (InputStream stream = RealSectors.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("The program lacks its resource " + resource + ".");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
