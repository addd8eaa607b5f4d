package io.reseal.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** placeholder */
@Command(name = "demo", description = "Lose sectors and bring them back before your eyes.")
final class DemoCommand implements Callable<Integer> {

  private final Shell shell;

  DemoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    shell.line("");
    return ExitStatus.DONE;
  }
}
