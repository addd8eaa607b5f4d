package io.reseal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A command that only groups other commands. */
@Command
final class Group {

  private Group() {}

  static CommandLine of(String description) {
    CommandLine group = new CommandLine(new Group());
    group.getCommandSpec().usageMessage().description(description);
    return group;
  }
}
