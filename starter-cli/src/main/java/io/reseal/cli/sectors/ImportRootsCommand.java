package io.reseal.cli.sectors;

import io.reseal.catalog.Catalog;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.core.CoreException;
import io.reseal.doctor.HostCore;
import io.reseal.exchange.RootsFile;
import io.reseal.inspection.RootsHash;
import io.reseal.intake.Learned;
import io.reseal.intake.Learned.LeftOut;
import io.reseal.intake.Learned.Reason;
import io.reseal.intake.RootsIntake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports the roots of trees that were exported. */
@Command(
    name = "import-roots",
    description = {
      "Import a file that `export-roots` has printed. Each row must give its CommR, and that must"
          + " be one that the catalog has for the sector. Rows of sectors whose CommR is not known"
          + " yet are kept, and count once it is.",
      "Exit status 0 if all rows are known now, 1 if some were left out."
    })
public final class ImportRootsCommand implements Callable<Integer> {

  /** Carries a failure of the core out of a reader that knows none. */
  private static final class CoreFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final CoreException cause;

    CoreFailure(CoreException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "FILE", description = "The exported file.")
  private Path file;

  @Option(names = "--strict", description = "Import nothing if any row would have to be left out.")
  private boolean strict;

  @Mixin private OutputMixin output;

  public ImportRootsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws CoreException {
    RootsHash<CoreException> core =
        HostCore.find(Optional.empty(), shell.environment()).rootsHash();
    Learned learned;
    try (Services services = shell.services()) {
      learned = strict ? strictly(services.catalog(), core) : read(services.catalog(), core);
    } catch (CoreFailure e) {
      throw e.cause;
    }
    LearnedText.sayLeftOut(shell, List.of(learned));
    boolean nothing = learned.learned() + learned.known() == 0;
    if (nothing && learned.leftOut().isEmpty()) {
      shell.say("%s has no rows: nothing was imported.".formatted(file));
      return ExitStatus.REFUSED;
    }
    if (strict && !learned.leftOut().isEmpty()) {
      shell.say("Nothing was imported (--strict).");
      return ExitStatus.REFUSED;
    }
    if (learned.unrecorded() > 0) {
      shell.say(
          "Rows of sectors whose CommR the catalog does not know yet: %,d. They count once it is imported (reseal import --help)."
              .formatted(learned.unrecorded()));
    }
    output.print(shell.out(), learned, () -> LearnedText.table(List.of(learned)));
    return learned.leftOut().isEmpty()
        ? ExitStatus.DONE
        : nothing ? ExitStatus.REFUSED : ExitStatus.FAILED;
  }

  private Learned read(Catalog catalog, RootsHash<CoreException> core) {
    RootsIntake<CoreException> intake = new RootsIntake<>(catalog, core, file.toString(), false);
    RootsFile.each(
        file, RootsIntake.AT_A_TIME, lines -> take(intake, lines), fault -> leave(intake, fault));
    return intake.result();
  }

  /** The file is read once: it may be a pipe. */
  private Learned strictly(Catalog catalog, RootsHash<CoreException> core) {
    List<List<RootsFile.Line>> all = new ArrayList<>();
    RootsIntake<CoreException> trial = new RootsIntake<>(catalog, core, file.toString(), true);
    RootsFile.each(
        file,
        RootsIntake.AT_A_TIME,
        lines -> {
          take(trial, lines);
          all.add(lines);
        },
        fault -> leave(trial, fault));
    if (!trial.result().leftOut().isEmpty()) {
      return trial.result();
    }
    RootsIntake<CoreException> intake = new RootsIntake<>(catalog, core, file.toString(), false);
    all.forEach(lines -> take(intake, lines));
    return intake.result();
  }

  private static void take(RootsIntake<CoreException> intake, List<RootsFile.Line> lines) {
    try {
      intake.takeRows(
          lines.stream().map(line -> new RootsIntake.Row(line.roots(), line.place())).toList());
    } catch (CoreException e) {
      throw new CoreFailure(e);
    }
  }

  private static void leave(RootsIntake<CoreException> intake, RootsFile.Fault fault) {
    intake.leaveOut(new LeftOut(null, Reason.UNREADABLE, fault.place(), fault.why()));
  }
}
