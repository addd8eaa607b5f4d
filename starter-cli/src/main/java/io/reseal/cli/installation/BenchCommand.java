package io.reseal.cli.installation;

import io.reseal.problem.RefusedException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Replaces the real bench, which only a checkout has. */
@Command(
    name = "bench",
    description = "Measure rebuilds in a fresh installation of its own; only in a checkout.")
public final class BenchCommand implements Callable<Integer> {

  /** The options of the real bench. */
  @Unmatched private List<String> ignored;

  @Override
  public Integer call() {
    throw new RefusedException(
        "The bench is not part of the installed program: run make bench in a checkout of Reseal.");
  }
}
