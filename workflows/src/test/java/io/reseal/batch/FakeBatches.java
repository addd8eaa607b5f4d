package io.reseal.batch;

import io.reseal.contract.BatchActivities;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.HeldBack;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A catalog with one batch: the sectors of miner 1001 from 0 on. */
final class FakeBatches implements BatchActivities {

  private final int sectors;
  private final Set<SectorId> finished = new HashSet<>();
  private final List<BatchNews> answers = new ArrayList<>();
  private final List<String> records = new ArrayList<>();
  private final List<SectorId> resumed = new ArrayList<>();
  private final Set<SectorId> startedAgain = new HashSet<>();
  private final Set<SectorId> askedAbout = new HashSet<>();
  private final Map<SectorId, Integer> priorities = new HashMap<>();
  private final Map<SectorId, HeldBack> heldBack = new HashMap<>();
  private final List<Integer> pages = new ArrayList<>();
  private boolean missing;

  FakeBatches(int sectors) {
    this.sectors = sectors;
  }

  static SectorId sector(long number) {
    return new SectorId(1001, number);
  }

  synchronized void prioritize(SectorId sector, int priority) {
    priorities.put(sector, priority);
  }

  /** That sector, which must be one of the last, does not start for that reason; null: it does. */
  synchronized void hold(SectorId sector, HeldBack why) {
    heldBack.put(sector, why);
  }

  synchronized void alreadyFinished(SectorId sector) {
    finished.add(sector);
  }

  /** The catalog was restored from a backup that does not have the batch. */
  synchronized void lose(boolean lost) {
    missing = lost;
  }

  /** That sector's rebuild is not running, and none has ended: answered once. */
  synchronized void answerStartAgain(SectorId sector) {
    startedAgain.add(sector);
  }

  synchronized boolean wasAskedAbout(SectorId sector) {
    return askedAbout.contains(sector);
  }

  /** What is answered when that sector is asked about. */
  synchronized void answer(BatchNews news) {
    answers.add(news);
  }

  /** How many sectors were asked for each time. */
  synchronized List<Integer> pages() {
    return List.copyOf(pages);
  }

  synchronized List<String> records() {
    return List.copyOf(records);
  }

  synchronized List<SectorId> resumed() {
    return List.copyOf(resumed);
  }

  @Override
  public synchronized List<BatchSector> read(String batch, int from, int count) {
    pages.add(count);
    if (missing) {
      return List.of();
    }
    return Stream.iterate(from, i -> i + 1)
        .limit(count)
        .takeWhile(i -> i < sectors)
        .map(i -> sector(i))
        .map(
            id ->
                new BatchSector(
                    id,
                    SealProof.KIB_2_V1_1,
                    finished.contains(id),
                    priorities.get(id),
                    heldBack.get(id)))
        .toList();
  }

  @Override
  public synchronized List<BatchNews> ask(String batch, List<SectorId> asked) {
    askedAbout.addAll(asked);
    return Stream.concat(
            answers.stream().filter(news -> asked.contains(news.sector())),
            asked.stream()
                .filter(startedAgain::remove)
                .map(sector -> new BatchSector(sector, SealProof.KIB_2_V1_1, false, null))
                .map(BatchNews::startAgain))
        .toList();
  }

  @Override
  public synchronized void record(String batch, BatchState state, String note) {
    records.add(note == null ? state.toString() : state + ", " + note);
  }

  @Override
  public synchronized int resumeParked(List<SectorId> parked, String by) {
    resumed.addAll(parked);
    return parked.size();
  }
}
