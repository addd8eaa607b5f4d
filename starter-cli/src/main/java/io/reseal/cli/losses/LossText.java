package io.reseal.cli.losses;

import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.losses.Fil;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A miner's losses for people: what stops every recovery first, then the sectors. */
final class LossText {

  private LossText() {}

  static String of(LossView view) {
    StringBuilder text = new StringBuilder();
    problems(view).forEach(problem -> text.append(problem).append("\n"));
    view.away()
        .forEach(
            store ->
                text.append(
                    "Store \"%s\" of %s could not be looked at: %s. What it has of %,d sectors is not known.%n"
                        .formatted(
                            store.store(), store.host(), trimmed(store.fault()), store.copies())));
    if (!view.losses().isEmpty()) {
      text.append(table(view.losses())).append(totals(view.total())).append("\n");
      text.append(neverSeen(view.losses()));
    }
    return text.append(
            "%s at epoch %d, scanned %s: %s.%n"
                .formatted(
                    view.miner(),
                    view.epoch(),
                    Spans.time(view.scannedAt()),
                    view.counts().isEmpty() ? "no sectors" : counts(view.counts())))
        .toString();
  }

  /** Without the full stop that a sentence may have. */
  private static String trimmed(String fault) {
    return fault.endsWith(".") ? fault.substring(0, fault.length() - 1) : fault;
  }

  private static List<String> problems(LossView view) {
    List<String> problems = new ArrayList<>();
    if (!view.missingFunds().equals("0")) {
      problems.add(
          "%s owes more than its unlocked balance, so the chain takes no recovery of any sector: send it at least %s (%s attoFIL)."
              .formatted(view.miner(), fil(view.missingFunds()), view.missingFunds()));
    }
    if (view.consensusFaultUntil() != null) {
      problems.add(
          "%s is in a consensus fault: the chain takes no recovery until after epoch %d."
              .formatted(view.miner(), view.consensusFaultUntil()));
    }
    if (view.unconfirmed() != null) {
      problems.add(view.unconfirmed());
    }
    return problems;
  }

  private static String table(List<LossView.LostSector> losses) {
    Table table =
        new Table(
            "Sector",
            "Lost",
            "Verdict",
            "Deadline",
            "Cutoff",
            "Terminated",
            "Fee/day",
            "Termination",
            "Pledge",
            "Data",
            "Repair",
            "Takes",
            "Missing",
            "Rebuild",
            "LetGo");
    for (LossView.LostSector loss : losses) {
      table.add(
          loss.sector(),
          loss.lost(),
          loss.disputed() == null ? loss.verdict() : "disputed: " + loss.disputed(),
          "%d/%d".formatted(loss.deadline(), loss.partition()),
          Spans.rough(Duration.ofMillis(loss.cutoffMillis())),
          terminated(loss),
          about(loss.faultFee()),
          about(loss.terminationFee()),
          fil(loss.pledge()),
          loss.hasData() ? "yes" : "no",
          loss.repair(),
          loss.repairMillis() == null ? "-" : Spans.of(Duration.ofMillis(loss.repairMillis())),
          missing(loss),
          loss.inTime() ? about(loss.costOfRebuilding()) : "too late",
          about(loss.costOfLettingGo()));
    }
    return table.toString();
  }

  private static String missing(LossView.LostSector loss) {
    List<String> all = Stream.concat(loss.missing().stream(), loss.lacking().stream()).toList();
    return all.isEmpty() ? "-" : String.join("; ", all);
  }

  private static String terminated(LossView.LostSector loss) {
    return loss.terminationMillis() == null
        ? "-"
        : "in " + Spans.rough(Duration.ofMillis(loss.terminationMillis()));
  }

  private static String totals(LossView.Total total) {
    return "%,d sectors: fault fees %s a day, termination fees %s, pledge %s. Amounts with ~ are estimates; gas, the collateral of deals, machines and energy are not counted."
        .formatted(
            total.sectors(),
            about(total.faultFee()),
            about(total.terminationFee()),
            fil(total.pledge()));
  }

  private static String neverSeen(List<LossView.LostSector> losses) {
    long count = losses.stream().filter(LossView.LostSector::isNeverSeen).count();
    return count == 0
        ? ""
        : "%,d of them no store of this fleet ever had. If they are in a store that no worker has, attach it to one and scan again.%n"
            .formatted(count);
  }

  private static String counts(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> "%,d %s".formatted(count.getValue(), count.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String about(String atto) {
    return "~" + fil(atto);
  }

  private static String fil(String atto) {
    return Fil.text(new BigInteger(atto));
  }

  /**
   * The pieces that no host has found; the others are only counted.
   *
   * @param unasked the hosts that did not say which they can get
   */
  static String pieces(List<LossView.NeededPiece> pieces, Set<String> unasked) {
    List<LossView.NeededPiece> nowhere =
        pieces.stream().filter(piece -> piece.hosts().isEmpty()).toList();
    Table table = new Table("Piece", "Size", "Waiting", "Sectors");
    for (LossView.NeededPiece piece : nowhere) {
      table.add(
          piece.cid(),
          piece.size(),
          piece.sectors().size(),
          piece.sectors().stream().map(Object::toString).collect(Collectors.joining(" ")));
    }
    return "%s%,d pieces. %s%s%n"
        .formatted(
            table, nowhere.size(), found(pieces, pieces.size() - nowhere.size()), asked(unasked));
  }

  private static String found(List<LossView.NeededPiece> pieces, int count) {
    return count == 0
        ? "No host had any when the scan asked."
        : "%,d more are not listed: the scan found them in the places of %s."
            .formatted(
                count,
                pieces.stream()
                    .flatMap(piece -> piece.hosts().stream())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", ")));
  }

  private static String asked(Set<String> unasked) {
    return unasked.isEmpty()
        ? ""
        : " Which pieces %s can get is not known.".formatted(String.join(", ", unasked));
  }
}
