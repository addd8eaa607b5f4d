package io.reseal.cli.support;

import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.problem.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Collects what somebody needs who is to help. */
@Command(
    name = "bundle",
    description =
        "Collect versions, what commands and the doctor say, settings without secrets, and the ends"
            + " of the logs in one ZIP file, for somebody who is to help. Look into it before you"
            + " pass it on: it names hosts, paths, miners and sectors.")
public final class SupportBundleCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(paramLabel = "FILE", description = "The ZIP file; it must not exist yet.")
  private Path file;

  @Mixin private WorkerFileMixin worker;

  public SupportBundleCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      throw new RefusedException(
          "%s exists already and was not changed: give another name.".formatted(file));
    }
    try (OutputStream to = Files.newOutputStream(file)) {
      new SupportBundle(shell, worker.find(shell)).write(to);
    }
    shell.line("Written to %s. Look into it before you pass it on.".formatted(file));
    return ExitStatus.DONE;
  }
}
