package io.reseal.cli.installation;

import io.reseal.cli.arguments.WorkerFile;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.doctor.Doctor;
import io.reseal.doctor.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what could stop a rebuild, before it does. */
@Command(
    name = "doctor",
    description = {
      "Look for everything that could stop a rebuild: this host's memory, core, disks and files,"
          + " Temporal, MariaDB, clocks.",
      "Changes nothing. Exit status 0 if there is no problem (warnings are none), else 1."
    })
public final class DoctorCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The host's worker.toml; default: worker.toml in the installation's directory, if there"
              + " is one.")
  private Path file;

  @Mixin private OutputMixin output;

  public DoctorCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Finding> findings =
        new Doctor(shell.home(), WorkerFile.find(shell, file), shell.environment()).examine();
    output.print(shell.out(), findings, () -> text(findings));
    return findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.problem)
        ? ExitStatus.FAILED
        : ExitStatus.DONE;
  }

  private static String text(List<Finding> findings) {
    Table table = new Table("Verdict", "What", "");
    findings.forEach(finding -> table.add(finding.verdict(), finding.subject(), finding.text()));
    return table.toString();
  }
}
