package io.reseal.cli;

import io.reseal.cli.shell.Surroundings;
import io.reseal.cli.show.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the program in this process, as from a terminal, and catches what it prints. */
public final class Terminal {

  /** What a command printed and ended with. */
  public record Result(int status, String out, String err) {

    public List<String> lines() {
      return out.lines().toList();
    }
  }

  private final Map<String, String> environment = new HashMap<>();
  private final Screen screen;

  /** Whose installation is found through {@code RESEAL_HOME}. */
  public Terminal(Path home) {
    this(home, Screen.NONE);
  }

  /** One that a person watches. */
  public Terminal(Path home, Screen screen) {
    this.screen = screen;
    environment.put("RESEAL_HOME", home.toString());
    environment.put("USER", "alice");
    environment.put("PATH", System.getenv("PATH"));
  }

  public Terminal with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Runs one command; the words of the line are split at spaces. */
  public Result run(String line) {
    return run(line.split(" ", -1));
  }

  public Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Reseal.run(
            new Surroundings(new PrintWriter(out), new PrintWriter(err), environment, screen),
            arguments);
    return new Result(status, out.toString(), err.toString());
  }
}
