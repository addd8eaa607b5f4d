package io.reseal.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Puts one sealed sector's kept files in their place in a store: all are copied and read back
 * first; then, part by part, the older one is renamed away and the new one renamed into place.
 *
 * <p>At any time an older copy is in its place or kept aside, and what is in place is either an
 * unchanged older copy or the complete new one.
 */
final class Placement {

  /**
   * A replica's file or its directory.
   *
   * @param kind the folder it belongs in, e.g. {@code sealed}
   * @param files the source files
   * @param from the source's file or directory
   * @param incoming where it is copied to first
   * @param place where it belongs
   */
  private record Part(String kind, List<Path> files, Path from, Path incoming, Path place) {

    /** A file's path in a tree other than the source's. */
    Path in(Path tree, Path file) {
      return file.equals(from) ? tree : tree.resolve(file.getFileName());
    }
  }

  private final OwnDirectory own;
  private final Durable durable;
  private final SectorFiles source;
  private final String runId;
  private final List<Part> parts;

  Placement(
      OwnDirectory own, SectorFiles source, SectorFiles target, SectorKind kind, String runId) {
    this.own = own;
    this.durable = own.durable();
    this.source = source;
    this.runId = runId;
    Path incoming = own.incoming(source.sector());
    this.parts =
        kind.replicas().stream()
            .flatMap(
                replica ->
                    Stream.of(
                        new Part(
                            replica.dataKind(),
                            List.of(source.data(replica)),
                            source.data(replica),
                            incoming.resolve(replica.dataKind()),
                            target.data(replica)),
                        new Part(
                            replica.cacheKind(),
                            source.keptCache(replica, kind.proof()).stream()
                                .map(SectorFiles.Kept::path)
                                .toList(),
                            source.cacheDir(replica),
                            incoming.resolve(replica.cacheKind()),
                            target.cacheDir(replica))))
            .toList();
  }

  /** Whether all that is in place equals the source. */
  boolean isDone() throws IOException {
    for (Part part : parts) {
      if (!isInPlace(part)) {
        return false;
      }
    }
    return true;
  }

  /** Does the remaining work; returns the bytes of all files. */
  long run(CopyProgress progress) throws IOException {
    List<Part> missing = new ArrayList<>();
    for (Part part : parts) {
      if (!isInPlace(part)) {
        missing.add(part);
      }
    }
    Path incoming = own.incoming(source.sector());
    durable.deleteTree(incoming);
    LongConsumer handled = counter(progress, 2 * bytes(missing));
    for (Part part : missing) {
      bringIn(part, handled);
    }
    for (Part part : missing) {
      makeRoom(part);
      durable.rename(part.incoming(), part.place());
    }
    for (Part part : parts) {
      // Also if a killed attempt renamed this part without syncing it to disk.
      durable.syncDirectory(part.place().getParent());
    }
    durable.deleteTree(incoming);
    return bytes(parts);
  }

  private void bringIn(Part part, LongConsumer handled) throws IOException {
    for (Path file : part.files()) {
      Path copy = part.in(part.incoming(), file);
      durable.makeDirectory(copy.getParent());
      durable.copy(file, copy, handled);
    }
  }

  private void makeRoom(Part part) throws IOException {
    durable.makeDirectory(part.place().getParent());
    if (SectorFiles.exists(part.place())) {
      Path kept = own.newKept(source.sector(), part.kind(), runId);
      durable.makeDirectory(kept.getParent());
      durable.rename(part.place(), kept);
    }
  }

  private static boolean isInPlace(Part part) throws IOException {
    for (Path file : part.files()) {
      if (!isSame(file, part.in(part.place(), file))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(Path file, Path other) throws IOException {
    if (!Files.isRegularFile(other)) {
      return false;
    }
    try {
      return Files.mismatch(file, other) < 0;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      // A copy that cannot be read counts as different.
      return false;
    }
  }

  private static long bytes(List<Part> parts) throws IOException {
    long bytes = 0;
    for (Part part : parts) {
      for (Path file : part.files()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static LongConsumer counter(CopyProgress progress, long total) {
    long[] done = {0};
    return bytes -> {
      done[0] += bytes;
      progress.at(done[0], total);
    };
  }
}
