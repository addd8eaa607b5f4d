package io.reseal.e2e;

import io.reseal.cli.Reseal;
import io.reseal.cli.shell.Surroundings;
import io.reseal.core.CoreFiles;
import io.reseal.sector.SectorId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs the program's commands on a fleet and returns their answers. */
final class Ask {

  /**
   * What a command printed.
   *
   * @param status its exit status
   * @param out its results
   * @param err its messages
   */
  record Answer(int status, String out, String err) {}

  private final Path home;
  private final Runs runs;

  Ask(Fleet fleet, Runs runs) {
    this.home = fleet.home();
    this.runs = runs;
  }

  Answer reseal(String... arguments) {
    return reseal(Map.of(), arguments);
  }

  /**
   * Runs a command with more environment variables.
   *
   * @param environment in addition to those that every command gets
   */
  Answer reseal(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> full = new ArrayList<>(List.of("--home", home.toString()));
    full.addAll(List.of(arguments));
    Map<String, String> all = new TreeMap<>(environment);
    all.put(CoreFiles.ENVIRONMENT, System.getenv(CoreFiles.ENVIRONMENT));
    int status =
        Reseal.run(
            new Surroundings(new PrintWriter(out, true), new PrintWriter(err, true), all),
            full.toArray(new String[0]));
    return new Answer(status, out.toString(), err.toString());
  }

  /** A command about one sector. */
  Answer sectors(String command, LostSector sector, String... options) {
    return sectors(command, sector.id(), options);
  }

  Answer sectors(String command, SectorId sector, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "util",
                "sealer",
                "sectors",
                command,
                Long.toString(sector.miner()),
                Long.toString(sector.number())));
    arguments.addAll(List.of(options));
    return reseal(arguments.toArray(new String[0]));
  }

  /** Requests a rebuild without waiting for its end. */
  void rebuild(LostSector sector, String... options) {
    Answer answer = sectors("rebuild", sector, options);
    if (answer.status() != 0) {
      throw new AssertionError("The rebuild was not started: " + answer);
    }
    runs.follow(sector.id());
  }

  /** Requests a rebuild and waits until it has succeeded. */
  void rebuildAndWait(LostSector sector) {
    Answer answer = sectors("rebuild", sector, "--wait");
    if (answer.status() != 0) {
      throw new AssertionError("The sector was not rebuilt: " + answer);
    }
    runs.follow(sector.id());
  }
}
