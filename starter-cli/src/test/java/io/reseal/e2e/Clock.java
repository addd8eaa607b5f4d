package io.reseal.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The time of day as a worker's JVM sees it, which can jump. The monotonic clock stays as it is, as
 * it does when an administrator or NTP sets the time.
 */
final class Clock {

  private final Path offset;

  private Clock(Path offset) {
    this.offset = offset;
  }

  /** Gives a worker such a clock from its next start; empty if libfaketime is not installed. */
  static Optional<Clock> of(ManagedProcess worker, Path offset) {
    return library()
        .map(
            library -> {
              Clock clock = new Clock(offset);
              clock.jump(Duration.ZERO);
              worker.environment("LD_PRELOAD", library.toString());
              worker.environment("FAKETIME_TIMESTAMP_FILE", offset.toString());
              worker.environment("FAKETIME_CACHE_DURATION", "1");
              worker.environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
              // Otherwise each timed wait on the monotonic clock ends at once, and threads spin.
              worker.environment("FAKETIME_FORCE_MONOTONIC_FIX", "0");
              worker.environment("NO_FAKE_STAT", "1");
              return clock;
            });
  }

  /** Takes it away again. */
  static void remove(ManagedProcess worker) {
    worker.environment("LD_PRELOAD", null);
  }

  private static Optional<Path> library() {
    try (Stream<Path> architectures = Files.list(Path.of("/usr/lib"))) {
      return architectures
          .map(directory -> directory.resolve("faketime/libfaketimeMT.so.1"))
          .filter(Files::exists)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How far it is from the true time, a second from now at the latest. */
  void jump(Duration fromTruth) {
    try {
      Path next =
          Files.writeString(offset.resolveSibling(offset.getFileName() + ".new"), text(fromTruth));
      Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Duration fromTruth) {
    return "%+d%n".formatted(fromTruth.toSeconds());
  }
}
