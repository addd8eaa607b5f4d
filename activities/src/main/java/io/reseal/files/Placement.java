package io.reseal.files;

import io.reseal.sector.SectorId;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which store each type of a sector's files is in, or is to go into. Usually one store has all of
 * them.
 *
 * @param stores the store of each type, in the types' order
 */
public record Placement(SectorId sector, Map<FileType, Store> stores) {

  public Placement {
    Map<FileType, Store> ordered = new EnumMap<>(FileType.class);
    ordered.putAll(stores);
    stores = Collections.unmodifiableMap(ordered);
  }

  /** These types in one store. */
  public static Placement in(Store store, SectorId sector, Collection<FileType> types) {
    return new Placement(
        sector, types.stream().collect(Collectors.toMap(type -> type, type -> store)));
  }

  /** A replica's file in one store and the files that prove it in another, or in the same one. */
  public static Placement of(SectorId sector, Replica replica, Store data, Store cache) {
    return new Placement(sector, Map.of(replica.dataType(), data, replica.cacheType(), cache));
  }

  /** The sector's paths there; only those of the placed types. */
  public SectorFiles files() {
    return new SectorFiles(
        stores.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().root())),
        sector);
  }

  /** The store of a type that is placed. */
  public Store of(FileType type) {
    return stores.get(type);
  }

  /** Each of the stores once. */
  public List<Store> distinct() {
    return stores.values().stream().distinct().toList();
  }

  /** What one of the stores has. */
  List<FileType> typesIn(Store store) {
    return stores.keySet().stream().filter(type -> stores.get(type) == store).toList();
  }

  /** The store's name; of several, each with what it has, e.g. {@code a (sealed), b (cache)}. */
  public String names() {
    List<Store> distinct = distinct();
    if (distinct.size() == 1) {
      return distinct.get(0).name();
    }
    return distinct.stream()
        .map(
            store ->
                "%s (%s)"
                    .formatted(
                        store.name(),
                        typesIn(store).stream()
                            .map(FileType::folder)
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining(", "));
  }
}
