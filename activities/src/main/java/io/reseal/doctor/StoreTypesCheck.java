package io.reseal.doctor;

import io.reseal.files.FileType;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks whether the stores together take every type of a finished sector's files. */
public final class StoreTypesCheck {

  private static final String TYPES =
      Stream.of(FileType.values()).map(FileType::folder).collect(Collectors.joining(", "));

  private final List<Store> stores;

  public StoreTypesCheck(List<Store> stores) {
    this.stores = stores.stream().filter(store -> !store.readonly()).toList();
  }

  public List<CheckResult> examine() {
    List<CheckResult> findings = new ArrayList<>();
    for (Store store : stores) {
      List<String> unknown = store.unknownTypes();
      if (!unknown.isEmpty()) {
        findings.add(
            CheckResult.warning(
                "store \"%s\"".formatted(store.name()),
                "%s in AllowTypes or DenyTypes of %s: no such type of files, so it counts for nothing; the types are %s"
                    .formatted(
                        unknown.stream().map("\"%s\""::formatted).collect(Collectors.joining(", ")),
                        store.policyFile(),
                        TYPES)));
      }
    }
    String sealed = untaken(Replica.SEALED);
    String update = untaken(Replica.UPDATE);
    if (!sealed.isEmpty()) {
      findings.add(CheckResult.problem("stores", text(sealed, "no sector")));
    } else if (!update.isEmpty()) {
      findings.add(CheckResult.warning("stores", text(update, "no snapped sector")));
    }
    return findings;
  }

  /** The types of a replica's files that go into none of the stores. */
  private String untaken(Replica replica) {
    return replica.types().stream()
        .filter(type -> stores.stream().allMatch(store -> store.takes(List.of(type)).isEmpty()))
        .map(FileType::folder)
        .collect(Collectors.joining(" and "));
  }

  private static String text(String types, String what) {
    return "none of them takes %s files, so %s can be stored and none is sealed; allow these files in AllowTypes of a store's sectorstore.json (CanStore, ReadOnly and DenyTypes count too), or attach another store"
        .formatted(types, what);
  }
}
