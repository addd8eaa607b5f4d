package io.reseal.build;

import io.reseal.cli.Reseal;
import java.util.Map;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes the manual pages of all commands, in AsciiDoc, into the directory that is given. */
public final class ManualPages {

  /** The generator is a command, which describes the program that it is part of. */
  private static final String COMMAND = "gen-manpage";

  private ManualPages() {}

  public static void main(String[] arguments) {
    System.exit(
        Reseal.run(
            Reseal.ofProcess(),
            Map.of(COMMAND, shell -> generator()),
            COMMAND,
            "--outdir",
            arguments[0]));
  }

  private static CommandLine generator() {
    CommandLine generator = new CommandLine(new ManPageGenerator());
    generator.getCommandSpec().usageMessage().hidden(true);
    return generator;
  }
}
