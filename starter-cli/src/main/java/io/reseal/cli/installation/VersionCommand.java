package io.reseal.cli.installation;

import io.reseal.catalog.Catalog;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.ProgramVersion;
import io.reseal.core.ChosenCore;
import io.reseal.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows which build this is and what it is made of; connects to nothing. */
@Command(
    name = "version",
    description = {
      "Show this program's version and commit, the flavour of the sealing core that runs on this"
          + " machine and why others do not, the catalog's schema that it works with, and Java.",
      "Connects to nothing. Exit status 1 if no flavour runs here."
    })
public final class VersionCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private OutputMixin output;

  public VersionCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * What was found.
   *
   * @param version the program's version
   * @param commit the commit that the package was built from; null in a checkout
   * @param core the flavour that runs on this machine; null if none does
   * @param coreNotes which flavour and GPUs there are and why others do not run, in sentences
   * @param schema the catalog's schema that this program works with
   * @param java the version of Java
   * @param javaHome where Java is
   */
  public record Versions(
      String version,
      String commit,
      String core,
      List<String> coreNotes,
      String schema,
      String java,
      String javaHome) {}

  @Override
  public Integer call() {
    Versions versions = find();
    output.print(shell.out(), versions, () -> text(versions));
    return versions.core() == null ? ExitStatus.FAILED : ExitStatus.DONE;
  }

  private Versions find() {
    String flavour = null;
    List<String> notes;
    try {
      ChosenCore core = ChosenCore.choose(Optional.empty(), shell.environment());
      flavour = core.files().flavour().toString();
      notes = core.sentences();
    } catch (ProblemException e) {
      notes = List.of(e.getMessage());
    }
    return new Versions(
        ProgramVersion.text(),
        ProgramVersion.commit().orElse(null),
        flavour,
        notes,
        Catalog.schema(),
        System.getProperty("java.version"),
        System.getProperty("java.home"));
  }

  private static String text(Versions versions) {
    Table table = new Table("What", "Version");
    String commit = versions.commit() == null ? "" : ", commit " + versions.commit();
    table.add("reseal", versions.version() + commit);
    table.add("core", versions.core() == null ? "none runs here" : versions.core());
    table.add("catalog schema", versions.schema());
    table.add("Java", "%s in %s".formatted(versions.java(), versions.javaHome()));
    return table + String.join("%n".formatted(), versions.coreNotes()) + "%n".formatted();
  }
}
