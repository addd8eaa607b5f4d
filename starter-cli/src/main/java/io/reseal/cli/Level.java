package io.reseal.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * A command whose subcommands are made only as far as the arguments may mean them: making all of
 * the program's takes longer than most commands take otherwise.
 */
final class Level {

  private final CommandLine command;
  private final Set<String> words;
  private final Map<String, Supplier<?>> subcommands = new LinkedHashMap<>();

  /**
   * Has no subcommands yet.
   *
   * @param words the arguments, or nothing where all subcommands are wanted
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

  /** The command with those subcommands that are named, or with all where none is. */
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
