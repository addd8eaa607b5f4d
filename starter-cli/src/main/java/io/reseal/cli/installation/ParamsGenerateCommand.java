package io.reseal.cli.installation;

import io.reseal.cli.shell.Shell;
import io.reseal.doctor.HostCore;
import io.reseal.doctor.ParameterReport;
import io.reseal.sector.SectorSize;
import picocli.CommandLine.Command;

/** Generates Groth16 parameters for test sectors. */
@Command(
    name = "generate",
    description = {
      "Generate missing Groth16 parameters for sectors of 2KiB, 8MiB or 512MiB on this host.",
      "Those for 2KiB take 20 minutes of CPU time, 5 GB of memory and 1.1 GB of disk."
    })
public final class ParamsGenerateCommand extends ParamsCommand {

  public ParamsGenerateCommand(Shell shell) {
    super(shell);
  }

  @Override
  ParameterReport report(HostCore core, SectorSize size) throws Exception {
    return core.generateParameters(size, this::progress);
  }
}
