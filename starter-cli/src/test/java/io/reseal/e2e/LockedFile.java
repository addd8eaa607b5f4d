package io.reseal.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A lock on a file, of the kind stage processes take: as long as it lasts each stage of the sector
 * ends at once with {@code Busy} and is retried, so that its rebuild stands still.
 */
final class LockedFile implements AutoCloseable {

  private final Process process;

  LockedFile(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    process = new ProcessBuilder("flock", "--no-fork", "-x", file.toString(), "cat").start();
    Writer stdin = process.outputWriter(StandardCharsets.US_ASCII);
    stdin.write("held\n");
    stdin.flush();
    // The program that answers runs only once the lock is held.
    BufferedReader stdout = process.inputReader(StandardCharsets.US_ASCII);
    if (!"held".equals(stdout.readLine())) {
      throw new IOException("The lock on " + file + " could not be had.");
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
