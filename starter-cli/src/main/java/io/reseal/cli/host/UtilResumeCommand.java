package io.reseal.cli.host;

import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.sector.RebuildState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Resumes a sealing thread of any host. */
@Command(name = "resume", description = ThreadTexts.RESUME)
public final class UtilResumeCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME", description = ThreadTexts.HOST)
  private String host;

  @Parameters(index = "1", paramLabel = "N", description = ThreadTexts.INDEX)
  private int index;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "STATE",
      converter = StateConverter.class,
      description = "The same as --state.")
  private RebuildState place;

  @Option(
      names = {"-s", "--state"},
      paramLabel = "STATE",
      converter = StateConverter.class,
      description = ThreadTexts.STATE)
  private RebuildState option;

  public UtilResumeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (place != null && option != null && place != option) {
      throw new ParameterException(
          spec.commandLine(), "Two states are given, %s and %s.".formatted(place, option));
    }
    try (Services services = shell.services()) {
      String name = new KnownHosts(services.catalog()).named(host);
      return new ThreadControl(shell, services, name).resume(index, place == null ? option : place);
    }
  }
}
