package io.reseal.cli.host;

import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.sector.RebuildState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Resumes a sealing thread of this host. */
@Command(name = "resume", description = ThreadTexts.RESUME)
public final class WorkerResumeCommand implements Callable<Integer> {

  private final Shell shell;
  private final WorkerCommand worker;

  @Mixin private ThreadIndexMixin index;

  @Option(
      names = {"-s", "--state"},
      paramLabel = "STATE",
      converter = StateConverter.class,
      description = ThreadTexts.STATE)
  private RebuildState state;

  public WorkerResumeCommand(Shell shell, WorkerCommand worker) {
    this.shell = shell;
    this.worker = worker;
  }

  @Override
  public Integer call() {
    String host = worker.config().name();
    try (Services services = shell.services()) {
      return new ThreadControl(shell, services, host).resume(index.value(), state);
    }
  }
}
