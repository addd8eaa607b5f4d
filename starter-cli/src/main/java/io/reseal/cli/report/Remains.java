package io.reseal.cli.report;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.FollowedRow;
import io.reseal.cli.show.RunText;
import io.reseal.contract.BatchState;
import io.reseal.contract.FailureType;
import io.reseal.contract.RunRecord;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is left to do until every sector of a batch is proven, by reason; people's work first. */
final class Remains {

  /**
   * Sectors that are left for one reason.
   *
   * @param urgency 0 for what needs a person; the order of groups
   * @param title the reason
   * @param whatToDo what to do about it, or null for nothing
   * @param details what is known of single sectors: those of which the same is known, together
   */
  record Group(int urgency, String title, String whatToDo, Map<String, List<SectorId>> details) {

    int sectors() {
      return details.values().stream().mapToInt(List::size).sum();
    }

    boolean needsAPerson() {
      return urgency == PERSON;
    }
  }

  private static final int PERSON = 0;
  private static final int OVER = 1;
  private static final int WORK = 2;
  private static final int CHAIN = 3;

  private record Reason(int urgency, String title, String whatToDo) {}

  private final BatchRecord batch;
  private final Map<Reason, Map<String, List<SectorId>>> found = new LinkedHashMap<>();

  private Remains(BatchRecord batch) {
    this.batch = batch;
  }

  static List<Group> of(BatchRecord batch, List<BatchReport.Sector> sectors) {
    Remains remains = new Remains(batch);
    sectors.forEach(remains::add);
    return remains.found.entrySet().stream()
        .map(
            each ->
                new Group(
                    each.getKey().urgency(),
                    each.getKey().title(),
                    each.getKey().whatToDo(),
                    each.getValue()))
        .sorted(
            Comparator.comparingInt(Group::urgency)
                .thenComparing(Comparator.comparingInt(Group::sectors).reversed()))
        .toList();
  }

  private void add(BatchReport.Sector sector) {
    RunRecord run = sector.outcome().run();
    switch (sector.phase()) {
      case PROVEN -> {}
      case PARKED -> parked(sector.id(), run);
      case RUNNING -> put(sector, WORK, "Being rebuilt", null, running(run));
      case QUEUED -> put(sector, WORK, "Not begun: " + whyNotBegun(), null, "");
      case DROPPED ->
          put(
              sector,
              OVER,
              "Given up: the rebuild was ended before it was done",
              "reseal batch resume %s rebuilds them.".formatted(batch.name()),
              run.lastError() == null ? "aborted" : run.lastError());
      case ENDED -> put(sector, OVER, "Ended on the chain", null, sector.chain().text());
      case STORED -> stored(sector);
    }
  }

  private void parked(SectorId sector, RunRecord run) {
    Optional<FailureType> type = RunText.failureType(run.attention());
    if (run.attention() == null) {
      put(
          sector,
          new Reason(
              PERSON,
              "Paused by a person",
              "reseal sectors resume %d NUMBER".formatted(sector.miner())),
          run.paused());
    } else {
      put(
          sector,
          new Reason(
              PERSON,
              type.map(known -> "Waits for a person: " + known.meaning())
                  .orElse("Waits for a person"),
              "%s Then: reseal batch retry-parked %s."
                  .formatted(type.map(FailureType::whatToDo).orElse(""), batch.name())
                  .strip()),
          run.attention());
    }
  }

  private static String running(RunRecord run) {
    String thread = RunText.thread(run);
    return "%s%s%s"
        .formatted(
            run.state(),
            thread == null ? ", waits for a sealing thread" : " on " + thread,
            run.lastError() == null ? "" : "; last failure: " + run.lastError());
  }

  private String whyNotBegun() {
    if (batch.state().isEnd()) {
      return "the batch is " + batch.state();
    }
    return batch.state() == BatchState.PAUSED
        ? "the batch is paused"
        : "others are before them, %d at a time".formatted(batch.parallel());
  }

  private void stored(BatchReport.Sector sector) {
    FollowedRow chain = sector.chain();
    if (chain == null) {
      put(
          sector,
          CHAIN,
          "In their stores; Reseal has not looked at the chain since",
          "Whether the chain has them proven is not known. Reseal looks if reseal.toml of the"
              + " workers names a [[chain.node]].",
          "");
    } else if (chain.attention() != null) {
      put(
          sector,
          PERSON,
          "In their stores; the chain will not have them proven unless a person acts",
          null,
          withCommand(chain.attention(), chain.command()));
    } else if (chain.software() != null && !chain.software().sees()) {
      put(
          sector,
          PERSON,
          "In their stores; the miner's software does not see them",
          null,
          withCommand(chain.software().text(), chain.software().command()));
    } else {
      put(sector, CHAIN, waiting(chain), null, chain.text());
    }
  }

  private static String waiting(FollowedRow chain) {
    return switch (chain.status()) {
      case RECOVERING -> "In their stores and declared recovered; not yet proven";
      case FAULTY -> "In their stores; not yet declared recovered";
      default -> "In their stores; the chain has not counted them as faulty; next proof to come";
    };
  }

  private static String withCommand(String text, String command) {
    return command == null ? text : "%s Run: %s".formatted(text, command);
  }

  private void put(
      BatchReport.Sector sector, int urgency, String title, String whatToDo, String detail) {
    put(sector.id(), new Reason(urgency, title, whatToDo), detail);
  }

  private void put(SectorId sector, Reason reason, String detail) {
    found
        .computeIfAbsent(reason, of -> new LinkedHashMap<>())
        .computeIfAbsent(detail, of -> new ArrayList<>())
        .add(sector);
  }
}
