package io.reseal.files;

import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Chooses into which stores a sector goes. One store for all of it is the usual case. Types of
 * files are chosen for one by one if some of them have their place already, if the sector lies in
 * several stores, or if stores take only some types.
 */
final class StoreChoice {

  private final List<Store> stores;
  private final StoreMarks marks;
  private final SectorId sector;
  private final SectorSize size;
  private final List<FileType> types;

  /**
   * @param types which types of the sector's files need a store
   */
  StoreChoice(
      List<Store> stores,
      StoreMarks marks,
      SectorId sector,
      SectorSize size,
      Collection<FileType> types) {
    this.stores = stores;
    this.marks = marks;
    this.sector = sector;
    this.size = size;
    this.types = List.copyOf(types);
  }

  /**
   * @param settled the types that have a store already
   * @param refusing why a store that could take files is not to be used, by store
   * @param complaint the beginning of the message if nothing is found, with a place for what finds
   *     no store
   */
  Placement choose(Map<FileType, Store> settled, Map<Store, String> refusing, String complaint)
      throws NoStoreException {
    if (settled.isEmpty() && !liesApart(refusing)) {
      Optional<Store> one =
          able(types, refusing).stream()
              .max(preferred(store -> store.hasReserved(sector), store -> false));
      if (one.isPresent()) {
        return Placement.in(one.get(), sector, types);
      }
      if (!isByType(refusing)) {
        throw refusal(complaint, "", types, refusing);
      }
    }
    return byType(settled, refusing, complaint);
  }

  private Placement byType(
      Map<FileType, Store> settled, Map<Store, String> refusing, String complaint)
      throws NoStoreException {
    Map<FileType, Store> chosen = new EnumMap<>(FileType.class);
    for (FileType type : types) {
      if (settled.containsKey(type)) {
        continue;
      }
      List<Store> able =
          stores.stream()
              .filter(store -> why(store, with(chosen, store, type), refusing).isEmpty())
              .toList();
      if (able.isEmpty()) {
        throw refusal(
            complaint, "the %s files of ".formatted(type.folder()), List.of(type), refusing);
      }
      chosen.put(
          type,
          able.stream()
              .max(
                  preferred(
                      store -> store.holds(sector, type) || store.hasReserved(sector, type),
                      beside(type, chosen, settled)))
              .orElseThrow());
    }
    chosen.putAll(settled);
    return new Placement(sector, chosen);
  }

  /** A replica's file and the files that prove it go together if they can. */
  private static Predicate<Store> beside(
      FileType type, Map<FileType, Store> chosen, Map<FileType, Store> settled) {
    Map<FileType, Store> all = new EnumMap<>(chosen);
    all.putAll(settled);
    Optional<Store> partner = Replica.of(type).map(replica -> all.get(replica.partner(type)));
    return store -> partner.map(found -> found == store).orElse(all.containsValue(store));
  }

  /** What a store would have to take with one more type. */
  private static List<FileType> with(Map<FileType, Store> chosen, Store store, FileType type) {
    List<FileType> with =
        new ArrayList<>(chosen.keySet().stream().filter(has -> chosen.get(has) == store).toList());
    with.add(type);
    return with;
  }

  /**
   * Best last: one that did not fail a short while ago, then the two wishes, then what is there
   * already, then the most room.
   */
  private Comparator<Store> preferred(Predicate<Store> first, Predicate<Store> second) {
    return Comparator.comparing((Store store) -> marks.why(store).isEmpty())
        .thenComparing(first::test)
        .thenComparing(second::test)
        .thenComparing(store -> types.stream().filter(type -> store.holds(sector, type)).count())
        .thenComparing(store -> store.holdsPartOf(sector))
        .thenComparing(Store::freeBytes);
  }

  private List<Store> able(List<FileType> wanted, Map<Store, String> refusing) {
    return stores.stream().filter(store -> why(store, wanted, refusing).isEmpty()).toList();
  }

  private Optional<String> why(Store store, List<FileType> wanted, Map<Store, String> refusing) {
    return refusing.containsKey(store)
        ? Optional.of(refusing.get(store))
        : store.refusal(sector, size, wanted);
  }

  /** Whether there is no store with all that is left of the sector. */
  private boolean liesApart(Map<Store, String> refusing) {
    List<Store> usable =
        stores.stream()
            .filter(store -> !refusing.containsKey(store))
            .filter(Store::isUsable)
            .toList();
    List<FileType> there =
        types.stream()
            .filter(type -> usable.stream().anyMatch(store -> store.holds(sector, type)))
            .toList();
    return !there.isEmpty()
        && usable.stream()
            .noneMatch(store -> there.stream().allMatch(type -> store.holds(sector, type)));
  }

  private boolean isByType(Map<Store, String> refusing) {
    return stores.stream()
        .filter(store -> !refusing.containsKey(store))
        .map(store -> store.takes(types).size())
        .anyMatch(taken -> taken > 0 && taken < types.size());
  }

  private NoStoreException refusal(
      String complaint, String what, List<FileType> wanted, Map<Store, String> refusing) {
    List<String> refusals = new ArrayList<>();
    for (Store store : stores) {
      refusals.add(
          "\"%s\": %s"
              .formatted(store.name(), why(store, wanted, refusing).orElse("it cannot be used")));
    }
    return new NoStoreException(
        complaint.formatted("%ssector %s (%s)".formatted(what, sector, size))
            + "; make room in one, fix it, or attach another: %s."
                .formatted(String.join("; ", refusals)));
  }
}
