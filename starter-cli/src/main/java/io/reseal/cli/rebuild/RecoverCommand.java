package io.reseal.cli.rebuild;

import io.reseal.cli.host.ScratchSource;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.problem.RefusedException;
import io.reseal.temporal.TemporalIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Continues the work that hosts have in scratch after Temporal or the catalog lost its database.
 */
@Command(
    name = "recover",
    description =
        "After Temporal's database, the catalog or both were lost or restored from an older backup:"
            + " find the work in the scratch of all hosts, restore what the catalog lacks, end what"
            + " Temporal no longer runs, and continue the rebuilds on the hosts that have the"
            + " work.")
public final class RecoverCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(names = "--dry-run", description = "Only say what would be done.")
  private boolean dryRun;

  @Option(
      names = "--temporal-was-lost",
      description =
          "Confirm that Temporal's database was lost: the catalog's unfinished rebuilds ran in"
              + " another Temporal than the one in the settings, and are ended.")
  private boolean lost;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = ScratchSource.FILE)
  private Path file;

  @Mixin private OutputMixin output;

  public RecoverCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try (Services services = shell.services()) {
      checkTemporal(services);
      List<Recovery> done =
          new Recover(services, shell.requester(), dryRun)
              .run(new ScratchSource(shell, services).rows(file));
      output.print(shell.out(), done, () -> text(done));
    }
    return ExitStatus.DONE;
  }

  /** A mistyped address or namespace must not end every rebuild. */
  private void checkTemporal(Services services) {
    Optional<String> here = services.temporal().identity().map(TemporalIdentity::toString);
    List<String> others =
        services.catalog().runs().temporalsOfUnfinished().stream()
            .filter(known -> here.isPresent() && !known.equals(here.get()))
            .toList();
    if (others.isEmpty() || lost) {
      return;
    }
    String sentence =
        "The catalog's unfinished rebuilds ran in another Temporal (%s) than the one at %s, namespace %s (%s). If the settings are wrong, correct them. If its database was lost, add --temporal-was-lost."
            .formatted(
                String.join(", ", others),
                services.temporal().address(),
                services.temporal().namespace(),
                here.get());
    if (!dryRun) {
      throw new RefusedException(sentence);
    }
    shell.say(sentence);
  }

  private String text(List<Recovery> done) {
    if (done.isEmpty()) {
      return "Nothing is to be recovered.%n".formatted();
    }
    Table table = new Table("Action", "Sector", "Host", dryRun ? "WouldBe" : "What");
    for (Recovery one : done) {
      table.add(one.action(), one.sector(), one.host(), one.sentence());
    }
    return table.toString();
  }
}
