package io.reseal.cli.sectors;

import io.reseal.catalog.CopyRow;
import io.reseal.catalog.FollowedRow;
import io.reseal.catalog.UnclearedRow;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.config.ByteSizes;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.intake.Outcome.Contradiction;
import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.record.Standing;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import java.util.List;

/** What {@code sectors state} prints, in the same sections as damocles. */
final class StatePage {

  private final StateCommand.SectorState state;
  private final Listing page = new Listing();

  StatePage(StateCommand.SectorState state) {
    this.state = state;
  }

  String text() {
    SectorRecord sector = state.sector();
    page.line(0, "Sector %s: ", sector.id().fileName());
    common(sector);
    latestState();
    pieces(sector.pieces());
    sealing(sector);
    update(sector.snap());
    chain(sector.standing());
    followed(state.followed());
    copies();
    uncleared();
    contradictions();
    rebuild();
    return page.toString();
  }

  private void common(SectorRecord sector) {
    section("Common");
    page.value("Miner", sector.id().minerAddress());
    page.value("Number", sector.id().number());
    page.value("SealProof", sector.proof());
    page.value("SectorSize", sector.proof().size());
    page.value("Source", sector.source());
  }

  private void latestState() {
    section("LatestState");
    if (state.run() == null) {
      page.line(1, "NULL");
      return;
    }
    page.value("State Change", lastChange());
    page.value("Worker", RunText.thread(state.run()));
    page.value("Failure", state.run().lastError());
    page.valueIfAny("Progress", state.thread() == null ? null : state.thread().progress());
    page.valueIfAny("Queue", RunText.place(state.place(), state.waiting()));
    page.valueIfAny("Note", state.note());
  }

  private String lastChange() {
    int last = state.changes().size() - 1;
    if (last < 0) {
      return state.run().state().toString();
    }
    StateChange change = state.changes().get(last);
    RebuildState before = last == 0 ? RebuildState.EMPTY : state.changes().get(last - 1).state();
    return "%s => %s, by %s".formatted(before, change.state(), change.step());
  }

  private void pieces(List<Piece> pieces) {
    section("Pieces");
    if (pieces.isEmpty()) {
      page.line(1, "NULL");
    }
    pieces.forEach(this::piece);
  }

  private void piece(Piece piece) {
    page.line(
        1, "Piece: { cid: %s; size: %d; offset: %d }", piece.cid(), piece.size(), piece.offset());
  }

  private void sealing(SectorRecord sector) {
    section("Sealing");
    page.value("Ticket", randomness(sector.ticket()));
    page.value("CommD", sector.commD());
    page.value("CommR", sector.commR());
    page.value("Seed", randomness(sector.seed()));
    page.value("CommC", commC(sector));
  }

  private String commC(SectorRecord sector) {
    return state.roots().stream()
        .findFirst()
        .map(
            roots ->
                "%s, read at %s from %s"
                    .formatted(roots.commC(), Spans.time(roots.learnedAt()), roots.source()))
        .orElse(
            "not known; on a host that has the sector: reseal sectors learn %d %d"
                .formatted(sector.id().miner(), sector.id().number()));
  }

  private static String randomness(Randomness value) {
    return value == null ? null : value.text();
  }

  private void update(Snap snap) {
    if (snap == null) {
      return;
    }
    section("Replica update");
    snap.pieces().forEach(this::piece);
    page.value("CommD", snap.commD());
    page.value("CommR", snap.commR());
  }

  private void chain(Standing standing) {
    if (standing == null) {
      return;
    }
    section("On chain at epoch " + standing.asOf());
    page.value("Activation", standing.activation());
    page.value("Expiration", standing.expiration());
    page.value("Deadline", standing.deadline());
    page.value("Partition", standing.partition());
    page.value("Faulty", standing.faulty());
  }

  private void followed(FollowedRow followed) {
    if (followed == null) {
      return;
    }
    section("On chain since it was put back");
    page.value("Status", followed.course());
    page.value("Meaning", followed.text());
    page.valueIfAny("Needs you", followed.attention());
    page.valueIfAny("Run", followed.command());
    if (followed.software() != null) {
      page.value("Miner's software", followed.software().text());
      page.valueIfAny("Run there", followed.software().command());
    }
    page.value("Seen", Spans.time(followed.seenAt()));
    page.valueIfAny("Next look", Spans.time(followed.nextLook()));
  }

