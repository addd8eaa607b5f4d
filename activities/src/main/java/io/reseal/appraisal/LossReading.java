package io.reseal.appraisal;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.LossScanRow;
import io.reseal.catalog.ScannedStore;
import io.reseal.config.MinerSettings;
import io.reseal.losses.Charges;
import io.reseal.losses.CopyInStore;
import io.reseal.losses.CopyInStore.Condition;
import io.reseal.losses.Loss;
import io.reseal.losses.Outlook;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Verdict;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts together what the newest scan of a miner found on the chain and in the stores. */
public final class LossReading {

  /**
   * A sector of which something must be done, with its repair.
   *
   * @param repair the cheapest one
   */
  public record Line(Loss loss, Repairs.Repair repair) {

    public SectorId sector() {
      return loss.sector().sector();
    }

    /** Whether its files are lost, as far as is known. */
    public boolean isLost() {
      return loss.sector().disputed() == null && loss.files().isLost();
    }
  }

  /**
   * What was found.
   *
   * @param clock the miner's deadlines, seen from now
   * @param lines the sectors of which something must be done, what is worst to wait for first
   * @param counts how many sectors there are with each verdict
   * @param ended the sectors that the chain expects no more proofs of
   * @param away the stores that could not be looked at, each with its copies that are now unknown
   * @param unasked the hosts that did not say what they can do for the losses
   */
  public record Read(
      LossScanRow scan,
      ProvingClock clock,
      List<Line> lines,
      Map<Verdict, Long> counts,
      Set<SectorId> ended,
      Map<ScannedStore, Long> away,
      Set<String> unasked) {}

  private final Catalog catalog;
  private final LossScanRow scan;
  private final MinerSettings.Kind software;
  private final ProvingClock clock;
  private final List<ScannedStore> stores;
  private final Set<String> seen;

  LossReading(Catalog catalog, LossScanRow scan, MinerSettings.Kind software, long now) {
    this.catalog = catalog;
    this.scan = scan;
    this.software = software;
    ProvingClock then = scan.onChain().clock();
    Duration since = Duration.ofMillis(Math.max(0, now - scan.askedAt()));
    this.clock = then.at(then.now() + since.dividedBy(then.rules().epoch()));
    this.stores = catalog.losses().stores(scan.miner(), scan.startedAt());
    this.seen =
        stores.stream()
            .filter(store -> store.fault() == null)
            .map(ScannedStore::storeId)
            .collect(Collectors.toSet());
  }

  /** A sector that something must be done about, before its repair is known. */
  private record Found(
      SectorOnChain sector, Verdict verdict, Verdict.InStores files, List<CopyInStore> copies) {}

  Read read() {
    Map<Long, List<CopyRow>> copies = new HashMap<>();
    catalog
        .copies()
        .eachOfMiner(
            scan.miner(),
            row -> copies.computeIfAbsent(row.sector().number(), of -> new ArrayList<>()).add(row));
    boolean allSeen =
        !stores.isEmpty() && stores.stream().allMatch(store -> seen.contains(store.storeId()));
    Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
    List<Found> found = new ArrayList<>();
    Set<SectorId> ended = new HashSet<>();
    catalog
        .losses()
        .eachSector(
            scan.miner(),
            scan.startedAt(),
            sector -> {
              List<CopyInStore> its =
                  inStores(sector, copies.getOrDefault(sector.sector().number(), List.of()));
              Verdict.InStores files = Verdict.inStores(its, allSeen);
              Verdict verdict = Verdict.of(sector, files);
              counts.merge(verdict, 1L, Long::sum);
              if (verdict == Verdict.ENDED) {
                ended.add(sector.sector());
              }
              if (verdict.isTrouble()) {
                found.add(new Found(sector, verdict, files, its));
              }
            });
    Repairs repairs =
        new Repairs(catalog, scan, found.stream().map(one -> one.sector().sector()).toList());
    return new Read(
        scan, clock, lines(found, repairs), counts, ended, away(copies), repairs.unasked());
  }

  private List<CopyInStore> inStores(SectorOnChain sector, List<CopyRow> rows) {
    String proven = sector.snapped() ? "update" : "sealed";
    return rows.stream()
        .filter(row -> row.replica().equals(proven))
        .map(
            row ->
                new CopyInStore(
                    "%s of %s".formatted(row.store(), row.host()), condition(row), row.damage()))
        .toList();
  }

  private Condition condition(CopyRow row) {
    if (row.lost()) {
      return Condition.LOST;
    }
    if (row.damage() != null) {
      return Condition.DAMAGED;
    }
    return isFresh(row) ? Condition.WHOLE : Condition.AWAY;
  }

  /** Whether the scan has seen a copy. Both times are by the clock of the host that looked. */
  private boolean isFresh(CopyRow row) {
    return stores.stream()
        .anyMatch(
            store ->
                store.fault() == null
                    && store.storeId().equals(row.storeId())
                    && store.host().equals(row.host())
                    && row.seenAt() >= store.lookedAt());
  }

  private List<Line> lines(List<Found> found, Repairs repairs) {
    Charges charges = new Charges(scan.onChain().estimates());
    Map<SectorId, Repairs.Repair> bySector = new HashMap<>();
    List<Loss> losses = new ArrayList<>();
    for (Found one : found) {
      Repairs.Repair repair = repairs.of(one.sector(), one.files());
      bySector.put(one.sector().sector(), repair);
      Duration work = repair.millis() == null ? null : Duration.ofMillis(repair.millis());
      losses.add(
          new Loss(
              one.sector(),
              one.verdict(),
              one.files(),
              one.copies(),
              work,
              Outlook.of(
                  one.sector(), clock, charges, work == null ? Duration.ZERO : work, software)));
    }
    return losses.stream()
        .sorted(Loss.byCostOfWaiting(clock))
        .map(loss -> new Line(loss, bySector.get(loss.sector().sector())))
        .toList();
  }

  /** A store that is away is one event, whatever the number of its copies. */
  private Map<ScannedStore, Long> away(Map<Long, List<CopyRow>> copies) {
    Map<ScannedStore, Long> away = new LinkedHashMap<>();
    stores.stream()
        .filter(store -> !seen.contains(store.storeId()))
        .forEach(store -> away.put(store, 0L));
    copies.values().stream()
        .flatMap(List::stream)
        .filter(row -> condition(row) == Condition.AWAY)
        .forEach(row -> away.merge(storeOf(row), 1L, Long::sum));
    return away;
  }

  private ScannedStore storeOf(CopyRow row) {
    return stores.stream()
        .filter(store -> store.storeId().equals(row.storeId()))
        .min(Comparator.comparing(store -> store.fault() == null ? 1 : 0))
        .map(
            store ->
                store.fault() == null
                    ? unseen(row, "these copies are being rebuilt, or parts of them are away")
                    : store)
        .orElseGet(() -> unseen(row, "no host that was asked has this store any more"));
  }

  private static ScannedStore unseen(CopyRow row, String why) {
    return new ScannedStore(row.host(), row.store(), row.storeId(), 0, why);
  }
}
