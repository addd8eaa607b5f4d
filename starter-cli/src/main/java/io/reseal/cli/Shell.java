package io.reseal.cli;

import io.reseal.config.Installation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What every command is given: where to print, and the way to the installation's services. */
final class Shell {

  private final Surroundings surroundings;
  private final GlobalOptions options;
  private boolean keeping;
  private Services kept;

  Shell(Surroundings surroundings, GlobalOptions options) {
    this.surroundings = surroundings;
    this.options = options;
  }

  PrintWriter out() {
    return surroundings.out();
  }

  Map<String, String> environment() {
    return surroundings.environment();
  }

  /** Prints a line of the result. */
  void line(String text) {
    surroundings.out().println(text);
    surroundings.out().flush();
  }

  /** Prints a message for the person at the terminal, apart from the results. */
  void say(String message) {
    surroundings.err().println(message);
    surroundings.err().flush();
  }

  void trace(Throwable thrown) {
    thrown.printStackTrace(surroundings.err());
    surroundings.err().flush();
  }

  boolean debug() {
    return options.debug;
  }

  Screen screen() {
    return surroundings.screen();
  }

  /** The same outputs with another environment. */
  Surroundings with(Map<String, String> environment) {
    return new Surroundings(
        surroundings.out(), surroundings.err(), environment, surroundings.screen());
  }

  boolean hasChosenHome() {
    return options.home != null;
  }

  /** The installation's directory, which need not exist. */
  Path home() {
    return Installation.home(Optional.ofNullable(options.home), surroundings.environment())
        .toAbsolutePath()
        .normalize();
  }

  Installation installation() {
    return Installation.load(home(), surroundings.environment());
  }

  /** The services of the installation, each connected when it is first used. */
  Services services() {
    if (!keeping) {
      return new Services(installation(), surroundings.environment());
    }
    if (kept == null) {
      kept = new Services(installation(), surroundings.environment());
    }
    return kept.shared();
  }

  /** A command that is repeated keeps its connections, until {@link #closeServices}. */
  void keepServices() {
    keeping = true;
  }

  void closeServices() {
    keeping = false;
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }
}
