package io.reseal.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A mark that survives a restart: it is there or not, never partly written.
 *
 * @param <M> its content
 */
public final class MarkFile<M> {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Gives the mark that an unreadable file stands for. */
  public interface Unreadable<M> {

    /**
     * The mark.
     *
     * @param at when the file was written, in epoch milliseconds
     * @param what the beginning of a sentence: which file cannot be read
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

  /** The mark; an unreadable file is a mark too. */
  public Optional<M> read() throws IOException {
    if (!SectorFiles.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(SmallFile.readText(file), type));
    } catch (JacksonException | UnfitFileException e) {
      return Optional.of(
          unreadable.mark(
              Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis(),
              "%s exists, but cannot be read".formatted(file)));
    }
  }

  public void write(M mark) throws IOException {
    durable.makeDirectory(file.getParent());
    // If killed between the two there is no mark, as if none had been requested; the caller sees
    // the failure.
    durable.delete(file);
    durable.write(file, JSON.writeValueAsBytes(mark));
  }

  public void remove() throws IOException {
    durable.delete(file);
  }
}
