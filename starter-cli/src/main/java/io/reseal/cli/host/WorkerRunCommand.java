package io.reseal.cli.host;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Logs;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import io.reseal.worker.WorkerProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Runs a sealing host's worker until it is stopped. */
@Command(name = "run", description = "Run this sealing host's worker in the foreground.")
public final class WorkerRunCommand implements Callable<Integer> {

  private final Shell shell;
  private final WorkerCommand worker;

  public WorkerRunCommand(Shell shell, WorkerCommand worker) {
    this.shell = shell;
    this.worker = worker;
  }

  @Override
  public Integer call() throws Exception {
    WorkerConfig config = worker.config();
    Logs.ofService();
    config.warnings().forEach(shell::say);
    try (WorkerProcess process = WorkerProcess.start(config, shell.installation())) {
      Thread stop = new Thread(process::close, "stop");
      Runtime.getRuntime().addShutdownHook(stop);
      process.awaitTermination();
    }
    return ExitStatus.DONE;
  }
}
