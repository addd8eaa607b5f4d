package io.reseal.config;

import io.reseal.config.WorkerConfig.SealingThread;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The hot file of one sealing thread, {@code config.toml} in its location: {@code plan} and {@code
 * sealing.*}, which override the thread's values in the main file while the hot file exists.
 */
public final class HotFile {

  public static final String NAME = "config.toml";

  /** The keys of the main file, for the message that they cannot be set here. */
  private static final Set<String> OF_THE_MAIN_FILE = WorkerConfigReader.rootKeys();

  private final SealingThread main;
  private final Path file;

  private byte[] content;
  private Reading reading;

  /**
   * A thread's current values.
   *
   * @param thread the values, null if the hot file is broken
   * @param fault what is wrong with the hot file, or null
   * @param warnings one line for each key that has no effect here
   */
  public record Reading(SealingThread thread, String fault, List<String> warnings) {}

  public HotFile(SealingThread main) {
    this.main = main;
    this.file = main.location().resolve(NAME);
    this.reading = new Reading(main, null, List.of());
  }

  /** Reads the file again if it has appeared, changed or gone since the last call. */
  public synchronized Reading read() {
    byte[] now;
    try {
      now = Files.exists(file) ? SmallFile.readNamed(file, SmallFile.MOST_BYTES) : null;
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
      OF_THE_MAIN_FILE.forEach(key -> refuse(toml, key));
      refuse(toml, "location");
      toml.finish();
      return new Reading(
          new SealingThread(main.index(), main.location(), plan, sealing), null, toml.warnings());
    } catch (ConfigException e) {
      return broken(String.join(" ", e.faults()));
    }
  }

  /** Refuses a key that cannot be set in this file. */
  private static void refuse(TomlFile toml, String key) {
    TomlSection root = toml.root();
    if (!root.isKnown(key) && root.accept(key)) {
      toml.fault(
          "%s cannot be set there: it holds `plan` and `sealing.*` only; set it in the worker's own file."
              .formatted(root.where(key)));
    }
  }

  private static Reading broken(String fault) {
    return new Reading(null, fault, List.of());
  }
}
