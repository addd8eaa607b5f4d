package io.reseal.cli.inputs;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.problem.RefusedException;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of every command that imports from another system. What can be read is imported; the
 * rest is named and left out, or with {@code --strict} nothing is imported.
 */
final class ImportMixin {

  @Option(
      names = "--strict",
      description = "Import nothing if anything of the source would have to be left out.")
  private boolean strict;

  @Mixin private IntakeMixin intake;

  /** A source whose findings arrive one by one. */
  @FunctionalInterface
  interface Source {

    /**
     * Reads the source.
     *
     * @param taker takes the findings on a sector
     * @param leaver takes a sentence on what had to be left out
     */
    void each(Consumer<Findings> taker, Consumer<String> leaver);
  }

  /** Reads several files, so that one that cannot be read blocks none of the others. */
  <T> int takeEach(Shell shell, List<T> inputs, Function<T, Reading> reader) {
    return take(
        shell,
        inputs.stream()
            .map(input -> read(() -> reader.apply(input)))
            .reduce(Reading.of(List.of()), Reading::plus));
  }

  private static Reading read(Supplier<Reading> reader) {
    try {
      return reader.get();
    } catch (RefusedException e) {
      return Reading.nothing(e.getMessage());
    }
  }

  /**
   * Adds what was read and prints the outcome of each sector.
   *
   * @return the exit status: refused if nothing could be read, failed if something was left out or
   *     a sector waits for more facts or for a decision
   */
  int take(Shell shell, Reading reading) {
    if (reading.findings().isEmpty() && !reading.leftOut().isEmpty()) {
      reading.leftOut().forEach(shell::say);
      return ExitStatus.REFUSED;
    }
    return take(
        shell,
        (taker, leaver) -> {
          reading.leftOut().forEach(leaver);
          reading.findings().forEach(taker);
        },
        () -> "");
  }

  /**
   * Adds findings as they arrive, or with {@code --strict} once all have.
   *
   * @param passedOver describes what the source has and was not asked for; empty if nothing
   * @return the exit status: failed if something was left out or a sector waits for more facts or
   *     for a decision
   */
  int take(Shell shell, Source source, Supplier<String> passedOver) {
    List<String> leftOut = new ArrayList<>();
    Consumer<String> leaver =
        why -> {
          leftOut.add(why);
          shell.say(why);
        };
    Consumer<Consumer<Findings>> findings = taker -> source.each(taker, leaver);
    if (strict) {
      List<Findings> all = new ArrayList<>();
      source.each(all::add, leaver);
      if (!leftOut.isEmpty()) {
        shell.say("Nothing was imported (--strict).");
        return ExitStatus.REFUSED;
      }
      findings = all::forEach;
    }
    int status = intake.takeEach(shell, findings, () -> summary(passedOver.get(), leftOut.size()));
    return leftOut.isEmpty() ? status : ExitStatus.FAILED;
  }

  private static String summary(String passedOver, int leftOut) {
    List<String> parts = new ArrayList<>();
    if (!passedOver.isEmpty()) {
      parts.add(passedOver);
    }
    if (leftOut > 0) {
      parts.add("%,d of which nothing was imported, see above".formatted(leftOut));
    }
    return String.join(", ", parts);
  }
}
