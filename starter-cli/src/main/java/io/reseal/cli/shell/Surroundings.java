package io.reseal.cli.shell;

import io.reseal.cli.show.Screen;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What the program is given from outside.
 *
 * @param out where results go
 * @param err where messages go
 * @param environment environment variables
 * @param screen where a person watches
 */
public record Surroundings(
    PrintWriter out, PrintWriter err, Map<String, String> environment, Screen screen) {

  /** Where nobody watches. */
  public Surroundings(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    this(out, err, environment, Screen.NONE);
  }
}
