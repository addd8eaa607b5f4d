package io.reseal.fleet;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.core.CoreException;
import io.reseal.problem.RefusedException;
import io.reseal.standin.Directories;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.Ports;
import io.reseal.up.UpRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a fleet of simulated hosts. */
@Command(
    name = "bench-fleet",
    description =
        "Measure a fleet of simulated hosts: real workflows, queues and databases, steps that only"
            + " take time.")
public final class FleetCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(names = "--hosts", paramLabel = "N", defaultValue = "10")
  private int hosts;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Of each host.")
  private int threads;

  @Option(names = "--sectors", paramLabel = "N", defaultValue = "100")
  private int sectors;

  @Option(
      names = "--known",
      paramLabel = "N",
      defaultValue = "0",
      description = "Sectors in the catalog, if more than are rebuilt.")
  private int known;

  @Option(
      names = "--faster",
      paramLabel = "N",
      defaultValue = "1000",
      description = "By what the times of a sector of 32GiB are divided.")
  private int faster;

  @Option(
      names = "--idle",
      paramLabel = "DURATION",
      defaultValue = "20s",
      description = "How long a fleet without work is measured; default: 20s.")
  private Duration idle;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description =
          "Measure that much of the batch once every thread has finished a sector, and cancel the"
              + " rest.")
  private Duration part;

  @Option(
      names = "--restart",
      description = "Restart all workers at once instead of finishing the batch.")
  private boolean restart;

  @Option(
      names = "--services",
      paramLabel = "DIR",
      description =
          "The home directory of an installation whose Temporal and MariaDB run and have nothing"
              + " else to do; default: an embedded one.")
  private Path services;

  @Option(
      names = "--temporal-bytes",
      paramLabel = "COMMAND",
      description = "Prints how many bytes the database of that Temporal has.")
  private String temporalBytes;

  public FleetCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException, SQLException, CoreException {
    if (hosts < 1 || threads < 1 || sectors < 1 || faster < 1) {
      throw new RefusedException(
          "--hosts, --threads, --sectors and --faster must be 1 or more; nothing was measured.");
    }
    if (part != null && restart) {
      throw new RefusedException("--for and --restart exclude each other; nothing was measured.");
    }
    if (part != null && part.isZero()) {
      throw new RefusedException("--for must be longer than 0; nothing was measured.");
    }
    if (part != null && sectors < 2 * hosts * threads) {
      throw new RefusedException(
          "With --for, --sectors must be at least twice the number of threads, %d; nothing was"
                  .formatted(2 * hosts * threads)
              + " measured.");
    }
    if (services != null) {
      measure(services);
      return ExitStatus.DONE;
    }
    Path home = Files.createTempDirectory("reseal-fleet-home-");
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(
            UpRequest.of(home, Ports.free(), "real-host"), shell.environment(), shell::say)) {
      Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "stop"));
      installation.start();
      // Its only worker seals really, so it takes nothing.
      run(home, "worker", "-c", home.resolve("worker.toml").toString(), "pause", "-i", "0");
      measure(home);
    }
    Directories.remove(home);
    return ExitStatus.DONE;
  }

  private void measure(Path home) throws IOException, SQLException, CoreException {
    new FleetBench(
            home,
            words -> run(home, words),
            shell::say,
            Optional.ofNullable(temporalBytes).map(command -> List.of("sh", "-c", command)))
        .measure(
            new FleetBench.Size(
                hosts,
                threads,
                sectors,
                Math.max(known, 1),
                faster,
                idle,
                Optional.ofNullable(part),
                restart))
        .forEach((name, figure) -> shell.line("%-50s %s".formatted(name, figure)));
  }

  private String run(Path home, String... words) {
    StringWriter output = new StringWriter();
    int status = shell.runOn(home, new PrintWriter(output), words);
    if (status != ExitStatus.DONE) {
      throw new IllegalStateException(
          "%s ended with status %d: %s".formatted(String.join(" ", words), status, output));
    }
    return output.toString();
  }
}
