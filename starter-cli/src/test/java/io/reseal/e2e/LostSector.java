package io.reseal.e2e;

import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A sector that was sealed and lost.
 *
 * @param record its inputs and commitments
 * @param files the lost files: path within a store to bytes, as text in which each byte is a char
 */
record LostSector(SectorRecord record, Map<String, String> files) {

  SectorId id() {
    return record.id();
  }

  /** The numbers as the command line takes them. */
  String number() {
    return Long.toString(id().number());
  }

  LostSector with(SectorRecord other) {
    return new LostSector(other, files);
  }

  /** Puts its files back into a store. */
  void putInto(Path store) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = store.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Every file of the sector that a store holds where the miner's software looks for it. */
  static Map<String, String> filesIn(Path store, SectorId sector) {
    Map<String, String> files = new TreeMap<>();
    for (String kind : List.of("unsealed", "sealed", "cache", "update", "update-cache")) {
      Path top = store.resolve(kind).resolve(sector.fileName());
      if (Files.exists(top)) {
        files.putAll(tree(store, top));
      }
    }
    return files;
  }

  /** All files below a directory or the file itself, by their path within the base. */
  static Map<String, String> tree(Path base, Path top) {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(top)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        files.put(
            base.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
