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
 * Puts one sealed sector's kept files in their place in a store, in one {@link Exchange}: all are
 * copied and read back first; then, part by part, the older one is renamed away and the new one
 * renamed into place.
 *
 * <p>At any time an older copy is in its place or set aside, and what is in place is either an
 * unchanged older copy or the complete new one.
 */
final class Placement {

  /**
   * A replica's file or its directory.
   *
   * @param kind the folder it belongs in, e.g. {@code sealed}
   * @param files the source files
   * @param from the source's file or directory
   * @param place where it belongs
   */
  private record Part(String kind, List<Path> files, Path from, Path place) {

    /** A file's path in a tree other than the source's. */
    Path in(Path tree, Path file) {
      return file.equals(from) ? tree : tree.resolve(file.getFileName());
    }
  }

  private final OwnDirectory own;
  private final Durable durable;
  private final SectorFiles source;
  private final SectorFiles target;
  private final List<Part> parts;

  Placement(OwnDirectory own, SectorFiles source, SectorFiles target, SectorKind kind) {
    this.own = own;
    this.durable = own.durable();
    this.source = source;
    this.target = target;
    this.parts =
        kind.replicas().stream()
            .flatMap(
                replica ->
                    Stream.of(
                        new Part(
                            replica.dataKind(),
                            List.of(source.data(replica)),
                            source.data(replica),
                            target.data(replica)),
                        new Part(
                            replica.cacheKind(),
                            source.keptCache(replica, kind.proof()).stream()
                                .map(SectorFiles.Kept::path)
                                .toList(),
                            source.cacheDir(replica),
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

  /** Does the remaining work as the highest attempt; returns the bytes of all files. */
  long run(Fence fence, CopyProgress progress) throws IOException {
    FenceDirectory fences = own.fence(source.sector());
    try {
      fences.claim(fence);
      settle(fences, fence);
      exchange(fences, fence, progress);
      for (Part part : parts) {
        // Also if a killed attempt renamed this part without syncing it to disk.
        durable.syncDirectory(part.place().getParent());
      }
      own.removeIncomingIfEmpty(source.sector());
    } catch (SupersededException e) {
      throw e;
    } catch (IOException e) {
      throw fences.reason(fence, e);
    }
    fences.check(fence);
    return bytes(parts);
  }

  /** Ends what earlier attempts began. Those listed before the check are lower ones. */
  private void settle(FenceDirectory fences, Fence fence) throws IOException {
    List<Exchange> earlier = Exchange.of(own, target);
    fences.check(fence);
    for (Exchange exchange : earlier) {
      exchange.settle();
    }
  }

  private void exchange(FenceDirectory fences, Fence fence, CopyProgress progress)
      throws IOException {
    List<Part> missing = new ArrayList<>();
    for (Part part : parts) {
      if (!isInPlace(part)) {
        missing.add(part);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    Exchange exchange = Exchange.open(own, target, fence);
    try {
      // A higher attempt either finds this exchange or is found here.
      fences.check(fence);
      LongConsumer handled = counter(progress, 2 * bytes(missing));
      for (Part part : missing) {
        bringIn(part, exchange.fresh(part.kind()), handled);
      }
      exchange.carryOut();
    } catch (IOException | RuntimeException e) {
      discard(exchange, e);
      throw e;
    }
  }

  private static void discard(Exchange exchange, Exception failure) {
    try {
      exchange.discard();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void bringIn(Part part, Path fresh, LongConsumer handled) throws IOException {
    if (Files.isDirectory(part.from())) {
      durable.makeNewDirectory(fresh);
    }
    for (Path file : part.files()) {
      durable.copy(file, part.in(fresh, file), handled);
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
