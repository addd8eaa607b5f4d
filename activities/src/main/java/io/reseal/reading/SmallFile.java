package io.reseal.reading;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * Reads small files that others may have written or replaced. A pipe, which would block whoever
 * opens it, a device, and a file without end are refused before anything of them is used.
 */
public final class SmallFile {

  /** More than any note, record or configuration needs. */
  public static final int MOST_BYTES = 16 << 20;

  /** What a shell puts in the place of a file for {@code <(command)} or a pipe. */
  private static final Pattern OF_SHELL =
      Pattern.compile("/dev/stdin|/dev/fd/\\d+|/proc/(self|\\d+)/fd/\\d+");

  private SmallFile() {}

  /** Reads a file in scratch or in a store, where a symbolic link is refused too. */
  public static byte[] read(Path file) throws IOException {
    return read(file, MOST_BYTES, LinkOption.NOFOLLOW_LINKS);
  }

  /** The same as UTF-8 text; other bytes make the file unfit. */
  public static String readText(Path file) throws IOException {
    byte[] bytes = read(file);
    try {
      return text(bytes);
    } catch (CharacterCodingException e) {
      throw new UnfitFileException(file, "is not UTF-8 text");
    }
  }

  /** Reads the first bytes of a file of any length in scratch or in a store. */
  public static byte[] beginning(Path file, int mostBytes) throws IOException {
    requireRegular(file);
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(mostBytes);
    }
  }

  /** Reads a file that an operator named; links are followed, and what a shell passes is read. */
  public static byte[] readNamed(Path file, int mostBytes) throws IOException {
    if (OF_SHELL.matcher(file.toString()).matches()) {
      return bytes(file, mostBytes);
    }
    return read(file, mostBytes);
  }

  /** Opens a file of any length that an operator named, under the same rules. */
  public static InputStream openNamed(Path file) throws IOException {
    if (!OF_SHELL.matcher(file.toString()).matches()) {
      requireRegular(file, new LinkOption[0]);
    }
    return Files.newInputStream(file);
  }

  /** The same as UTF-8 text. */
  public static String readNamedText(Path file) throws IOException {
    return text(readNamed(file, MOST_BYTES));
  }

  /** Fails unless a regular file, and no link to one, is at the path. */
  public static void requireRegular(Path file) throws IOException {
    requireRegular(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static void requireRegular(Path file, LinkOption... links) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, links);
    if (!found.isRegularFile()) {
      throw new UnfitFileException(
          file,
          found.isSymbolicLink()
              ? "is a symbolic link, not a file"
              : found.isDirectory()
                  ? "is a directory, not a file"
                  : "is a pipe, socket or device, not a file");
    }
  }

  private static byte[] read(Path file, int mostBytes, LinkOption... links) throws IOException {
    requireRegular(file, links);
    return bytes(file, mostBytes, links);
  }

  private static byte[] bytes(Path file, int mostBytes, LinkOption... links) throws IOException {
    OpenOption[] options = new OpenOption[links.length + 1];
    options[0] = StandardOpenOption.READ;
    System.arraycopy(links, 0, options, 1, links.length);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file, options)) {
      bytes = in.readNBytes(mostBytes + 1);
    }
    if (bytes.length > mostBytes) {
      throw new UnfitFileException(
          file, "has more than %,d bytes, too many for such a file".formatted(mostBytes));
    }
    return bytes;
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
