package io.reseal.cli.host;

import io.reseal.catalog.ScratchRow;
import io.reseal.cli.arguments.SectorMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.HostCommand;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import io.reseal.worker.LocalScratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes a sector's scratch files from a host, because a person decided so. */
@Command(
    name = "remove",
    description =
        "Remove a sector's files from the scratch of a host; refused while a rebuild has them.")
public final class ScratchRemoveCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorMixin sector;

  @Option(names = "--host", paramLabel = "NAME", description = "The host, if several have some.")
  private String host;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Remove them on this host, whose worker.toml this is; its worker need not run.")
  private Path file;

  public ScratchRemoveCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try (Services services = shell.services()) {
      if (file == null) {
        shell.line(command(services, named(services)));
        return ExitStatus.DONE;
      }
      LocalScratch local = new ScratchSource(shell, services).local(file);
      if (local.isInUse()) {
        shell.line(command(services, WorkerConfig.load(file).name()));
      } else {
        shell.line(
            "The scratch of %s was removed from %s."
                .formatted(sector.id(), String.join(" and ", local.remove(sector.id()))));
      }
    }
    return ExitStatus.DONE;
  }

  private String named(Services services) {
    if (host != null) {
      return new KnownHosts(services.catalog()).named(host);
    }
    SectorId id = sector.id();
    List<String> hosts =
        services.catalog().scratch().all().stream()
            .filter(row -> id.equals(row.sector()))
            .map(ScratchRow::host)
            .distinct()
            .toList();
    if (hosts.size() == 1) {
      return hosts.get(0);
    }
    throw new RefusedException(
        hosts.isEmpty()
            ? "No host has reported scratch files of sector %s.".formatted(id)
            : "Several hosts have scratch files of sector %s: name one with --host (%s)."
                .formatted(id, String.join(", ", hosts)));
  }

  private String command(Services services, String name) {
    return new HostCommands(services)
        .send(
            new HostCommand(
                name,
                HostCommand.Kind.REMOVE_SCRATCH,
                null,
                false,
                shell.requester(),
                sector.id()));
  }
}
