package io.reseal.batch;

import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchProgress;
import io.reseal.sector.SectorId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The status of a batch's rebuilds: which are running, which are parked, how many have ended. */
final class Tally {

  private final Set<SectorId> running = new LinkedHashSet<>();

  /** Each parked sector with the reason, if known. */
  private final Map<SectorId, String> parked = new LinkedHashMap<>();

  /** Ordinal of the first sector not yet considered. */
  private int next;

  private int finished;
  private int aborted;

  Tally(BatchProgress reached) {
    if (reached != null) {
      next = reached.next();
      running.addAll(reached.running());
      reached.parked().forEach(sector -> parked.put(sector, ""));
      finished = reached.finished();
      aborted = reached.aborted();
    }
  }

  int next() {
    return next;
  }

  int running() {
    return running.size();
  }

  Map<SectorId, String> parked() {
    return parked;
  }

  int finished() {
    return finished;
  }

  int aborted() {
    return aborted;
  }

  /** The next sector needs no rebuild. */
  void passFinished() {
    next++;
    finished++;
  }

  /** The rebuild of the next sector is running from now on. */
  void passStarted(SectorId sector) {
    next++;
    running.add(sector);
  }

  /** The catalog has no more sectors. */
  void passAll(int sectors) {
    next = sectors;
  }

  /** Ignores reports of sectors that the batch has finished with, or not begun. */
  void apply(BatchNews news) {
    SectorId sector = news.sector();
    boolean known = running.remove(sector) || parked.containsKey(sector);
    if (!known) {
      return;
    }
    parked.remove(sector);
    switch (news.state()) {
      case FINISHED -> finished++;
      case ABORTED -> aborted++;
      default -> {
        if (news.parked()) {
          parked.put(sector, news.why() == null ? "" : news.why());
        } else {
          running.add(sector);
        }
      }
    }
  }

  /** Whether the batch still waits for that sector. */
  boolean isOpen(SectorId sector) {
    return running.contains(sector) || parked.containsKey(sector);
  }

  /** A new rebuild of the sector is running. */
  void startAgain(SectorId sector) {
    parked.remove(sector);
    running.add(sector);
  }

  /** The sectors whose rebuilds are running. */
  List<SectorId> runningSectors() {
    return List.copyOf(running);
  }

  boolean isOpen() {
    return !running.isEmpty() || !parked.isEmpty();
  }

  BatchProgress progress(boolean paused) {
    return new BatchProgress(
        next, List.copyOf(running), List.copyOf(parked.keySet()), finished, aborted, paused);
  }
}
