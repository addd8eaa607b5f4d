package io.reseal.cli.batch;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.problem.RefusedException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reports the outcome of each sector of a batch. */
@Command(name = "report", description = "Report the outcome of each sector of a batch.")
public final class BatchReportCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = "The batch's name.")
  private String name;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write an HTML page with a timeline of every sector's steps instead.")
  private Path html;

  @Mixin private OutputMixin output;

  public BatchReportCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    BatchReport report;
    try (Services services = shell.services()) {
      report = BatchReport.of(services.catalog(), BatchLookup.require(services.catalog(), name));
    }
    if (html == null) {
      output.print(shell.out(), report, report::text);
    } else {
      write(report);
      shell.line("%s written: open it in a browser.".formatted(html));
    }
    return ExitStatus.DONE;
  }

  /** Writes the file completely or not at all. */
  private void write(BatchReport report) {
    Path target = html.toAbsolutePath();
    if (Files.isDirectory(target)) {
      throw new RefusedException("%s is a directory: name a file.".formatted(html));
    }
    Path half = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (Writer writer = Files.newBufferedWriter(half)) {
        BatchHtml.write(report, writer, System.currentTimeMillis());
      }
      Files.move(half, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new RefusedException(
          "%s cannot be written: %s. Name a file in an existing, writable directory."
              .formatted(html, e.getMessage()));
    }
  }
}
