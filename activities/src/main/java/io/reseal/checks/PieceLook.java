package io.reseal.checks;

import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Looks for the pieces of many sectors, each piece once, and not for longer than a limit. */
public final class PieceLook {

  /** Sources that do not answer make every question take long. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** The places where a host gets pieces. */
  @FunctionalInterface
  public interface Places {
    boolean have(SectorId sector, Piece piece) throws InterruptedException;
  }

  private final Places places;
  private final long began = System.nanoTime();
  private final Map<String, Boolean> asked = new HashMap<>();

  PieceLook(Places places) {
    this.places = places;
  }

  /** CIDs of those of a sector's pieces that some place has. */
  List<String> found(SectorRecord record) {
    return Stream.concat(
            record.pieces().stream(),
            record.snap() == null ? Stream.empty() : record.snap().pieces().stream())
        .filter(piece -> !piece.isZero())
        .filter(piece -> asked.computeIfAbsent(piece.cid(), cid -> have(record.id(), piece)))
        .map(Piece::cid)
        .distinct()
        .toList();
  }

  private boolean have(SectorId sector, Piece piece) {
    if (System.nanoTime() - began > LIMIT.toNanos()) {
      return false;
    }
    try {
      return places.have(sector, piece);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The look for pieces was interrupted.", e);
    }
  }
}
