package io.reseal.files;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Sectors of 2 KiB whose files have the right names and sizes and any bytes. */
final class TestSector {

  static final SectorId ID = new SectorId(1001, 123);
  static final SealProof PROOF = SealProof.KIB_2_V1_1;
  static final SectorKind KIND = new SectorKind(PROOF, false);
  static final SectorKind SNAPPED = new SectorKind(PROOF, true);

  static final Commitment COMM_R = commitment(7);

  private TestSector() {}

  /** Facts of a replica that the number stands for. */
  static SectorFacts facts(int replica) {
    return facts(ID, replica);
  }

  static SectorFacts facts(SectorId sector, int replica) {
    return SectorFactsBuilder.of(sector, commitment(0))
        .proof(PROOF)
        .replicaId(commitment(replica))
        .build();
  }

  static Commitment commitment(int filler) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) filler);
    return Commitment.of(bytes);
  }

  /**
   * Writes the kept files, their bytes drawn by the seed, their digests, and what PC2 leaves beside
   * them.
   */
  static SectorFiles write(Path base, long seed) throws IOException {
    return write(base, seed, KIND);
  }

  static SectorFiles write(Path base, long seed, SectorKind kind) throws IOException {
    SectorFiles files = new SectorFiles(base, ID);
    Random random = new Random(seed);
    for (SectorFiles.Kept kept : files.kept(kind)) {
      Files.createDirectories(kept.path().getParent());
      byte[] content = new byte[(int) kept.size().orElse(410)];
      random.nextBytes(content);
      Files.write(kept.path(), content);
    }
    Files.createDirectories(files.cacheDir());
    Files.write(files.layer(1), new byte[2048]);
    for (Replica replica : kind.replicas()) {
      KeptDigests.read(files, replica, kind.proof(), COMM_R).record();
    }
    return files;
  }

  /** Each file under a directory by its relative path; directories and links by what they are. */
  static Map<String, String> tree(Path top) {
    Map<String, String> tree = new TreeMap<>();
    if (!Files.exists(top)) {
      return tree;
    }
    try (Stream<Path> paths = Files.walk(top)) {
      paths
          .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .forEach(path -> tree.put(top.relativize(path).toString(), content(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tree;
  }

  /** Content of the kept files by their name under the base. */
  static Map<String, String> keptContent(SectorFiles files) {
    return keptContent(files, KIND);
  }

  static Map<String, String> keptContent(SectorFiles files, SectorKind kind) {
    Map<String, String> content = new TreeMap<>();
    for (SectorFiles.Kept kept : files.kept(kind)) {
      content.put(
          files.base(FileType.SEALED).relativize(kept.path()).toString(), content(kept.path()));
    }
    return content;
  }

  private static String content(Path path) {
    try {
      return Files.isSymbolicLink(path)
          ? "-> " + Files.readSymbolicLink(path)
          : Arrays.toString(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
