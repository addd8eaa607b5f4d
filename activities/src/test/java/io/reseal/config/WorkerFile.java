package io.reseal.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@code worker.toml} for tests, in a directory with subdirectories that it may name. In its
 * content {@code DIR} stands for that directory.
 */
final class WorkerFile {

  private final Path dir;

  WorkerFile(Path dir) throws IOException {
    this.dir = dir;
    for (String name : List.of("t0", "t1", "store", "old", "pieces", "more")) {
      Files.createDirectory(dir.resolve(name));
    }
  }

  Path file() {
    return dir.resolve("worker.toml");
  }

  WorkerConfig load(String content) throws IOException {
    write(content);
    return WorkerConfig.load(file());
  }

  /** Why the content is refused. */
  List<String> faults(String content) throws IOException {
    write(content);
    return catchThrowableOfType(ConfigException.class, () -> WorkerConfig.load(file())).faults();
  }

  private void write(String content) throws IOException {
    Files.writeString(file(), content.replace("DIR", dir.toString()));
  }

  /** The least that a file needs. */
  static String threadAndStore() {
    return threadAndStore("t0", "store");
  }

  static String threadAndStore(String location, String store) {
    return """
    [[sealing_thread]]
    location = 'DIR/%s'
    plan = 'rebuild'
    [[attached]]
    location = 'DIR/%s'
    """
        .formatted(location, store);
  }
}
