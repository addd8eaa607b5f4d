package io.reseal.cli.host;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.worker.StoreAcceptance;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a replaced disk a store of this host. */
@Command(
    name = "accept-store",
    description =
        "Use a store again whose disk was replaced on purpose: what is now at its location becomes"
            + " the store. Run it only when the right disk is mounted there.")
public final class AcceptStoreCommand implements Callable<Integer> {

  private final Shell shell;
  private final WorkerCommand worker;

  @Parameters(index = "0", paramLabel = "STORE", description = "The store's name in worker.toml.")
  private String store;

  public AcceptStoreCommand(Shell shell, WorkerCommand worker) {
    this.shell = shell;
    this.worker = worker;
  }

  @Override
  public Integer call() throws IOException {
    try (Services services = shell.services()) {
      shell.line(StoreAcceptance.accept(worker.config(), services.catalog().stores(), store));
    }
    return ExitStatus.DONE;
  }
}
