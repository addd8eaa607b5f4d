package io.reseal.cli.rebuild;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.Nearest;
import io.reseal.contract.FailureType;
import io.reseal.problem.RefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Explains what a failure means and what to do about it. */
@Command(
    name = "explain",
    description = "Explain a failure and what to do about it, or list all failures.")
public final class ExplainCommand implements Callable<Integer> {

  /**
   * A failure type, explained.
   *
   * @param type its name
   * @param meaning what has happened
   * @param rebuild what the rebuild does
   * @param whatToDo what a person does
   */
  public record Explanation(String type, String meaning, String rebuild, String whatToDo) {

    static Explanation of(FailureType type) {
      return new Explanation(type.code(), type.meaning(), type.course().text(), type.whatToDo());
    }
  }

  private final Shell shell;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TYPE",
      description = "The failure's name, e.g. Sector.CommRMismatch.")
  private String name;

  @Mixin private OutputMixin output;

  public ExplainCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (name == null) {
      List<Explanation> all = Arrays.stream(FailureType.values()).map(Explanation::of).toList();
      output.print(shell.out(), all, () -> table(all));
    } else {
      Explanation one = Explanation.of(find());
      output.print(shell.out(), one, () -> text(one));
    }
    return ExitStatus.DONE;
  }

  private FailureType find() {
    return Arrays.stream(FailureType.values())
        .filter(type -> type.code().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new RefusedException(unknown()));
  }

  private String unknown() {
    Optional<String> meant =
        Nearest.to(name, Arrays.stream(FailureType.values()).map(FailureType::code).toList());
    return "There is no failure named %s; %s`reseal explain` lists all."
        .formatted(name, meant.map("did you mean %s? "::formatted).orElse(""));
  }

  private static String text(Explanation failure) {
    Listing listing = new Listing();
    listing.line(0, "%s:", failure.type());
    listing.value("Meaning", failure.meaning());
    listing.value("The rebuild", failure.rebuild());
    listing.value("What to do", failure.whatToDo());
    return listing.toString();
  }

  private static String table(List<Explanation> all) {
    Table table = new Table("Type", "TheRebuild", "Meaning");
    all.forEach(failure -> table.add(failure.type(), failure.rebuild(), failure.meaning()));
    return table.toString();
  }
}
