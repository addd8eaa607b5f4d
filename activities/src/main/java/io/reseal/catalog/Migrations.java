package io.reseal.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.flywaydb.core.api.MigrationVersion;

/** The migrations that this program has, as Flyway records them once they are applied. */
final class Migrations {

  /** Their folder on the class path. */
  static final String FOLDER = "db/migration";

  /**
   * How the description of a migration begins that removes or changes something, e.g. {@code
   * V20270101__remove_old_columns.sql}.
   */
  private static final String REMOVES = "__remove_";

  private Migrations() {}

  /** Whether programs that do not have this migration cannot work with its tables. */
  static boolean removes(String script) {
    return script.contains(REMOVES);
  }

  /** The version of the newest one. */
  static String newest() {
    try {
      return names().stream()
          .map(name -> MigrationVersion.fromVersion(name.substring(1, name.indexOf("__"))))
          .max(Comparator.naturalOrder())
          .orElseThrow()
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flyway's checksum of each migration by its file name. */
  static Map<String, Integer> checksums() throws IOException {
    Map<String, Integer> checksums = new HashMap<>();
    for (String name : names()) {
      checksums.put(name, checksum(name));
    }
    return checksums;
  }

  private static List<String> names() throws IOException {
    URL folder = Migrations.class.getResource("/" + FOLDER);
    URLConnection connection = folder.openConnection();
    if (connection instanceof JarURLConnection jar) {
      return jar.getJarFile().stream()
          .map(entry -> entry.getName())
          .filter(name -> name.startsWith(FOLDER + "/") && name.endsWith(".sql"))
          .map(name -> name.substring(FOLDER.length() + 1))
          .toList();
    }
    try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** CRC-32 of the lines without their ends. */
  private static int checksum(String name) throws IOException {
    CRC32 checksum = new CRC32();
    try (InputStream file = Migrations.class.getResourceAsStream("/" + FOLDER + "/" + name);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      lines.lines().forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
    }
    return (int) checksum.getValue();
  }
}
