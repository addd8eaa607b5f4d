package io.reseal.demo;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a sector's kept files by their path within a store, for the comparison at the end.
 */
record KeptFiles(Map<String, byte[]> files) {

  /** The kept files of every sector of 2 KiB; {@code t_aux} holds a path on foreign miners. */
  private static final List<String> CACHE = List.of("p_aux", "sc-02-data-tree-r-last.dat", "t_aux");

  /** How a file came out. */
  record Comparison(String file, int bytes, Outcome outcome) {}

  /** What the comparison of a file says. */
  enum Outcome {
    identical,
    DIFFERENT,
    MISSING
  }

  static KeptFiles read(Path store, SectorId sector) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    String sealed = sealed(sector);
    files.put(sealed, Files.readAllBytes(store.resolve(sealed)));
    for (String name : CACHE) {
      String file = cached(sector, name);
      files.put(file, Files.readAllBytes(store.resolve(file)));
    }
    return new KeptFiles(files);
  }

  static String sealed(SectorId sector) {
    return "sealed/" + sector.fileName();
  }

  static String cached(SectorId sector, String name) {
    return "cache/" + sector.fileName() + "/" + name;
  }

  /** Those of these names in the sector's cache directory. */
  KeptFiles onlyCached(SectorId sector, List<String> names) {
    Map<String, byte[]> some = new TreeMap<>(files);
    some.keySet().retainAll(names.stream().map(name -> cached(sector, name)).toList());
    return new KeptFiles(some);
  }

  void remove(Path store) throws IOException {
    for (String file : files.keySet()) {
      Files.delete(store.resolve(file));
      Path directory = store.resolve(file).getParent();
      try (var rest = Files.list(directory)) {
        if (rest.findAny().isEmpty() && !directory.getParent().equals(store)) {
          Files.delete(directory);
        }
      }
    }
  }

  List<Comparison> compare(Path store) throws IOException {
    List<Comparison> comparisons = new java.util.ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path rebuilt = store.resolve(file.getKey());
      Outcome outcome =
          !Files.exists(rebuilt)
              ? Outcome.MISSING
              : Arrays.equals(Files.readAllBytes(rebuilt), file.getValue())
                  ? Outcome.identical
                  : Outcome.DIFFERENT;
      comparisons.add(new Comparison(file.getKey(), file.getValue().length, outcome));
    }
    return comparisons;
  }
}
