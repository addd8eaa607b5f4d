package io.reseal.appraisal;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.LossScanRow;
import io.reseal.catalog.ScannedStore;
import io.reseal.losses.RepairOnHost;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cheapest repair of each lost sector, by what the hosts answered when it was found lost, and
 * how long its steps usually take.
 */
public final class Repairs {

  /**
   * A repair.
   *
   * @param what is made, or what is to be done
   * @param millis how long its steps usually take on the host that can make it, or, if any can, on
   *     the one that is fastest at them; null if that is not known of all
   * @param missing what must be brought in before it can begin, one sentence each
   * @param lacking what no host had when it was asked, one sentence each
   * @param pieces whose data it needs
   */
  public record Repair(
      String what,
      Long millis,
      List<String> missing,
      List<String> lacking,
      List<NeededPiece> pieces) {}

  /**
   * A piece whose data is needed.
   *
   * @param hosts those that can get it
   */
  public record NeededPiece(Piece piece, List<String> hosts) {}

  /**
   * Sectors with the same steps take equally long.
   *
   * @param labelled which part of all layers is labelled
   */
  private record Kind(SealProof proof, List<Step> steps, double labelled) {}

  private record KindOnHost(String host, Kind kind) {}

  private final Catalog catalog;
  private final List<String> hosts;
  private final Set<SectorId> withCommC = new TreeSet<>();
  private final Map<SectorId, SectorRecord> records;
  private final Map<String, Map<SectorId, RepairOnHost>> answers;
  private final Set<String> unasked = new TreeSet<>();
  private final Map<KindOnHost, OptionalLong> times = new HashMap<>();

  /**
   * @param scan that found the losses
   * @param lost the sectors whose repairs will be asked for
   */
  Repairs(Catalog catalog, LossScanRow scan, List<SectorId> lost) {
    this.catalog = catalog;
    this.answers = catalog.losses().repairs(scan.miner(), scan.startedAt());
    catalog.losses().stores(scan.miner(), scan.startedAt()).stream()
        .map(ScannedStore::host)
        .filter(host -> !answers.containsKey(host))
        .forEach(unasked::add);
    this.hosts = catalog.hosts().all().stream().map(HostRow::name).toList();
    this.records = catalog.sectors().find(lost);
    if (!lost.isEmpty()) {
      withCommC.addAll(catalog.roots().of(lost).keySet());
    }
  }

  /** The hosts that did not say what they can do. */
  Set<String> unasked() {
    return unasked;
  }

  Repair of(SectorOnChain sector, Verdict.InStores files) {
    return switch (files) {
      case WHOLE -> nothing("none: its files are there");
      case UNKNOWN -> nothing("find out what its store has");
      case DAMAGED ->
          ofWhatIsLeft(sector)
              .orElseGet(() -> isSeen(sector) ? ofNothingLeft(sector) : ofWhatNobodySaw(sector));
      case MISSING, NEVER_SEEN -> ofWhatIsLeft(sector).orElseGet(() -> ofNothingLeft(sector));
    };
  }

  /** Whether every host has looked at what is left of it; without a record none can. */
  private boolean isSeen(SectorOnChain sector) {
    return unasked.isEmpty() && record(sector).isPresent();
  }

  private static Repair nothing(String what) {
    return new Repair(what, null, List.of(), List.of(), List.of());
  }

  /** Of those that hosts can make, the one that labels least, and of these the fastest. */
  private Optional<Repair> ofWhatIsLeft(SectorOnChain sector) {
    return answers.entrySet().stream()
        .filter(answer -> repairOf(sector, answer).isPresent())
        .min(
            Comparator.<Map.Entry<String, Map<SectorId, RepairOnHost>>>comparingDouble(
                    answer -> repairOf(sector, answer).orElseThrow().labelled())
                .thenComparingLong(answer -> timeOn(sector, answer).orElse(Long.MAX_VALUE))
                .thenComparing(Map.Entry::getKey))
        .map(
            answer -> {
              RepairOnHost.OfWhatIsLeft repair = repairOf(sector, answer).orElseThrow();
              return repair(
                  sector,
                  "%s, on %s".formatted(repair.what(), answer.getKey()),
                  timeOn(sector, answer),
                  repair.steps(),
                  Set.of(answer.getKey()));
            });
  }

  private static Optional<RepairOnHost.OfWhatIsLeft> repairOf(
      SectorOnChain sector, Map.Entry<String, Map<SectorId, RepairOnHost>> answer) {
    return Optional.ofNullable(answer.getValue().get(sector.sector())).map(RepairOnHost::repair);
  }

  private OptionalLong timeOn(
      SectorOnChain sector, Map.Entry<String, Map<SectorId, RepairOnHost>> answer) {
    RepairOnHost.OfWhatIsLeft repair = repairOf(sector, answer).orElseThrow();
    return on(answer.getKey(), new Kind(sector.proof(), repair.steps(), repair.labelled()));
  }

