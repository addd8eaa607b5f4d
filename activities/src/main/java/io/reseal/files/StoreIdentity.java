package io.reseal.files;

import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which store a directory is: the ID in the miner's own {@code sectorstore.json}, and one that
 * Reseal gives it in {@code .reseal/store-id}. An empty mount point has neither.
 */
public final class StoreIdentity {

  private static final String FILE = "store-id";
  private static final int MOST_CHARACTERS = 200;

  private StoreIdentity() {}

  /** The directory's identities, the miner's own first; none if it cannot be read. */
  public static List<String> read(Path root) {
    List<String> found = new ArrayList<>();
    try {
      StorePolicy.read(root).id().ifPresent(found::add);
    } catch (IOException e) {
      // A broken policy is reported where the store is to be used.
    }
    own(root).ifPresent(found::add);
    return List.copyOf(found);
  }

  /** The ID by which the miner's own software knows the directory, if it is one of its stores. */
  public static Optional<String> ofSoftware(Path root) throws IOException {
    return StorePolicy.read(root).id();
  }

  /** The directory's identity; gives it one if it has none. */
  public static String require(Path root) throws IOException {
    Optional<String> first = read(root).stream().findFirst();
    return first.isPresent() ? first.get() : create(root);
  }

  private static String create(Path root) throws IOException {
    Durable durable = new Durable();
    durable.makeDirectory(file(root).getParent());
    try {
      durable.write(file(root), (UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (FileAlreadyExistsException e) {
      // Another host that shares the store gave it one at the same time.
    }
    return own(root).orElseThrow(() -> new IOException("%s cannot be read".formatted(file(root))));
  }

  private static Optional<String> own(Path root) {
    Path file = file(root);
    try {
      return Optional.of(new String(SmallFile.read(file), StandardCharsets.ISO_8859_1).strip())
          .filter(id -> !id.isEmpty() && id.length() <= MOST_CHARACTERS);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Path file(Path root) {
    return root.resolve(".reseal").resolve(FILE);
  }
}
