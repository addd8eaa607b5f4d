package io.reseal.cli.host;

import picocli.CommandLine.Option;

/** Which sealing thread of this host a command is about. */
public final class ThreadIndexMixin {

  @Option(
      names = {"-i", "--index"},
      paramLabel = "N",
      required = true,
      description = ThreadTexts.INDEX)
  private int index;

  int value() {
    return index;
  }
}
