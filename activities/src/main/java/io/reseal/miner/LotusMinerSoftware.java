package io.reseal.miner;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.chain.LotusNode;
import io.reseal.chain.NodeException;
import io.reseal.config.MinerSettings;
import io.reseal.contract.SoftwareAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * lotus-miner keeps an index in memory of which store has which files of a sector. Files that are
 * back at their old place need no call; those in another store are declared there. Rescanning is
 * never asked for: it holds a lock while it looks at every disk, and with a dead one among them
 * proving would wait.
 */
final class LotusMinerSoftware implements MinerSoftware {

  /**
   * How often the check must pass. With two entries for a type of files, lotus-miner takes one at
   * random, so a single check may happen to use the right one.
   */
  private static final int CHECKS = 5;

  private static final MinerSettings.Kind KIND = MinerSettings.Kind.LOTUS_MINER;

  private final LotusNode miner;

  LotusMinerSoftware(LotusNode miner) {
    this.miner = miner;
  }

  /** An entry of the index. */
  private record Entry(ProvenFiles.Type type, String store) {}

  @Override
  public SoftwareAnswer declare(ProvenFiles files) {
    Optional<SoftwareAnswer> unknown = unknownStore(files);
    if (unknown.isPresent()) {
      return unknown.get();
    }
    for (ProvenFiles.Part part : files.parts()) {
      if (!stores(files, part.type()).contains(part.id())) {
        add(files, new Entry(part.type(), part.id()));
      }
    }
    Optional<String> fault = fault(files);
    if (fault.isPresent()) {
      fault = faultWithoutOtherStores(files, fault.get());
    }
    return fault
        .map(
            said ->
                SoftwareAnswer.doesNotSee(
                    "lotus-miner's check of the sector fails: " + said,
                    "lotus-miner storage find " + files.sector().number()))
        .orElseGet(() -> SoftwareAnswer.sees("lotus-miner's check of the sector passed"));
  }

  private Optional<SoftwareAnswer> unknownStore(ProvenFiles files) {
    return MinerSoftware.unknownStore(files, KIND)
        .or(
            () ->
                files.parts().stream()
                    .filter(part -> !knowsStore(part.id()))
                    .findFirst()
                    .map(
                        part ->
                            SoftwareAnswer.doesNotSee(
                                "lotus-miner does not know the store %s (ID %s)"
                                    .formatted(part.path(), part.id()),
                                KIND.attach(part.path()))));
  }

  /** A declaration for a store that it does not know would be taken, and break its list. */
  private boolean knowsStore(String id) {
    try {
      miner.call("StorageInfo", id);
      return true;
    } catch (NodeException e) {
      if (e.kind() == NodeException.Kind.REFUSED) {
        return false;
      }
      throw e;
    }
  }

  private List<String> stores(ProvenFiles files, ProvenFiles.Type type) {
    List<String> stores = new ArrayList<>();
    for (JsonNode store :
        miner.call(
            "StorageFindSector",
            MinerSoftware.reference(files.sector()),
            type.bit(),
            files.proof().size().bytes(),
            false)) {
      stores.add(store.path("ID").asText());
    }
    return stores;
  }

  private void add(ProvenFiles files, Entry entry) {
    miner.call(
        "StorageDeclareSector",
        entry.store(),
        MinerSoftware.reference(files.sector()),
        entry.type().bit(),
        true);
  }

  private void drop(ProvenFiles files, Entry entry) {
    miner.call(
        "StorageDropSector",
        entry.store(),
        MinerSoftware.reference(files.sector()),
        entry.type().bit());
  }

  /**
   * Entries of other stores, such as the dead disk's, make the check fail. They are dropped only if
   * it passes without them, so not if there is no answer; nothing but the index changes.
   */
  private Optional<String> faultWithoutOtherStores(ProvenFiles files, String before) {
    List<Entry> others = others(files);
    if (others.isEmpty()) {
      return Optional.of(before);
    }
    boolean passes = false;
    try {
      others.forEach(entry -> drop(files, entry));
      Optional<String> fault = fault(files);
      passes = fault.isEmpty();
      return fault;
    } finally {
      if (!passes) {
        others.forEach(entry -> add(files, entry));
      }
    }
  }

  private List<Entry> others(ProvenFiles files) {
    List<Entry> others = new ArrayList<>();
    for (ProvenFiles.Part part : files.parts()) {
      stores(files, part.type()).stream()
          .filter(store -> !store.equals(part.id()))
          .forEach(store -> others.add(new Entry(part.type(), store)));
    }
    return others;
  }

  /** Why lotus-miner could not prove the sector, the first line of it; empty if it could. */
  private Optional<String> fault(ProvenFiles files) {
    for (int i = 0; i < CHECKS; i++) {
      JsonNode bad =
          miner.call(
              "CheckProvable",
              files.windowPoStProof(),
              List.of(
                  Map.of(
                      "ID",
                      MinerSoftware.reference(files.sector()),
                      "ProofType",
                      files.proof().number())));
      JsonNode said = bad.path(Long.toString(files.sector().number()));
      if (!said.isMissingNode()) {
        return Optional.of(said.asText().lines().findFirst().orElse("without a reason"));
      }
    }
    return Optional.empty();
  }
}
