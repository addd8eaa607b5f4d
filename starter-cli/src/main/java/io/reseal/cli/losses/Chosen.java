package io.reseal.cli.losses;

import io.reseal.appraisal.LossReading;
import io.reseal.catalog.Catalog;
import io.reseal.losses.Loss;
import io.reseal.losses.Verdict;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which lost sectors a rebuild can help.
 *
 * @param sectors these, what is worst to wait for first
 * @param leftOut the others that are lost, each with the reason
 */
record Chosen(List<SectorId> sectors, List<String> leftOut) {

  static Chosen of(LossReading.Read read, Catalog catalog) {
    List<LossReading.Line> lost = read.lines().stream().filter(Chosen::isLost).toList();
    Set<SectorId> unknown =
        new HashSet<>(
            catalog.batches().unknown(lost.stream().map(line -> sector(line.loss())).toList()));
    List<SectorId> sectors = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (LossReading.Line line : lost) {
      reason(line, unknown)
          .ifPresentOrElse(
              why -> leftOut.add("%s: %s".formatted(sector(line.loss()), why)),
              () -> sectors.add(sector(line.loss())));
    }
    return new Chosen(List.copyOf(sectors), List.copyOf(leftOut));
  }

  private static SectorId sector(Loss loss) {
    return loss.sector().sector();
  }

  private static boolean isLost(LossReading.Line line) {
    Verdict.InStores files = line.loss().files();
    return line.loss().sector().disputed() == null
        && (files == Verdict.InStores.MISSING || files == Verdict.InStores.DAMAGED);
  }

  private static Optional<String> reason(LossReading.Line line, Set<SectorId> unknown) {
    if (!line.loss().outlook().inTime()) {
      return Optional.of("it would not be proven before it ends");
    }
    if (!line.repair().missing().isEmpty()) {
      return Optional.of(String.join("; ", line.repair().missing()));
    }
    SectorId sector = sector(line.loss());
    return unknown.contains(sector)
        ? Optional.of(
            "the catalog has no record of it (reseal import chain %d %d)"
                .formatted(sector.miner(), sector.number()))
        : Optional.empty();
  }
}
