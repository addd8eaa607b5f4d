package io.reseal.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sample files of other systems. */
public final class Resources {

  private Resources() {}

  public static String text(String name) throws IOException {
    try (InputStream stream = Resources.class.getResourceAsStream("/" + name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A line as a terminal shows it, with tab stops every eight columns. */
  static String expanded(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\t') {
        text.append(" ".repeat(8 - text.length() % 8));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  static Path copy(Path folder, String name) throws IOException {
    return Files.writeString(folder.resolve(Path.of(name).getFileName()), text(name));
  }
}
