package io.reseal.cli.installation;

import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.doctor.HostCore;
import io.reseal.doctor.ParameterReport;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorSize;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the two commands about Groth16 parameters share. */
abstract class ParamsCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--size",
      required = true,
      paramLabel = "SIZE",
      converter = Size.class,
      description = "Sector size: 2KiB, 8MiB, 512MiB, 32GiB or 64GiB.")
  private SectorSize size;

  @Mixin private WorkerFileMixin worker;

  @Mixin private OutputMixin output;

  ParamsCommand(Shell shell) {
    this.shell = shell;
  }

  /** Reads {@code 2KiB}. */
  static final class Size implements ITypeConverter<SectorSize> {
    @Override
    public SectorSize convert(String text) {
      try {
        return SectorSize.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  abstract ParameterReport report(HostCore core, SectorSize size) throws Exception;

  /** Shows progress. */
  void progress(String text) {
    shell.say(text);
  }

  @Override
  public Integer call() throws Exception {
    HostCore core = HostCore.find(worker.find(shell).map(WorkerConfig::load), shell.environment());
    ParameterReport report;
    try {
      report = report(core, size);
    } catch (CoreException e) {
      if (e.code() == CoreCode.INVALID_REQUEST) {
        throw new RefusedException(e.getMessage());
      }
      throw e;
    }
    output.print(shell.out(), report, () -> text(report));
    return report.usable() ? ExitStatus.DONE : ExitStatus.FAILED;
  }

  private static String text(ParameterReport report) {
    Table table = new Table("File", "State", "Bytes", "Expected");
    for (ParameterReport.File file : report.files()) {
      table.add(file.name(), file.state(), file.bytes(), file.expectedBytes());
    }
    StringBuilder text =
        new StringBuilder(
            "Parameters for seal proofs of %s sectors in %s:%n%n"
                .formatted(report.size(), report.directory()));
    text.append(table).append('\n');
    report.files().stream()
        .map(ParameterReport.File::message)
        .flatMap(message -> Optional.ofNullable(message).stream())
        .forEach(message -> text.append(sentence(message)).append('\n'));
    if (!report.usable() && report.canBeGenerated()) {
      text.append("To generate them: reseal params generate --size ")
          .append(report.size())
          .append('\n');
    }
    if (!report.usable() && !report.canBeGenerated()) {
      text.append(
          """
          The miner's software keeps them in the directory named by its FIL_PROOFS_PARAMETER_CACHE, by default
          /var/tmp/filecoin-proof-parameters. Name that directory in worker.toml: [native] parameter_cache.
          """);
    }
    return text.toString();
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}
