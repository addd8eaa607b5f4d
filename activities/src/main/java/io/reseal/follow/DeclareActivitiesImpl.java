package io.reseal.follow;

import io.reseal.catalog.Catalog;
import io.reseal.chain.NodeException;
import io.reseal.config.MinerSettings;
import io.reseal.contract.DeclareActivities;
import io.reseal.contract.FailureType;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.files.FileType;
import io.reseal.files.FileWork;
import io.reseal.files.OsError;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.StoreIdentity;
import io.reseal.files.Stores;
import io.reseal.miner.MinerSoftware;
import io.reseal.miner.ProvenFiles;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.SectorId;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Declares files in this host's stores to the software of their miner. */
public final class DeclareActivitiesImpl implements DeclareActivities {

  private final Catalog catalog;
  private final Stores stores;
  private final Duration patience;
  private final Map<Long, MinerSettings> miners;
  private final Function<MinerSettings, MinerSoftware> software;

  /**
   * @param patience how long a store may take to answer
   * @param miners the software of each miner, as far as it is configured
   */
  public DeclareActivitiesImpl(
      Catalog catalog, Stores stores, Duration patience, Map<Long, MinerSettings> miners) {
    this(catalog, stores, patience, miners, MinerSoftware::of);
  }

  DeclareActivitiesImpl(
      Catalog catalog,
      Stores stores,
      Duration patience,
      Map<Long, MinerSettings> miners,
      Function<MinerSettings, MinerSoftware> software) {
    this.catalog = catalog;
    this.stores = stores;
    this.patience = patience;
    this.miners = miners;
    this.software = software;
  }

  @Override
  public SoftwareAnswer declare(SectorId sector) {
    MinerSettings settings = miners.get(sector.miner());
    Optional<SectorRecord> record = catalog.sectors().find(sector);
    if (settings == null || record.isEmpty()) {
      return null;
    }
    try {
      Optional<ProvenFiles> files =
          FileWork.within(patience, "the stores of this host", () -> files(record.get()));
      return files.isPresent()
          ? declare(settings, files.get())
          : SoftwareAnswer.doesNotSee(
              "no store of this host has all of the files that prove the sector",
              "reseal sectors check %d %d".formatted(sector.miner(), sector.number()));
    } catch (IOException e) {
      throw ApplicationFailure.newFailureWithCause(
          "A store of this host cannot be read: " + OsError.sentence(e),
          FailureType.HOST_IO.code(),
          e);
    }
  }

  private SoftwareAnswer declare(MinerSettings settings, ProvenFiles files) {
    try {
      return software.apply(settings).declare(files);
    } catch (NodeException e) {
      if (e.kind() != NodeException.Kind.UNAUTHORIZED) {
        throw e;
      }
      return SoftwareAnswer.doesNotSee(
          "%s at %s does not accept the token: it %s"
              .formatted(settings.kind(), settings.address(), e.said()),
          settings.kind().makeToken());
    }
  }

  /** Where what the chain has proven lies: a snapped sector's update, else its sealed file. */
  private Optional<Placement> placed(SectorRecord record) {
    Replica replica = record.snap() == null ? Replica.SEALED : Replica.UPDATE;
    return stores.whole(record.id(), replica, record.proof(), store -> true);
  }

  private Optional<ProvenFiles> files(SectorRecord record) throws IOException {
    Optional<Placement> placed = placed(record);
    if (placed.isEmpty()) {
      return Optional.empty();
    }
    List<ProvenFiles.Part> parts = new ArrayList<>();
    for (Map.Entry<FileType, Store> each : placed.get().stores().entrySet()) {
      parts.add(
          new ProvenFiles.Part(
              ProvenFiles.Type.valueOf(each.getKey().name()),
              StoreIdentity.ofSoftware(each.getValue().root()),
              each.getValue().root().toString()));
    }
    boolean updated = record.snap() != null;
    return Optional.of(
        new ProvenFiles(
            record.id(),
            record.proof(),
            Cid.ofSealed(updated ? record.snap().commR() : record.commR()),
            updated ? Optional.of(Cid.ofSealed(record.commR())) : Optional.empty(),
            parts));
  }
}
