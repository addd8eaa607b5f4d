package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which identity each store of a host must have. The catalog decides; what it said is remembered in
 * the first thread's location, for times when the catalog is away and for commands.
 */
public final class StoreIdentities {

  private static final Logger LOG = LoggerFactory.getLogger(StoreIdentities.class);

  /**
   * What is remembered.
   *
   * @param identities each store's identity by the store's name
   */
  record Remembered(@JsonProperty("identities") Map<String, String> identities) {}

  /** How long the file may take to answer: what it holds is in the catalog as well. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  private final Optional<MarkFile<Remembered>> file;
  private final boolean strict;
  private final Map<String, String> expected = new TreeMap<>();
  private final Map<String, String> refused = new TreeMap<>();

  private StoreIdentities(Optional<MarkFile<Remembered>> file, boolean strict) {
    this.file = file;
    this.strict = strict;
    expected.putAll(remembered());
  }

  /** For stores whose identity does not matter. */
  static StoreIdentities none() {
    return new StoreIdentities(Optional.empty(), false);
  }

  /** For commands: a store of which nothing is remembered may have any identity. */
  public static StoreIdentities ofCommand(WorkerConfig config) {
    return new StoreIdentities(file(config), false);
  }

  /**
   * For a worker: a store of which nothing is known is not used before the catalog has answered.
   */
  public static StoreIdentities ofWorker(WorkerConfig config) {
    return new StoreIdentities(file(config), true);
  }

  private static Optional<MarkFile<Remembered>> file(WorkerConfig config) {
    return config.threads().stream().findFirst().map(thread -> file(thread.location()));
  }

  private static MarkFile<Remembered> file(Path location) {
    return new MarkFile<>(
        location.resolve("reseal").resolve("stores").resolve("identities.json"),
        Remembered.class,
        (at, what) -> {
          LOG.warn("{}; the identities of stores are read from the catalog", what);
          return new Remembered(Map.of());
        });
  }

  private Map<String, String> remembered() {
    try {
      return file.isEmpty()
          ? Map.of()
          : FileWork.within(ANSWER_LIMIT, "The first thread's location", file.get()::read)
              .map(Remembered::identities)
              .orElse(Map.of());
    } catch (IOException e) {
      LOG.warn("The remembered identities of stores cannot be read: {}", e.toString());
      return Map.of();
    }
  }

  /** The identity that the store must have, if it is known. */
  public synchronized Optional<String> expected(String store) {
    return Optional.ofNullable(expected.get(store));
  }

  /** From now on, the store must have this identity. */
  public synchronized void expect(String store, String identity) {
    refused.remove(store);
    if (identity.equals(expected.put(store, identity)) || file.isEmpty()) {
      return;
    }
    try {
      Remembered all = new Remembered(Map.copyOf(expected));
      FileWork.within(
          ANSWER_LIMIT,
          "The first thread's location",
          () -> {
            file.get().write(all);
            return null;
          });
    } catch (IOException e) {
      LOG.warn(
          "The identity of store \"{}\" could not be noted on this host; it is in the catalog: {}",
          store,
          e.toString());
    }
  }

  /** A store of which nothing is known must not be used. */
  public synchronized void refuse(String store, String why) {
    refused.put(store, why);
  }

  /** Why a directory is not to be used as the store, in half a sentence, or empty. */
  Optional<String> fault(String store, Path root, boolean readonly) {
    String wanted;
    synchronized (this) {
      if (refused.containsKey(store)) {
        return Optional.of(refused.get(store));
      }
      wanted = expected.get(store);
    }
    if (wanted == null) {
      return strict && !readonly
          ? Optional.of("its identity is not known until the catalog answers")
          : Optional.empty();
    }
    List<String> found = StoreIdentity.read(root);
    if (found.contains(wanted)) {
      return Optional.empty();
    }
    return Optional.of(
        "%s %s; mount its disk, or if the disk was replaced on purpose, run: reseal worker accept-store %s"
            .formatted(
                root,
                found.isEmpty()
                    ? "has no identity, so it may be an empty mount point (expected: %s)"
                        .formatted(wanted)
                    : "is another store: its identity is %s instead of %s"
                        .formatted(found.get(0), wanted),
                store));
  }
}
