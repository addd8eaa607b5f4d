package io.reseal.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real process that a test may kill, stop and start again by the very same command. */
final class ManagedProcess implements AutoCloseable {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /**
   * Tests start many workers that live for seconds: the second compiler costs more than it gains.
   */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final File log;

  private List<String> within = List.of();
  private ProcessHandle handle;

  private ManagedProcess(
      String name, List<String> command, Map<String, String> environment, Path log) {
    this.name = name;
    this.command = command;
    this.environment = environment;
    this.log = log.toFile();
  }

  /** One that the embedded installation has started. */
  static ManagedProcess ofInstallation(String name, Path logs) throws IOException {
    long pid =
        Long.parseLong(Files.readString(logs.resolve(name + ".pid")).split(" ", 2)[0].strip());
    Path proc = Path.of("/proc", Long.toString(pid));
    List<String> words = new ArrayList<>(words(proc.resolve("cmdline")));
    // The database's users are made once; the file with the statements is gone by then.
    words.removeIf(word -> word.startsWith("--init-file="));
    List<String> command = words.contains(JAVA) ? shortLived(words) : words;
    Map<String, String> environment = new HashMap<>();
    for (String setting : words(proc.resolve("environ"))) {
      String[] parts = setting.split("=", 2);
      environment.put(parts[0], parts[1]);
    }
    ManagedProcess process =
        new ManagedProcess(name, command, environment, logs.resolve(name + ".log"));
    process.handle = ProcessHandle.of(pid).orElseThrow();
    return process;
  }

  private static List<String> shortLived(List<String> java) {
    List<String> words = new ArrayList<>(java);
    words.addAll(words.indexOf(JAVA) + 1, SHORT_LIVED);
    return PackagedProgram.find().map(program -> program.run(words)).orElse(words);
  }

  /** Another of the same kind: the same command with one word replaced by another. */
  ManagedProcess another(String newName, Map<String, String> replaced, Path newLog) {
    List<String> words = command.stream().map(word -> replaced.getOrDefault(word, word)).toList();
    return new ManagedProcess(newName, words, new HashMap<>(environment), newLog);
  }

  /** It has this variable from its next start on. */
  ManagedProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  private static List<String> words(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    return Arrays.stream(text.split("\0", -1)).filter(word -> !word.isEmpty()).toList();
  }

  void start() {
    List<String> words = new ArrayList<>(within);
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    try {
      handle = builder.start().toHandle();
    } catch (IOException e) {
      throw new AssertionError(name + " could not be started again", e);
    }
  }

  /** A variable that it has when it is started again; null removes it. */
  void environment(String variable, String value) {
    if (value == null) {
      environment.remove(variable);
    } else {
      environment.put(variable, value);
    }
  }

  /** What precedes its command when it is started again, and becomes it by {@code exec}. */
  void within(List<String> program) {
    within = program;
  }

  boolean isAlive() {
    return handle != null && handle.isAlive();
  }

  ProcessHandle handle() {
    return handle;
  }

  /** SIGKILL: it cannot do anything about it. */
  void kill() {
    handle.destroyForcibly();
    awaitEnd(Await.LIMIT);
  }

  /** SIGTERM, and the end within the limit. */
  void terminate(Duration limit) {
    handle.destroy();
    awaitEnd(limit);
  }

  private void awaitEnd(Duration limit) {
    Await.value(
        name + " has ended", limit, () -> handle.isAlive() ? Optional.empty() : Optional.of(true));
  }

  /** The stage processes it has running now. */
  List<ProcessHandle> stages() {
    return handle
        .children()
        .filter(child -> child.info().command().filter(c -> c.endsWith("reseal-stage")).isPresent())
        .toList();
  }

  @Override
  public void close() {
    if (isAlive()) {
      terminate(Await.LIMIT);
    }
  }
}
