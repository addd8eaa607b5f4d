package io.reseal.threads;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.files.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A mark in a sealing thread's location: there or not, never half of it. */
final class MarkFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Durable durable = new Durable();

  private MarkFile(Path file) {
    this.file = file;
  }

  /** Set by an operator. */
  static MarkFile paused(Path location) {
    return new MarkFile(location.resolve("reseal").resolve("paused"));
  }

  /** Set where a step met a fault of the host. */
  static MarkFile faulted(Path location) {
    return new MarkFile(location.resolve("reseal").resolve("faulted"));
  }

  /** The mark; one that cannot be read is a mark all the same. */
  Optional<ThreadMark> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file.toFile(), ThreadMark.class));
    } catch (JacksonException e) {
      return Optional.of(
          new ThreadMark(
              "somebody",
              Files.getLastModifiedTime(file).toMillis(),
              "%s is there, but says nothing that can be read".formatted(file),
              false));
    }
  }

  void write(ThreadMark mark) throws IOException {
    durable.makeDirectory(file.getParent());
    // Killed between the two, the thread goes on as if nobody had asked: whoever asked is told so.
    durable.delete(file);
    durable.write(file, JSON.writeValueAsBytes(mark));
  }

  void remove() throws IOException {
    durable.delete(file);
  }
}
