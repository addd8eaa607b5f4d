package io.reseal.config;

import io.reseal.config.WorkerConfig.SealingThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The hot file of one sealing thread, {@code config.toml} in its location: {@code plan} and {@code
 * sealing.*}, laid over the thread's values in the main file as long as it is there.
 */
public final class HotFile {

  public static final String NAME = "config.toml";

  /** What the main file alone decides, for a message that says so. */
  private static final List<String> OF_THE_MAIN_FILE =
      List.of(
          "location",
          "worker",
          "metrics",
          "sector_manager",
          "sealing_thread",
          "attached",
          "processors",
          "native");

  private final SealingThread main;
  private final Path file;

  private byte[] content;
  private Reading reading;

  /**
   * What a thread's values are now.
   *
   * @param thread the values, null where the hot file is broken
   * @param fault what is wrong with the hot file, or null
   * @param warnings one line for each of its keys without effect here
   */
  public record Reading(SealingThread thread, String fault, List<String> warnings) {}

  public HotFile(SealingThread main) {
    this.main = main;
    this.file = main.location().resolve(NAME);
    this.reading = new Reading(main, null, List.of());
  }

  /** Looks whether the file has come, changed or gone; the same answer as before if it has not. */
  public Reading read() {
    byte[] now;
    try {
      now = Files.exists(file) ? Files.readAllBytes(file) : null;
    } catch (IOException e) {
      content = null;
      reading = broken("%s cannot be read: %s.".formatted(file, e));
      return reading;
    }
    if (!Arrays.equals(content, now) || reading.thread() == null) {
      content = now;
      reading = now == null ? new Reading(main, null, List.of()) : parsed();
    }
    return reading;
  }

  private Reading parsed() {
    try {
      TomlFile toml = TomlFile.read(file);
      TomlSection root = toml.root();
      ThreadPlan plan = root.parsed("plan", ThreadPlan::parse).orElse(main.plan());
      WorkerConfig.Sealing sealing =
          new SealingKeys(new OlderKeys(toml)).read(root.section("sealing"), main.sealing());
      for (String key : OF_THE_MAIN_FILE) {
        if (root.accept(key)) {
          toml.fault(
              "%s cannot be set there: it holds `plan` and `sealing.*` only; the worker's own file says the rest."
                  .formatted(root.where(key)));
        }
      }
      toml.finish();
      return new Reading(
          new SealingThread(main.index(), main.location(), plan, sealing), null, toml.warnings());
    } catch (ConfigException e) {
      return broken(String.join(" ", e.faults()));
    }
  }

  private static Reading broken(String fault) {
    return new Reading(null, fault, List.of());
  }
}
