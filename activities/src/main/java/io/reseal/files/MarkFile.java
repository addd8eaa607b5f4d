package io.reseal.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A mark that outlives a restart: there or not, never half of it.
 *
 * @param <M> what it says
 */
public final class MarkFile<M> {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a file stands for that cannot be read. */
  public interface Unreadable<M> {

    /**
     * The mark.
     *
     * @param at when the file was written, in epoch milliseconds
     * @param what a sentence's beginning: which file says nothing
     */
    M mark(long at, String what);
  }

  private final Path file;
  private final Class<M> type;
  private final Unreadable<M> unreadable;
  private final Durable durable = new Durable();

  public MarkFile(Path file, Class<M> type, Unreadable<M> unreadable) {
    this.file = file;
    this.type = type;
    this.unreadable = unreadable;
  }

  /** The mark; one that cannot be read is a mark all the same. */
  public Optional<M> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file.toFile(), type));
    } catch (JacksonException e) {
      return Optional.of(
          unreadable.mark(
              Files.getLastModifiedTime(file).toMillis(),
              "%s is there, but says nothing that can be read".formatted(file)));
    }
  }

  public void write(M mark) throws IOException {
    durable.makeDirectory(file.getParent());
    // Killed between the two, there is no mark, as if nobody had asked: whoever asked is told so.
    durable.delete(file);
    durable.write(file, JSON.writeValueAsBytes(mark));
  }

  public void remove() throws IOException {
    durable.delete(file);
  }
}
