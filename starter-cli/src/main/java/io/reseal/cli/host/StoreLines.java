package io.reseal.cli.host;

import io.reseal.catalog.StoreRow;
import io.reseal.config.ByteSizes;
import java.util.List;
import java.util.stream.Collectors;

/** A host's stores, one line each. */
final class StoreLines {

  private StoreLines() {}

  /** {@code store "a": "/mnt/a"; 3.5 TiB free}, or why it is not used. */
  static String of(List<StoreRow> stores) {
    return stores.stream()
        .map(
            store ->
                "store \"%s\": \"%s\"; %s%n"
                    .formatted(store.name(), store.location(), condition(store)))
        .collect(Collectors.joining());
  }

  /** Only those that are not used. */
  static String faulty(List<StoreRow> stores) {
    return of(stores.stream().filter(store -> store.fault() != null).toList());
  }

  private static String condition(StoreRow store) {
    if (store.fault() != null) {
      return "not used: " + store.fault();
    }
    return "%s free%s%s"
        .formatted(
            ByteSizes.text(store.freeBytes()),
            store.readonly() ? ", readonly" : "",
            store.incomingBytes() == 0
                ? ""
                : ", %s being copied or interrupted"
                    .formatted(ByteSizes.text(store.incomingBytes())));
  }
}
