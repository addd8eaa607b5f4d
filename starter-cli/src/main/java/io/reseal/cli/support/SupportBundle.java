package io.reseal.cli.support;

import io.reseal.cli.shell.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** One file with what somebody needs who is to help with an installation, without its secrets. */
final class SupportBundle {

  /** Of each log, its end. */
  private static final int LOG_BYTES = 5 << 20;

  /** What the program itself says of the installation. */
  private static final List<String> COMMANDS =
      List.of(
          "--version",
          "util worker list",
          "worker list",
          "batch list",
          "sectors list --rebuild --sealing=false",
          "sectors list --offline --rebuild --sealing=false",
          "sectors list --damaged",
          "scrub list",
          "scratch list");

  private final Shell shell;
  private final Optional<Path> workerFile;

  /**
   * @param workerFile the host's settings, if there are any here
   */
  SupportBundle(Shell shell, Optional<Path> workerFile) {
    this.shell = shell;
    this.workerFile = workerFile;
  }

  void write(OutputStream to) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(to)) {
      add(zip, "machine.txt", machine());
      for (String command : COMMANDS) {
        addAnswer(zip, command.split(" "));
      }
      addAnswer(
          zip,
          workerFile
              .map(file -> new String[] {"doctor", "-c", file.toString()})
              .orElse(new String[] {"doctor"}));
      addSettings(zip, shell.home().resolve("reseal.toml"));
      if (workerFile.isPresent()) {
        addSettings(zip, workerFile.get());
      }
      addLogs(zip, shell.home().resolve("logs"));
    }
  }

  private static String machine() {
    return """
    Java %s (%s), %s %s %s, %d processors, %d MiB of memory for this program
    """
        .formatted(
            System.getProperty("java.version"),
            System.getProperty("java.vendor"),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(),
            Runtime.getRuntime().maxMemory() >> 20);
  }

  /** What a command prints, and its exit status; one that fails belongs here too. */
  private void addAnswer(ZipOutputStream zip, String... command) throws IOException {
    StringWriter text = new StringWriter();
    int status = shell.run(new PrintWriter(text), command);
    String name = String.join("-", command).replaceAll("[^a-z]+", "-").replaceAll("^-|-$", "");
    add(
        zip,
        "commands/%s.txt".formatted(name),
        "$ reseal %s%n%s%nexit status %d%n".formatted(String.join(" ", command), text, status));
  }

  private static void addSettings(ZipOutputStream zip, Path file) throws IOException {
    if (Files.exists(file)) {
      add(zip, "settings/%s.json".formatted(file.getFileName()), Masked.settings(file));
    }
  }

  private static void addLogs(ZipOutputStream zip, Path logs) throws IOException {
    if (!Files.isDirectory(logs)) {
      return;
    }
    try (Stream<Path> files = Files.list(logs)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).sorted().toList()) {
        add(zip, "logs/" + log.getFileName(), end(log));
      }
    }
  }

  private static String end(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] end = new byte[(int) Math.min(LOG_BYTES, file.length())];
      file.seek(file.length() - end.length);
      file.readFully(end);
      return new String(end, StandardCharsets.UTF_8);
    }
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(Masked.text(text).getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
