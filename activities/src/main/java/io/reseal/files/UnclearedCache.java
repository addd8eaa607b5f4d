package io.reseal.files;

import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a sector's cache directory has that other software removes once the sector is proven, and
 * that a rebuild can use; by nothing but the sizes of the files.
 *
 * @param files what is there, for people, e.g. {@code 11 of 11 layers, tree C}
 * @param bytes how much that is
 */
public record UnclearedCache(String files, long bytes) {

  /** Empty if there is nothing. */
  public static Optional<UnclearedCache> of(SectorFiles files, SealProof proof) {
    List<String> names = new ArrayList<>();
    long bytes = 0;
    List<SectorFiles.Kept> layers = whole(files.layers(proof));
    if (!layers.isEmpty()) {
      names.add("%d of %d layers".formatted(layers.size(), proof.size().layers()));
      bytes += size(layers);
    }
    List<SectorFiles.Kept> treeC = files.treeC(proof);
    if (whole(treeC).size() == treeC.size()) {
      names.add("tree C");
      bytes += size(treeC);
    }
    List<SectorFiles.Kept> treeD = whole(List.of(files.treeD(proof)));
    if (!treeD.isEmpty()) {
      names.add("tree D");
      bytes += size(treeD);
    }
    if (Files.isRegularFile(files.commit1Output())) {
      names.add(files.commit1Output().getFileName().toString());
      bytes += sizeOfCommit1(files);
    }
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(new UnclearedCache(String.join(", ", names), bytes));
  }

  private static List<SectorFiles.Kept> whole(List<SectorFiles.Kept> files) {
    return files.stream().filter(SectorFiles.Kept::isWhole).toList();
  }

  private static long size(List<SectorFiles.Kept> files) {
    return files.stream().mapToLong(file -> file.size().orElse(0)).sum();
  }

  private static long sizeOfCommit1(SectorFiles files) {
    try {
      return Files.size(files.commit1Output());
    } catch (IOException e) {
      return 0;
    }
  }
}
