package io.reseal.cli.report;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.cli.batch.BatchLookup;
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
      description =
          "Write one HTML page instead, for owner and insurer: what was lost, what is back and"
              + " proven, progress against plan and deadlines, money, what remains and why, work of"
              + " each host. It needs nothing else, and no script.")
  private Path html;

  @Mixin private OutputMixin output;

  public BatchReportCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      BatchRecord batch = BatchLookup.require(services.catalog(), name);
      if (html == null) {
        BatchReport report = BatchReport.of(services.catalog(), batch);
        output.print(shell.out(), report, report::text);
      } else {
        write(services.catalog(), batch);
        shell.line("%s written: open it in a browser.".formatted(html));
      }
    }
    return ExitStatus.DONE;
  }

  /** Writes the file completely or not at all. */
  private void write(Catalog catalog, BatchRecord batch) {
    Path target = html.toAbsolutePath();
    if (Files.isDirectory(target)) {
      throw new RefusedException("%s is a directory: name a file.".formatted(html));
    }
    Path half = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (Writer writer = Files.newBufferedWriter(half)) {
        page(catalog, batch, writer).write();
      }
      Files.move(half, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new RefusedException(
          "%s cannot be written: %s. Name a file in an existing, writable directory."
              .formatted(html, e.getMessage()));
    }
  }

  private static ReportPage page(Catalog catalog, BatchRecord batch, Writer writer) {
    long now = System.currentTimeMillis();
    BatchReport report =
        batch.sectors() <= StepTimelines.MOST
            ? BatchReport.of(catalog, batch)
            : BatchReport.withoutChanges(catalog, batch);
    TimeAxis worked = ReportPage.worked(report, now);
    HostWork work = new HostWork(worked);
    catalog.batches().eachChange(batch.name(), work);
    return new ReportPage(report, work, worked, writer, now);
  }
}
