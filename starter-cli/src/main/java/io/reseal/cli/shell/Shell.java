package io.reseal.cli.shell;

import io.reseal.cli.show.Screen;
import io.reseal.config.ConfigException;
import io.reseal.config.Installation;
import io.reseal.up.EmbeddedEnvironment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntBiFunction;
import java.util.stream.Stream;

/** What every command gets: where to print, and access to the installation's services. */
public final class Shell {

  private final Surroundings surroundings;
  private final GlobalOptions options;
  private final ToIntBiFunction<Surroundings, String[]> program;
  private boolean keeping;
  private Services kept;

  /**
   * For one command line.
   *
   * @param program runs a command line of the whole program, for commands that run others
   */
  public Shell(
      Surroundings surroundings,
      GlobalOptions options,
      ToIntBiFunction<Surroundings, String[]> program) {
    this.surroundings = surroundings;
    this.options = options;
    this.program = program;
  }

  public PrintWriter out() {
    return surroundings.out();
  }

  /** The environment, with the profile that the command line names. */
  public Map<String, String> environment() {
    if (options.profile == null) {
      return surroundings.environment();
    }
    Map<String, String> chosen = new HashMap<>(surroundings.environment());
    chosen.put(Installation.PROFILE, options.profile);
    return chosen;
  }

  /** The person who gives the command, for the records. */
  public String requester() {
    try {
      return Requester.name(installation(), environment());
    } catch (ConfigException e) {
      // Whatever else uses the installation says what is wrong with it.
      return Requester.name(environment());
    }
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

  public Logs.Format logFormat() {
    return options.logFormat;
  }

  public Screen screen() {
    return surroundings.screen();
  }

  /** Runs a command of the program on an embedded installation; it prints where this one does. */
  public int runOn(Path home, String... arguments) {
    return run(
        new Surroundings(
            surroundings.out(),
            surroundings.err(),
            EmbeddedEnvironment.of(surroundings.environment()),
            surroundings.screen()),
        home,
        arguments);
  }

  /** Runs a command of the program on an embedded installation, with all output in one place. */
  public int runOn(Path home, PrintWriter output, String... arguments) {
    return run(
        new Surroundings(output, output, EmbeddedEnvironment.of(surroundings.environment())),
        home,
        arguments);
  }

  /** Runs a command of the program on the same installation, with all output in one place. */
  public int run(PrintWriter output, String... arguments) {
    return run(new Surroundings(output, output, environment()), home(), arguments);
  }

  private int run(Surroundings others, Path home, String... arguments) {
    return program.applyAsInt(
        others,
        Stream.concat(Stream.of("--home", home.toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  public boolean hasChosenHome() {
    return options.home != null;
  }

  /** The installation's directory, which need not exist. */
  public Path home() {
    return Installation.home(Optional.ofNullable(options.home), environment())
        .toAbsolutePath()
        .normalize();
  }

  /** The directory of an installation that the program itself runs: it is not one of several. */
  public Path embeddedHome() {
    if (options.profile != null) {
      throw new ConfigException(
          "The embedded installation in %s has no profiles: leave out --profile."
              .formatted(home()));
    }
    return home();
  }

  public Installation installation() {
    return Installation.load(home(), environment());
  }

  /** The services of the installation, each connected when it is first used. */
  public Services services() {
    if (!keeping) {
      return new Services(installation(), environment());
    }
    if (kept == null) {
      kept = new Services(installation(), environment());
    }
    return kept.share();
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
