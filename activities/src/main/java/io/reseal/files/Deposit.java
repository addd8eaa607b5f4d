package io.reseal.files;

import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Puts those of a sealed sector's kept files that go into one store in their place there, in one
 * {@link Exchange}: all are copied and read back first; then, part by part, the older one is
 * renamed away and the new one renamed into place.
 *
 * <p>At any time an older copy is in its place or set aside, and what is in place is either an
 * unchanged older copy or the complete new one.
 */
final class Deposit {

  /**
   * A replica's file or its directory.
   *
   * @param type the type that it is
   * @param files the source files
   * @param digests the digests of their copies
   * @param from the source's file or directory
   * @param place where it belongs
   */
  private record Part(
      FileType type, List<Path> files, RecordedDigests digests, Path from, Path place) {

    /** A file's path in a tree other than the source's. */
    Path in(Path tree, Path file) {
      return file.equals(from) ? tree : tree.resolve(file.getFileName());
    }
  }

  /** Fails if the directory is not the store that it was. */
  interface Guard {
    void check() throws IOException;
  }

  private final OwnDirectory own;
  private final Durable durable;
  private final SectorFiles source;
  private final SectorFiles target;
  private final SectorKind kind;
  private final Guard guard;
  private final List<Part> parts;

  /**
   * @param kind what the sector's files are
   * @param types which types of them
   */
  Deposit(
      OwnDirectory own,
      SectorFiles source,
      SectorFiles target,
      SectorKind kind,
      Collection<FileType> types,
      Guard guard)
      throws IOException {
    this.kind = kind;
    this.guard = guard;
    this.own = own;
    this.durable = own.durable();
    this.source = source;
    this.target = target;
    this.parts = new ArrayList<>();
    SealProof proof = kind.proof();
    for (Replica replica : Replica.values()) {
      if (types.contains(replica.dataType())) {
        add(replica.dataType(), digests(replica, proof), List.of(source.data(replica)));
      }
      if (types.contains(replica.cacheType())) {
        add(
            replica.cacheType(),
            digests(replica, proof),
            source.keptCache(replica, proof).stream().map(SectorFiles.Kept::path).toList());
      }
    }
    if (types.contains(FileType.UNSEALED)) {
      addUnsealed(kind.unsealed().orElseThrow());
    }
  }

  private void add(FileType type, RecordedDigests digests, List<Path> files) {
    parts.add(new Part(type, files, digests, source.at(type), target.at(type)));
  }

  private void addUnsealed(Replica replica) throws IOException {
    Path data = source.unsealed(replica);
    UnsealedDigest digest =
        UnsealedDigest.find(source, replica)
            .orElseThrow(
                () ->
                    new IncompleteSectorException(
                        List.of("the digest of %s is missing".formatted(data))));
    FileType type = FileType.UNSEALED;
    parts.add(new Part(type, List.of(data), digest, data, target.at(type)));
  }

  /** What follows the last byte of a part's file in the store. */
  private byte[] tail(Part part) {
    return part.type() == FileType.UNSEALED
        ? UnsealedTrailer.whole(kind.proof().size())
        : new byte[0];
  }

  private KeptDigests digests(Replica replica, SealProof proof) throws IOException {
    return KeptDigests.find(source, replica, proof)
        .orElseThrow(
            () ->
                new IncompleteSectorException(
                    List.of(source.cacheDir(replica).resolve(KeptDigests.FILE) + " is missing")));
  }

  /** Whether all that is in place has the bytes that were recorded when they were made. */
  boolean isDone() throws IOException {
    for (Part part : parts) {
      if (!isInPlace(part)) {
        return false;
      }
    }
    return true;
  }

  /** Does the remaining work as the highest attempt; returns the bytes of all files. */
  long run(FenceDirectory fences, Fence fence, CopyProgress progress) throws IOException {
    fences.claim(fence);
    try {
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
      // The exchange's directory is on that disk from now on, or every rename fails.
      guard.check();
      LongConsumer handled = counter(progress, 2 * bytes(missing));
      for (Part part : missing) {
        bringIn(part, exchange.fresh(part.type()), handled);
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
      part.digests().check(file, durable.copy(file, tail(part), part.in(fresh, file), handled));
    }
  }

  private static boolean isInPlace(Part part) throws IOException {
    for (Path file : part.files()) {
      if (!part.digests().isCopy(file, part.in(part.place(), file))) {
        return false;
      }
    }
    return true;
  }

  private long bytes(List<Part> parts) throws IOException {
    long bytes = 0;
    for (Part part : parts) {
      for (Path file : part.files()) {
        bytes += Files.size(file) + tail(part).length;
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
