package io.reseal.cli.installation;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.demo.Demo;
import io.reseal.problem.RefusedException;
import io.reseal.standin.Directories;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.Ports;
import io.reseal.up.UpRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Demonstrates rebuilds of lost sectors in an installation of its own. */
@Command(
    name = "demo",
    description = "Lose sectors and rebuild them, in a fresh installation of its own.")
public final class DemoCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(names = "--keep", description = "Leave everything running at the end, until ctrl-C.")
  private boolean keep;

  public DemoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    boolean chosen = shell.hasChosenHome();
    Path home = chosen ? shell.embeddedHome() : Files.createTempDirectory("reseal-demo-");
    if (Files.exists(home.resolve("reseal.toml"))) {
      throw new RefusedException(
          "%s already contains an installation: give the demo a fresh directory.".formatted(home));
    }
    boolean same;
    try (Demo demo =
            new Demo(
                home, shell.environment(), arguments -> shell.runOn(home, arguments), shell::line);
        EmbeddedInstallation installation =
            new EmbeddedInstallation(
                UpRequest.of(home, Ports.free(), "demo-host").withPieceStore(demo.pieceStore()),
                shell.environment(),
                shell::line)) {
      Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "stop"));
      installation.start();
      installation.watch();
      same = demo.run();
      shell.line("");
      shell.line(
          same
              ? "All five sectors are back: CommR as recorded, and every lost file that is known,"
                  + " byte for byte."
              : "Something differs from what was lost: see above, and the logs in "
                  + home.resolve("logs"));
      if (keep) {
        shell.line("Everything is left running in %s; ctrl-C stops it.".formatted(home));
        installation.awaitEnd();
      } else {
        shell.line("To look around in the Web UI: make demo KEEP=1 (or reseal demo --keep).");
      }
    }
    if (same && !chosen && !keep) {
      Directories.remove(home);
    }
    return same ? ExitStatus.DONE : ExitStatus.FAILED;
  }
}
