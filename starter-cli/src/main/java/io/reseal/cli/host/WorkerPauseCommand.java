package io.reseal.cli.host;

import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Pauses a sealing thread of this host. */
@Command(name = "pause", description = ThreadTexts.PAUSE)
public final class WorkerPauseCommand implements Callable<Integer> {

  private final Shell shell;
  private final WorkerCommand worker;

  @Mixin private ThreadIndexMixin index;

  @Option(names = "--now", description = ThreadTexts.NOW)
  private boolean now;

  public WorkerPauseCommand(Shell shell, WorkerCommand worker) {
    this.shell = shell;
    this.worker = worker;
  }

  @Override
  public Integer call() {
    String host = worker.config().name();
    try (Services services = shell.services()) {
      return new ThreadControl(shell, services, host).pause(index.value(), now);
    }
  }
}
