package io.reseal.cli.shell;

import io.reseal.cli.show.Screen;
import io.reseal.config.Installation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What every command is given: where to print, and the way to the installation's services. */
public final class Shell {

  private final Surroundings surroundings;
  private final GlobalOptions options;
  private boolean keeping;
  private Services kept;

  public Shell(Surroundings surroundings, GlobalOptions options) {
    this.surroundings = surroundings;
    this.options = options;
  }

  public PrintWriter out() {
    return surroundings.out();
  }

  public Map<String, String> environment() {
    return surroundings.environment();
  }

  /** Prints a line of the result. */
  public void line(String text) {
    surroundings.out().println(text);
    surroundings.out().flush();
  }

  /** Prints a message for the person at the terminal, apart from the results. */
  public void say(String message) {
    surroundings.err().println(message);
    surroundings.err().flush();
  }

  void trace(Throwable thrown) {
    thrown.printStackTrace(surroundings.err());
    surroundings.err().flush();
  }

  public boolean debug() {
    return options.debug;
  }

  public Screen screen() {
    return surroundings.screen();
  }

  /** The same outputs with another environment. */
  public Surroundings with(Map<String, String> environment) {
    return new Surroundings(
        surroundings.out(), surroundings.err(), environment, surroundings.screen());
  }

  public boolean hasChosenHome() {
    return options.home != null;
  }

  /** The installation's directory, which need not exist. */
  public Path home() {
    return Installation.home(Optional.ofNullable(options.home), surroundings.environment())
        .toAbsolutePath()
        .normalize();
  }

  public Installation installation() {
    return Installation.load(home(), surroundings.environment());
  }

  /** The services of the installation, each connected when it is first used. */
  public Services services() {
    if (!keeping) {
      return new Services(installation(), surroundings.environment());
    }
    if (kept == null) {
      kept = new Services(installation(), surroundings.environment());
    }
    return kept.shared();
  }

  /** A command that is repeated keeps its connections, until {@link #closeServices}. */
  public void keepServices() {
    keeping = true;
  }

  public void closeServices() {
    keeping = false;
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }
}
