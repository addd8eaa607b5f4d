package io.reseal.bench;

/** Runs commands of the program, in this process, on the installation that is measured. */
@FunctionalInterface
public interface Program {

  /**
   * The result of a command.
   *
   * @param status its exit status
   * @param out its output
   */
  record Answer(int status, String out) {}

  Answer run(String... arguments);
}