  /** It is not known what is left, so neither is what is to be done. */
  private Repair ofWhatNobodySaw(SectorOnChain sector) {
    return new Repair(
        "of what is left: `reseal rebuild --dry-run` on the host that has it",
        null,
        missing(sector, false),
        List.of(),
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
    List<Step> steps =
        plan.steps(
            none,
            sector.proof().hasSyntheticProofs(),
            record(sector).map(its -> its.pieces().stream().allMatch(Piece::isZero)).orElse(false),
            false);
    return repair(
        sector,
        plan.toString(),
        onTheFastestHost(new Kind(sector.proof(), steps, 1)),
        steps,
        answers.keySet());
  }

  /**
   * @param on the hosts that can make it
   */
  private Repair repair(
      SectorOnChain sector, String what, OptionalLong time, List<Step> steps, Set<String> on) {
    List<Piece> pieces = record(sector).map(its -> pieces(its, steps)).orElse(List.of());
    return new Repair(
        what,
        time.isPresent() ? time.getAsLong() : null,
        missing(sector, needsPieces(steps)),
        Stream.concat(nowhere(sector, pieces).stream(), lackOfRoom(sector, on).stream()).toList(),
        pieces.stream().map(piece -> new NeededPiece(piece, holders(sector, piece))).toList());
  }

  private Optional<SectorRecord> record(SectorOnChain sector) {
    return Optional.ofNullable(records.get(sector.sector()));
  }

  /** The hosts that can get a piece. */
  private List<String> holders(SectorOnChain sector, Piece piece) {
    return answers.entrySet().stream()
        .filter(
            answer ->
                Optional.ofNullable(answer.getValue().get(sector.sector()))
                    .filter(repair -> repair.pieces().contains(piece.cid()))
                    .isPresent())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private Optional<String> nowhere(SectorOnChain sector, List<Piece> pieces) {
    long unknown = pieces.stream().filter(piece -> holders(sector, piece).isEmpty()).count();
    return answers.isEmpty() || unknown == 0
        ? Optional.empty()
        : Optional.of(
            "%d of its %d pieces, which no host has found".formatted(unknown, pieces.size()));
  }

  /** If none of the hosts has room. */
  private Optional<String> lackOfRoom(SectorOnChain sector, Set<String> on) {
    Map<String, String> reasons = new TreeMap<>();
    for (String host : on) {
      RepairOnHost repair = answers.get(host).get(sector.sector());
      if (repair == null || repair.lackOfRoom() == null) {
        return Optional.empty();
      }
      reasons.put(host, repair.lackOfRoom());
    }
    return reasons.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "room: "
                + reasons.entrySet().stream()
                    .map(reason -> "%s: %s".formatted(reason.getKey(), reason.getValue()))
                    .collect(Collectors.joining("; ")));
  }

  private OptionalLong onTheFastestHost(Kind kind) {
    return hosts.stream()
        .map(host -> on(host, kind))
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min();
  }

  private OptionalLong on(String host, Kind kind) {
    return times.computeIfAbsent(new KindOnHost(host, kind), this::time);
  }

  /** Empty if one of the steps is new to the host. */
  private OptionalLong time(KindOnHost its) {
    long sum = 0;
    for (Step step : its.kind().steps()) {
      double part = step == Step.PC1 ? its.kind().labelled() : 1;
      if (step.resource() != Step.Resource.NONE && part > 0) {
        OptionalLong usual =
            catalog.runs().typicalMillis(its.host(), step.title(), its.kind().proof());
        if (usual.isEmpty()) {
          return usual;
        }
        sum += (long) (usual.getAsLong() * part);
      }
    }
    return OptionalLong.of(sum);
  }

  private static boolean needsPieces(List<Step> steps) {
    return steps.contains(Step.ADD_PIECES) || needsUpdatesPieces(steps);
  }

  private static boolean needsUpdatesPieces(List<Step> steps) {
    return steps.contains(Step.SNAP_ADD_PIECES) || steps.contains(Step.KEY_ADD_PIECES);
  }

  /** Those whose data the steps read. */
  private static List<Piece> pieces(SectorRecord record, List<Step> steps) {
    return Stream.concat(
            steps.contains(Step.ADD_PIECES) ? record.pieces().stream() : Stream.empty(),
            needsUpdatesPieces(steps) && record.snap() != null
                ? record.snap().pieces().stream()
                : Stream.empty())
        .filter(piece -> !piece.isZero())
        .distinct()
        .toList();
  }

  /**
   * @param fromPieces whether it is made from its pieces
   */
  private List<String> missing(SectorOnChain sector, boolean fromPieces) {
    List<String> missing = new ArrayList<>();
    Optional<SectorRecord> record = record(sector);
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
    if (fromPieces && sector.hasData() && hasNoPieces(record.get())) {
      missing.add("its pieces: the record has none, but the chain counts data");
    }
    return missing;
  }

  private static boolean hasNoPieces(SectorRecord record) {
    return record.pieces().stream().allMatch(Piece::isZero)
        && (record.snap() == null || record.snap().pieces().stream().allMatch(Piece::isZero));
  }
}
