package io.reseal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts the files that a replica's directory in a store lacks next to those it has, in one {@link
 * Exchange}. Files that are in place with the right bytes are only read. A file with other bytes is
 * set aside.
 */
final class Supplement {

  /** Fails if the directory is not the store that it was. */
  interface Guard {
    void check() throws IOException;
  }

  private final OwnDirectory own;
  private final Durable durable;
  private final SectorFiles target;
  private final FileType type;
  private final Map<Path, String> files;
  private final Guard guard;

  /**
   * @param type the directory's type
   * @param files the files that it should have, each with its SHA-256; they are copied
   */
  Supplement(
      OwnDirectory own, SectorFiles target, FileType type, Map<Path, String> files, Guard guard) {
    this.own = own;
    this.durable = own.durable();
    this.target = target;
    this.type = type;
    this.files = Map.copyOf(files);
    this.guard = guard;
  }

  /**
   * Does the remaining work as the highest attempt; returns the names of the files it put there.
   */
  List<String> run(FenceDirectory fences, Fence fence) throws IOException {
    fences.claim(fence);
    try {
      List<Exchange> earlier = Exchange.of(own, target);
      fences.check(fence);
      for (Exchange exchange : earlier) {
        exchange.settle();
      }
      List<Path> missing = missing();
      if (!missing.isEmpty()) {
        exchange(missing, fences, fence);
      }
      own.removeIncomingIfEmpty(target.sector());
      fences.check(fence);
      return missing.stream().map(file -> file.getFileName().toString()).toList();
    } catch (SupersededException e) {
      throw e;
    } catch (IOException e) {
      throw fences.reason(fence, e);
    }
  }

  private List<Path> missing() throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path file : files.keySet().stream().sorted().toList()) {
      if (!KeptDigests.has(target.at(type).resolve(file.getFileName()), files.get(file))) {
        missing.add(file);
      }
    }
    return missing;
  }

  private void exchange(List<Path> missing, FenceDirectory fences, Fence fence) throws IOException {
    Exchange exchange = Exchange.open(own, target, fence);
    try {
      // A higher attempt either finds this exchange or is found here.
      fences.check(fence);
      // The exchange's directory is on that disk from now on, or every rename fails.
      guard.check();
      Path fresh = makeFresh(exchange);
      for (Path file : missing) {
        bringIn(file, fresh.resolve(file.getFileName()));
      }
      exchange.carryOut();
    } catch (IOException | RuntimeException e) {
      try {
        exchange.discard();
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }

  /** A directory that is missing is brought in as a whole. */
  private Path makeFresh(Exchange exchange) throws IOException {
    if (Files.isDirectory(target.at(type))) {
      return exchange.makeFreshFiles(type);
    }
    durable.makeNewDirectory(exchange.fresh(type));
    return exchange.fresh(type);
  }

  private void bringIn(Path file, Path fresh) throws IOException {
    String copied = durable.copy(file, fresh, bytes -> {});
    if (!copied.equals(files.get(file))) {
      throw new IOException(
          "%s changed after it was made; this host's memory or disk may be failing."
              .formatted(file));
    }
  }
}
