package io.reseal.exchange;

import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Reads a whole file named by the user, up to a size limit. */
final class InputFile {

  /** Far beyond the records of any miner; a larger file was named by mistake. */
  private static final int MOST_BYTES = 64 << 20;

  private InputFile() {}

  /** Without a byte order mark, and not in UTF-16, which Windows' shells write. */
  private static byte[] utf8(byte[] bytes) {
    if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
      return new String(bytes, StandardCharsets.UTF_16).getBytes(StandardCharsets.UTF_8);
    }
    return startsWith(bytes, 0xef, 0xbb, 0xbf) ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    return bytes.length >= mark.length
        && IntStream.range(0, mark.length).allMatch(at -> (bytes[at] & 0xff) == mark[at]);
  }

  static byte[] bytes(Path file) {
    return reading(
        file,
        "name a file with the state of a sector or of many; split those of a large miner into"
            + " several files",
        () -> utf8(SmallFile.readNamed(file, MOST_BYTES)));
  }

  /** What reads a file. */
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Reads a file named by the user, and explains why that is not possible.
   *
   * @param instead what to do if it is no ordinary file, or too large
   */
  static <T> T reading(Path file, String instead, Work<T> work) {
    try {
      return work.run();
    } catch (UnfitFileException e) {
      throw new SectorStateException("%s %s: %s.".formatted(file, e.getReason(), instead), e);
    } catch (NoSuchFileException e) {
      throw new SectorStateException("There is no file %s.".formatted(file), e);
    } catch (IOException e) {
      throw new SectorStateException(
          "%s cannot be read: check its permissions and its disk.".formatted(file), e);
    }
  }
}
