package io.reseal.bench;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.standin.Directories;
import io.reseal.standin.SlowPieceStore;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.Ports;
import io.reseal.up.UpRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A fresh embedded installation in a directory of its own, with a piece store whose speed the bench
 * sets.
 */
final class MeasuredInstallation implements AutoCloseable {

  /** Bytes that the piece store sends at a time. */
  private static final int STORE_BLOCK = 64 << 10;

  private final Shell shell;
  private final Path home;
  private final SlowPieceStore store;
  private final UpRequest request;

  /**
   * Nothing is started yet but the piece store.
   *
   * @param home its directory, which is empty
   */
  MeasuredInstallation(Shell shell, Path home) throws IOException {
    this.shell = shell;
    this.home = home;
    this.store = new SlowPieceStore(Bench.farPieces(home), STORE_BLOCK, (sent, rest, nanos) -> {});
    this.request = UpRequest.of(home, Ports.free(), "bench-host").withPieceStore(store.url());
  }

  /** Some measurements on a running installation. */
  interface Measurement {
    void on(Bench bench) throws IOException, SQLException;
  }

  /** Starts everything, measures, and stops everything. */
  void measure(Measurement measurement) throws IOException, SQLException {
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(request, shell.environment(), shell::say)) {
      Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "stop"));
      installation.start();
      try (Bench bench = new Bench(home, shell.environment(), this::run, shell::say, store)) {
        measurement.on(bench);
      }
    }
  }

  /** Adds sealing threads, each with its own scratch, until there are this many. */
  void addThreads(int count) throws IOException {
    StringBuilder threads = new StringBuilder();
    for (int thread = 1; thread < count; thread++) {
      Path scratch = Files.createDirectory(home.resolve("scratch-" + thread));
      threads.append(
          "%n[[sealing_thread]]%nlocation = \"%s\"%nplan = \"rebuild\"%n".formatted(scratch));
    }
    Path file = home.resolve("worker.toml");
    Files.writeString(file, Files.readString(file) + threads);
  }

  /** Removes the directory. */
  void remove() throws IOException {
    Directories.remove(home);
  }

  /** Runs a command; its output is shown only if it fails. */
  private Program.Answer run(String... arguments) {
    StringWriter output = new StringWriter();
    int status = shell.runOn(home, new PrintWriter(output), arguments);
    if (status != ExitStatus.DONE) {
      shell.say(output.toString().strip());
    }
    return new Program.Answer(status, output.toString());
  }

  @Override
  public void close() {
    store.close();
  }
}
