package io.reseal.cli.inputs;

import io.reseal.cli.arguments.SectorMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.intake.FactSheet;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome.Reported;
import io.reseal.problem.RefusedException;
import io.reseal.record.RuledOut;
import io.reseal.sector.SectorId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what each source reports about a sector. */
@Command(
    name = "facts",
    description = "Show what each source reports about a sector, and where sources differ.")
public final class FactsCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorMixin named;

  @Mixin private OutputMixin output;

  public FactsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    SectorId sector = named.id();
    try (Services services = shell.services()) {
      FactSheet sheet = new Intake(services.catalog().findings()).facts(sector);
      if (sheet.sources().isEmpty()) {
        throw new RefusedException(
            "No source has reported anything about sector %s: see reseal import --help."
                .formatted(sector));
      }
      output.print(shell.out(), sheet, () -> text(sheet));
    }
    return ExitStatus.DONE;
  }

  private static String text(FactSheet sheet) {
    Listing listing = new Listing();
    listing.line(
        0,
        "Sector %s%s:",
        sheet.sector().fileName(),
        sheet.recorded() ? "" : " (too little is known for a rebuild)");
    Table table = new Table("Fact", "", "Source", "Value");
    for (FactSheet.Line line : sheet.facts()) {
      boolean first = true;
      for (Reported reported : line.values()) {
        String mark = "";
        if (line.isRuledOut(reported.source())) {
          mark = "ignored";
        } else if (line.contradiction()) {
          mark = "DIFFERS";
        } else if (reported.source().equals(line.decidedFor())) {
          mark = "decided";
        }
        table.add(first ? line.fact() : "", mark, reported.source(), reported.value());
        first = false;
      }
    }
    listing.block(table.toString());
    RuledOut.sentences(sheet.facts().stream().flatMap(line -> line.ruledOut().stream()).toList())
        .forEach(sentence -> listing.line(0, "%s", sentence));
    for (FactSheet.Source source : sheet.sources()) {
      source.remarks().forEach(remark -> listing.line(0, "%s: %s", source.source(), remark));
    }
    return listing.toString();
  }
}
