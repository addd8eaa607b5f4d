package io.reseal.cli.installation;

import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.doctor.CheckResult;
import io.reseal.doctor.Doctor;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reports what could stop a rebuild, before it does. */
@Command(
    name = "doctor",
    description = {
      "Check everything that could stop a rebuild: this host's memory, core, disks and files,"
          + " Temporal, MariaDB, clocks.",
      "Changes nothing. Exit status 0 if there are no problems (warnings do not count), otherwise"
          + " 1."
    })
public final class DoctorCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private WorkerFileMixin worker;

  @Mixin private OutputMixin output;

  @Option(
      names = "--measure",
      description =
          "Also measure how fast this host labels and how fast its scratch disks write, and tell"
              + " how long a lost disk takes; up to a minute, on a host that does nothing else.")
  private boolean measures;

  public DoctorCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<CheckResult> findings =
        new Doctor(shell.home(), worker.find(shell), shell.environment(), measures).examine();
    output.print(shell.out(), findings, () -> text(findings));
    return findings.stream().anyMatch(finding -> finding.verdict() == CheckResult.Verdict.problem)
        ? ExitStatus.FAILED
        : ExitStatus.DONE;
  }

  private static String text(List<CheckResult> findings) {
    Table table = new Table("Verdict", "What", "");
    findings.forEach(finding -> table.add(finding.verdict(), finding.subject(), finding.text()));
    return table.toString();
  }
}
