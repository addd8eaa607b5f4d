package io.reseal.cli.arguments;

import io.reseal.problem.RefusedException;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.file.Path;

/** A file that a command is given and that contains a password and nothing else. */
public final class PasswordFile {

  private PasswordFile() {}

  public static String read(Path file) {
    try {
      return SmallFile.readNamedText(file).strip();
    } catch (IOException e) {
      throw new RefusedException(
          "The password file %s cannot be read: check the path and its permissions."
              .formatted(file));
    }
  }
}
