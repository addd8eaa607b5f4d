package io.reseal.appraisal;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.HostRow;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Verdict;
import io.reseal.plan.RepairPlan;
import io.reseal.plan.Step;
import io.reseal.plan.Survivors;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The cheapest repair of each lost sector, as far as the catalog alone shows it. */
public final class Repairs {

  /**
   * A repair.
   *
   * @param what is made, or what is to be done
   * @param millis how long its steps usually take on the host that is fastest at them, or null if
   *     that is not known of all
   * @param missing what must be brought in before it can begin, one sentence each
   * @param pieces whose data it needs
   */
  public record Repair(String what, Long millis, List<String> missing, List<Piece> pieces) {}

  /** Sectors with the same steps take equally long. */
  private record Kind(SealProof proof, List<Step> steps) {}

  private final Catalog catalog;
  private final List<String> hosts;
  private final Set<SectorId> withCommC = new TreeSet<>();
  private final Map<SectorId, SectorRecord> records;
  private final Map<Kind, OptionalLong> times = new HashMap<>();

  /**
   * @param lost the sectors whose repairs will be asked for
   */
  Repairs(Catalog catalog, List<SectorId> lost) {
    this.catalog = catalog;
    this.hosts = catalog.hosts().all().stream().map(HostRow::name).toList();
    this.records = catalog.sectors().find(lost);
    if (!lost.isEmpty()) {
      withCommC.addAll(catalog.roots().of(lost).keySet());
    }
  }

  Repair of(SectorOnChain sector, Verdict.InStores files) {
    return switch (files) {
      case WHOLE -> nothing("none: its files are there");
      case UNKNOWN -> nothing("find out what its store has");
      case DAMAGED -> ofWhatIsLeft(sector);
      case MISSING, NEVER_SEEN -> ofNothingLeft(sector);
    };
  }

  private static Repair nothing(String what) {
    return new Repair(what, null, List.of(), List.of());
  }

  private Repair ofWhatIsLeft(SectorOnChain sector) {
    return new Repair(
        "of what is left: `reseal rebuild --dry-run` on the host that has it",
        null,
        missing(sector, Optional.ofNullable(records.get(sector.sector()))),
        List.of());
  }

  private Repair ofNothingLeft(SectorOnChain sector) {
    Survivors none =
        new Survivors(
            sector.snapped(),
            1,
            sector.proof().size().layers(),
            withCommC.contains(sector.sector()),
            sector.proof().hasSyntheticProofs(),
            List.of());
    RepairPlan plan = RepairPlan.cheapest(none);
    Optional<SectorRecord> record = Optional.ofNullable(records.get(sector.sector()));
    List<Piece> pieces = record.map(Repairs::pieces).orElse(List.of());
    List<Step> steps =
        plan.steps(
            none,
            sector.proof().hasSyntheticProofs(),
            record.map(its -> its.pieces().stream().allMatch(Piece::isZero)).orElse(false),
            false);
    OptionalLong time =
        times.computeIfAbsent(new Kind(sector.proof(), steps), this::onTheFastestHost);
    return new Repair(
        plan.toString(),
        time.isPresent() ? time.getAsLong() : null,
        missing(sector, record),
        pieces);
  }

  private OptionalLong onTheFastestHost(Kind kind) {
    return hosts.stream()
        .map(host -> on(host, kind))
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min();
  }

  /** Empty if one of the steps is new to the host. */
  private OptionalLong on(String host, Kind kind) {
    long sum = 0;
    for (Step step : kind.steps()) {
      if (step.resource() != Step.Resource.NONE) {
        OptionalLong usual = catalog.runs().typicalMillis(host, step.title(), kind.proof());
        if (usual.isEmpty()) {
          return usual;
        }
        sum += usual.getAsLong();
      }
    }
    return OptionalLong.of(sum);
  }

  private static List<Piece> pieces(SectorRecord record) {
    return Stream.concat(
            record.pieces().stream(),
            record.snap() == null ? Stream.empty() : record.snap().pieces().stream())
        .filter(piece -> !piece.isZero())
        .distinct()
        .toList();
  }

  private static List<String> missing(SectorOnChain sector, Optional<SectorRecord> record) {
    List<String> missing = new ArrayList<>();
    SectorId id = sector.sector();
    if (record.isEmpty()) {
      missing.add("its record: `reseal import chain %d %d`".formatted(id.miner(), id.number()));
      return missing;
    }
    String recorded =
        record.get().snap() == null ? record.get().commR() : record.get().snap().commR();
    if (!recorded.equals(sector.commR())) {
      missing.add(
          "a record that fits: the chain has another CommR (`reseal import chain %d %d`)"
              .formatted(id.miner(), id.number()));
    }
    if (sector.hasData() && pieces(record.get()).isEmpty()) {
      missing.add("its pieces: the record has none, but the chain counts data");
    }
    return missing;
  }
}
