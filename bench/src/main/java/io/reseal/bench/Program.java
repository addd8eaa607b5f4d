package io.reseal.bench;

/** Runs commands of the program, in this process, on the installation that is measured. */
@FunctionalInterface
public interface Program {

  /**
   * What a command said.
   *
   * @param status its exit status
   * @param out its results
   */
  record Answer(int status, String out) {}

  Answer run(String... arguments);
}
