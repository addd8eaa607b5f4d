package io.reseal.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * A command with subcommands, of which only those that the command line may mean are created:
 * creating all commands of the program takes longer than most commands run.
 *
 * <p>A subcommand is created if any word of the command line is its name. If no word is the name of
 * a subcommand, all of them are created, so that help and error messages list them. A word that
 * only happens to be a subcommand's name, such as a host's, costs the time to create that one.
 */
final class Level {

  private final CommandLine command;
  private final Set<String> words;
  private final Map<String, Supplier<?>> subcommands = new LinkedHashMap<>();

  /**
   * Has no subcommands yet.
   *
   * @param words the words of the command line; empty if all subcommands are wanted
   */
  Level(CommandLine command, Set<String> words) {
    this.command = command;
    this.words = words;
  }

  Level with(String name, Supplier<?> subcommand) {
    subcommands.put(name, subcommand);
    return this;
  }

  /** Adds more; one with the name of a command that is there already replaces it. */
  Level with(Map<String, ? extends Supplier<?>> others) {
    subcommands.putAll(others);
    return this;
  }

  /** The command with the subcommands that are named, or with all if none is. */
  CommandLine made() {
    boolean named = subcommands.keySet().stream().anyMatch(words::contains);
    subcommands.forEach(
        (name, subcommand) -> {
          if (!named || words.contains(name)) {
            command.addSubcommand(name, subcommand.get());
          }
        });
    return command;
  }
}
