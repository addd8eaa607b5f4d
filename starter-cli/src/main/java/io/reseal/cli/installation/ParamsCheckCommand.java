package io.reseal.cli.installation;

import io.reseal.cli.shell.Shell;
import io.reseal.doctor.HostCore;
import io.reseal.doctor.ParameterReport;
import io.reseal.sector.SectorSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks the Groth16 parameters of this host. */
@Command(
    name = "check",
    description = "Check names, sizes and digests of the Groth16 parameters on this host.")
public final class ParamsCheckCommand extends ParamsCommand {

  @Option(
      names = "--quick",
      description =
          "Check only names and sizes, without reading the files (45 GiB for 32GiB sectors).")
  private boolean quick;

  public ParamsCheckCommand(Shell shell) {
    super(shell);
  }

  @Override
  ParameterReport report(HostCore core, SectorSize size) throws Exception {
    return core.checkParameters(size, !quick);
  }
}
