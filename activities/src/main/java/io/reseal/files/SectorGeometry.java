package io.reseal.files;

import static io.reseal.sector.SectorSize.NODE_BYTES;

import io.reseal.sector.SectorSize;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Counts and exact sizes of the files of sealing for a sector size.
 *
 * @param sectorBytes bytes of the sealed file, the unsealed file and of each layer
 * @param layers labelled layers
 * @param subtrees files that tree C and tree R-last are cut into
 * @param discardedRows rows above the leaves that tree R-last's files leave out
 */
record SectorGeometry(long sectorBytes, int layers, int subtrees, int discardedRows) {

  static final long P_AUX_BYTES = 64;

  /** Of an unsealed copy that holds all of a sector, rounded up generously. */
  private static final long TRAILER_BYTES = 32;

  /** Room for records and for what is handed from step to step. */
  private static final long SMALL_BYTES = 1 << 20;

  /** Synthetic challenges of a sector with enough nodes. */
  private static final long MOST_SYNTHETIC_CHALLENGES = 1L << 18;

  /** Bytes of the largest sector's vanilla proof of one challenge. */
  private static final long SYNTHETIC_PROOF_BYTES = 43_288;

  static SectorGeometry of(SectorSize size) {
    return switch (size) {
      case KIB_2 -> new SectorGeometry(size.bytes(), size.layers(), 1, 1);
      case MIB_8, MIB_512 -> new SectorGeometry(size.bytes(), size.layers(), 1, 2);
      case GIB_32 -> new SectorGeometry(size.bytes(), size.layers(), 8, 2);
      case GIB_64 -> new SectorGeometry(size.bytes(), size.layers(), 16, 2);
    };
  }

  /** A binary tree over the data, root included. */
  long treeDBytes() {
    return 2 * sectorBytes - NODE_BYTES;
  }

  /** One of {@link #subtrees} files: a complete tree of arity 8 over its share of the columns. */
  long treeCBytes() {
    return NODE_BYTES * nodesOfArity8(leafRow());
  }

  /** One of {@link #subtrees} files: the same tree without its leaves and the discarded rows. */
  long treeRLastBytes() {
    return NODE_BYTES * nodesOfArity8(leafRow() - 1 - discardedRows);
  }

  /** File names of tree R-last: numbered from 0 if there are several. */
  List<String> treeRLastNames() {
    return names("sc-02-data-tree-r-last");
  }

  /** File names of tree C, likewise. */
  List<String> treeCNames() {
    return names("sc-02-data-tree-c");
  }

  private List<String> names(String stem) {
    return subtrees == 1
        ? List.of(stem + ".dat")
        : IntStream.range(0, subtrees).mapToObj(number -> stem + "-" + number + ".dat").toList();
  }

  /** Bytes of a type that stay when a sector is finished; t_aux is rounded up generously. */
  private long keptBytes(FileType type) {
    return switch (type) {
      case SEALED, UPDATE -> sectorBytes;
      case CACHE, UPDATE_CACHE -> subtrees * treeRLastBytes() + P_AUX_BYTES + 4096;
      case UNSEALED -> sectorBytes + TRAILER_BYTES;
    };
  }

  /** Files and directories that storing a type makes, those of its exchange included. */
  private long keptFiles(FileType type) {
    return switch (type) {
      case SEALED, UPDATE, UNSEALED -> 8;
      case CACHE, UPDATE_CACHE -> subtrees + 8L;
    };
  }

  /** The same for several types. */
  static long keptFiles(SectorSize size, Collection<FileType> types) {
    return types.stream().mapToLong(of(size)::keptFiles).sum();
  }

  private static long keptFiles(SectorKind kind) {
    return keptFiles(kind.proof().size(), kind.storedTypes());
  }

  /** Files and directories in scratch at the peak of a full rebuild, rounded up generously. */
  static long scratchFiles(SectorKind kind) {
    SectorGeometry geometry = of(kind.proof().size());
    return geometry.layers + 2L * geometry.subtrees + 32 + keptFiles(kind);
  }

  /** Bytes of several types that stay when a sector is finished. */
  static long keptBytes(SectorSize size, Collection<FileType> types) {
    return types.stream().mapToLong(of(size)::keptBytes).sum();
  }

  /**
   * Bytes of scratch at the peak of a full rebuild: those of sealing, of the synthetic proofs if
   * there are any, and of the update with its data and its tree D over a key that is still there.
   * Of a repair those of what proves each sealed form.
   */
  static long scratchBytes(SectorKind kind) {
    SectorGeometry geometry = of(kind.proof().size());
    if (kind.repaired()) {
      return SMALL_BYTES
          + kind.replicas().stream()
              .mapToLong(replica -> geometry.keptBytes(replica.cacheType()))
              .sum();
    }
    long bytes = geometry.sealingBytes();
    if (kind.proof().hasSyntheticProofs()) {
      bytes +=
          SYNTHETIC_PROOF_BYTES
              * Math.min(MOST_SYNTHETIC_CHALLENGES, geometry.sectorBytes / NODE_BYTES);
    }
    if (kind.replicas().contains(Replica.UPDATE)) {
      bytes +=
          geometry.sectorBytes
              + geometry.treeDBytes()
              + geometry.keptBytes(FileType.UPDATE)
              + geometry.keptBytes(FileType.UPDATE_CACHE);
    }
    return bytes;
  }

  /**
   * Bytes of scratch at the peak of sealing: data, replica, layers, all trees, and room for the
   * results handed from step to step.
   */
  private long sealingBytes() {
    long small = Math.max(SMALL_BYTES, sectorBytes / 256);
    return 2 * sectorBytes
        + layers * sectorBytes
        + treeDBytes()
        + subtrees * (treeCBytes() + treeRLastBytes())
        + small;
  }

  /** The row of a subtree that holds its leaves, counted from the root's row 0. */
  private int leafRow() {
    return Long.numberOfTrailingZeros(sectorBytes / NODE_BYTES / subtrees) / 3;
  }

  private static long nodesOfArity8(int lastRow) {
    return ((1L << (3 * (lastRow + 1))) - 1) / 7;
  }
}