  private void contradictions() {
    if (state.contradictions().isEmpty()) {
      return;
    }
    section("Sources differ");
    for (Contradiction contradiction : state.contradictions()) {
      contradiction
          .values()
          .forEach(
              reported ->
                  page.line(
                      1,
                      "%s, by %s: %s",
                      contradiction.fact(),
                      reported.source(),
                      reported.value()));
    }
    page.value(
        "What to do",
        "reseal sectors decide %d %d FACT --from SOURCE"
            .formatted(state.sector().id().miner(), state.sector().id().number()));
  }

  private void rebuild() {
    RunRecord run = state.run();
    section("Rebuild");
    if (run == null) {
      page.line(1, "NULL");
      return;
    }
    page.value("State", run.state());
    page.value("Workflow", run.workflowId() + ", run " + run.runInTemporal());
    page.value("Requested by", run.requestedBy());
    page.value("Started", Spans.time(run.startedAt()));
    page.value("Ended", Spans.time(run.endedAt()));
    page.valueIfAny("Batch", run.batch());
    page.value("Attempts", run.attempts());
    page.valueIfAny("Paused", run.paused());
    page.value("Waits for you", run.attention());
    whatToDo(run);
    pending();
    page.line(0, "");
    page.line(0, "Stages:");
    page.block(StageTable.of(state.changes()));
  }

  private void whatToDo(RunRecord run) {
    if (run.attention() != null || run.paused() != null) {
      page.value(
          "What to do",
          "%sreseal util sealer sectors resume %d %d (or abort)"
              .formatted(
                  run.attention() == null ? "" : "mend that, then: ",
                  run.sector().miner(),
                  run.sector().number()));
    }
    if (!run.state().isEnd()) {
      RunText.failureType(run.lastError())
          .ifPresent(
              type ->
                  page.value(
                      "FailureType",
                      "%s: the rebuild %s (reseal explain %s)"
                          .formatted(type, type.course().text(), type)));
    }
  }

  private void pending() {
    if (state.pending().isEmpty()) {
      return;
    }
    section("Pending");
    Table table = new Table("Step", "Attempt", "Began", "NextAttempt", "LastFailure", "Progress");
    for (PendingStep step : state.pending()) {
      table.add(
          step.step(),
          step.maximumAttempts() == 0
              ? step.attempt()
              : step.attempt() + " of " + step.maximumAttempts(),
          Spans.time(step.startedAt()),
          step.running() ? "running" : Spans.time(step.nextAttemptAt()),
          step.lastFailure(),
          step.progress() == null ? null : step.progress().text());
    }
    page.block(table.toString());
  }

  private void copies() {
    section("Copies");
    if (state.copies().isEmpty()) {
      page.line(1, "NULL");
      return;
    }
    Table table = new Table("Host", "Store", "Replica", "Seen", "Sampled", "Read", "Damage");
    for (CopyRow copy : state.copies()) {
      table.add(
          copy.host(),
          copy.store(),
          copy.replica(),
          checked(copy.seenAt(), copy.seenBy()),
          checked(copy.sampledAt(), copy.sampledBy()),
          checked(copy.readAt(), copy.readBy()),
          copy.damage() == null
              ? null
              : "since %s: %s".formatted(Spans.time(copy.damagedSince()), copy.damage()));
    }
    page.block(table.toString());
  }

  private void uncleared() {
    if (state.uncleared().isEmpty()) {
      return;
    }
    section("Cache directories that were not cleared");
    Table table = new Table("Host", "Store", "Files", "Size", "Seen");
    for (UnclearedRow row : state.uncleared()) {
      table.add(
          row.host(),
          row.store(),
          row.files(),
          ByteSizes.text(row.bytes()),
          checked(row.seenAt(), row.seenBy()));
    }
    page.block(table.toString());
  }

  private static String checked(Long at, String by) {
    return at == null ? null : "%s by %s".formatted(Spans.time(at), by);
  }

  private void section(String title) {
    page.line(0, "");
    page.line(0, "%s:", title);
  }
}
