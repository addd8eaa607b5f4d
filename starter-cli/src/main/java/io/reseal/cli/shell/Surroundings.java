package io.reseal.cli.shell;

import io.reseal.cli.show.Screen;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What the program gets from outside.
 *
 * @param out where results go
 * @param err where messages go
 * @param environment environment variables
 * @param screen where a person watches
 */
public record Surroundings(
    PrintWriter out, PrintWriter err, Map<String, String> environment, Screen screen) {

  /** Without a person who watches. */
  public Surroundings(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    this(out, err, environment, Screen.NONE);
  }
}
