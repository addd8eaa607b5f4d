package io.reseal.cli.host;

import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pauses a sealing thread of any host. */
@Command(name = "pause", description = ThreadTexts.PAUSE)
public final class UtilPauseCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = ThreadTexts.HOST)
  private String host;

  @Parameters(index = "1", paramLabel = "N", description = ThreadTexts.INDEX)
  private int index;

  @Option(names = "--now", description = ThreadTexts.NOW)
  private boolean now;

  public UtilPauseCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      String name = new KnownHosts(services.catalog()).named(host);
      return new ThreadControl(shell, services, name).pause(index, now);
    }
  }
}
