package io.reseal.cli.sectors;

import io.reseal.catalog.Catalog;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.exchange.DamoclesReader;
import io.reseal.problem.RefusedException;
import io.reseal.record.Arithmetic;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.RuledOut;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports a sector's record in damocles' format into the catalog. */
@Command(
    name = "import-json",
    description = "Import a sector's record in damocles' format into the catalog.")
public final class ImportJsonCommand implements Callable<Integer> {

  /**
   * What was done with a record.
   *
   * @param sector whose
   * @param done whether it was taken in; else it was only shown
   * @param replaces whether a record was there before
   */
  public record Import(SectorId sector, boolean done, boolean replaces) {}

  private final Shell shell;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "One sector's state, as printed by `state export-json`.")
  private Path file;

  @Option(names = "--really-do-it", description = "Without it nothing is changed, only shown.")
  private boolean reallyDoIt;

  @Option(names = "--override", description = "Replace the record that is there.")
  private boolean override;

  @Mixin private OutputMixin output;

  public ImportJsonCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    SectorRecord sector = DamoclesReader.record(file);
    refuseWhatCannotBe(sector);
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      boolean there = catalog.sectors().find(sector.id()).isPresent();
      if (there && !override) {
        throw new RefusedException(
            "Sector %s is in the catalog already and was not imported: add --override to replace its record."
                .formatted(sector.id()));
      }
      if (!reallyDoIt) {
        output.print(
            shell.out(),
            new Import(sector.id(), false, there),
            () ->
                new StatePage(
                        StateCommand.SectorState.of(
                            sector, List.of(), List.of(), List.of(), List.of(), null))
                    .text());
        shell.say(
            "Nothing was changed. To %s, add --really-do-it."
                .formatted(
                    there ? "replace the catalog's record with this one" : "import this sector"));
        return ExitStatus.DONE;
      }
      if (there) {
        catalog.sectors().replace(sector);
      } else {
        catalog.sectors().add(sector);
      }
      output.print(
          shell.out(),
          new Import(sector.id(), true, there),
          () -> "%s: %s%n".formatted(sector.id(), there ? "record replaced" : "taken in"));
    }
    return ExitStatus.DONE;
  }

  private void refuseWhatCannotBe(SectorRecord sector) {
    List<RuledOut> ruledOut =
        new Arithmetic(new Known(Optional.empty(), List.of(Findings.of(sector)), List.of()))
            .ruledOut();
    if (!ruledOut.isEmpty()) {
      throw new RefusedException(
          "The record of sector %s in %s cannot be right, and was not imported. %s Use `reseal import damocles %s`, which imports the rest of it."
              .formatted(sector.id(), file, String.join(" ", RuledOut.sentences(ruledOut)), file));
    }
  }
}
