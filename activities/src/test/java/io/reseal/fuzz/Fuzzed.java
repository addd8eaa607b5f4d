package io.reseal.fuzz;

import io.reseal.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the fuzz targets share: a file to put an input in, and which failures are refusals. */
public final class Fuzzed {

  private static final Path DIRECTORY = directory();

  /** Reads an input; throws if it refuses it. */
  public interface Parser {
    void parse() throws Exception;
  }

  private Fuzzed() {}

  /** A file with these bytes, in a directory of its own; the next call replaces it. */
  public static Path file(String name, byte[] content) {
    try {
      return Files.write(DIRECTORY.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a parser. It may refuse its input with a sentence for people, and fail in no other way.
   *
   * @param refusals more exceptions that are refusals
   */
  @SafeVarargs
  public static void parse(Parser parser, Class<? extends Exception>... refusals) {
    try {
      parser.parse();
    } catch (ProblemException refused) {
      requireSentence(refused);
    } catch (Exception thrown) {
      for (Class<? extends Exception> refusal : refusals) {
        if (thrown.getClass() == refusal) {
          requireSentence(thrown);
          return;
        }
      }
      throw new IllegalStateException("not a refusal", thrown);
    }
  }

  private static void requireSentence(Exception refusal) {
    if (refusal.getMessage() == null || refusal.getMessage().isBlank()) {
      throw new IllegalStateException("a refusal without a message", refusal);
    }
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("reseal-fuzz-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
