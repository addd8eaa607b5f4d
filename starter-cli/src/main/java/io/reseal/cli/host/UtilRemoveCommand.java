package io.reseal.cli.host;

import io.reseal.catalog.ThreadRow;
import io.reseal.cli.scrub.Tours;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.problem.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes a host that is gone for good from the lists. */
@Command(
    name = "remove",
    description =
        "Remove a host that is gone for good from the lists, and end the scheduled checks of its"
            + " stores; the histories keep what it did. It returns as soon as its worker runs"
            + " again.")
public final class UtilRemoveCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = ThreadTexts.HOST)
  private String host;

  public UtilRemoveCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      String name = new KnownHosts(services.catalog()).named(host);
      List<ThreadRow> threads = services.catalog().threads().ofHost(name);
      Optional<Instant> seen = HostReports.lastSeen(threads);
      if (seen.isPresent() && !HostReports.isOld(Duration.between(seen.get(), Instant.now()))) {
        throw new RefusedException(
            "%s reported within the last minute, so its worker is running. To take it out of service: reseal util worker drain %s"
                .formatted(name, name));
      }
      // First, because the catalog says which stores it had: if this fails, it can be repeated.
      List<String> checked = Tours.end(services, services.catalog().stores().ofHost(name));
      services.catalog().hosts().remove(name);
      if (!checked.isEmpty()) {
        shell.say(
            "The scheduled checks of its stores have ended: %s."
                .formatted(String.join(", ", checked)));
      }
      threads.stream()
          .filter(thread -> thread.sector() != null)
          .forEach(
              thread ->
                  shell.say(
                      "%s was in progress there; its rebuild starts again on another host."
                          .formatted(thread.sector())));
      shell.line(name + " was removed from the lists.");
    }
    return ExitStatus.DONE;
  }
}
