package io.reseal.catalog;

import io.reseal.catalog.FindingTable.DecisionRow;
import io.reseal.catalog.FindingTable.FindingRow;
import io.reseal.catalog.SectorTable.Kept;
import io.reseal.record.Decision;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The findings of each source on each sector, and the operators' decisions between them. */
public final class FindingRepository {

  /**
   * The result of judging what is known of a sector.
   *
   * @param known all that must be kept of the sector
   * @param answer for the caller
   */
  public record Change<R>(Known known, R answer) {}

  /**
   * A sector to be judged.
   *
   * @param judge decides what changes; called again if the transaction has to be repeated
   */
  public record Question<R>(SectorId sector, Function<Known, Change<R>> judge) {}

  private static final int LONGEST_SOURCE = 700;

  private final CatalogAccess access;

  FindingRepository(CatalogAccess access) {
    this.access = access;
  }

  public Known of(SectorId sector) {
    return access.read(
        FindingTable.class, table -> read(table, List.of(sector)).get(sector).known());
  }

  /** The same of each of several sectors. */
  public Map<SectorId, Known> of(Collection<SectorId> sectors) {
    return access.read(
        FindingTable.class,
        table -> {
          Map<SectorId, Known> known = new LinkedHashMap<>();
          read(table, sectors.stream().distinct().toList())
              .forEach((sector, state) -> known.put(sector, state.known()));
          return known;
        });
  }

  /**
   * Judges what is known of a sector and keeps the result, in one transaction: of two concurrent
   * calls, the second sees what the first has kept.
   */
  public <R> R change(SectorId sector, Function<Known, Change<R>> judge) {
    return change(List.of(new Question<>(sector, judge))).get(0);
  }

  /** Answers several questions in turn, in one transaction: either all results are kept or none. */
  public <R> List<R> change(List<Question<R>> questions) {
    return access.change(
        FindingTable.class,
        table -> {
          Map<SectorId, State> states =
              read(table, questions.stream().map(Question::sector).distinct().toList());
          List<R> answers = new ArrayList<>();
          for (Question<R> question : questions) {
            State state = states.get(question.sector());
            Change<R> change = question.judge().apply(state.known());
            states.put(question.sector(), state.with(change.known()));
            answers.add(change.answer());
          }
          keep(table, states);
          return answers;
        });
  }

  private static Map<SectorId, State> read(FindingTable table, List<SectorId> sectors) {
    Map<SectorId, State> states = new LinkedHashMap<>();
    sectors.stream()
        .collect(
            Collectors.groupingBy(
                SectorId::miner, Collectors.mapping(SectorId::number, Collectors.toList())))
        .forEach(
            (miner, numbers) -> {
              Map<SectorId, Kept> kept = table.sectors().kept(miner, numbers);
              Map<Long, List<FindingRow>> findings =
                  table.findings(miner, numbers).stream()
                      .collect(Collectors.groupingBy(FindingRow::number));
              Map<Long, List<DecisionRow>> decisions =
                  table.decisions(miner, numbers).stream()
                      .collect(Collectors.groupingBy(DecisionRow::number));
              for (long number : numbers) {
                SectorId sector = new SectorId(miner, number);
                states.put(
                    sector,
                    State.of(
                        kept.get(sector),
                        findings.getOrDefault(number, List.of()),
                        decisions.getOrDefault(number, List.of())));
              }
            });
    return states;
  }

  /** Writes only what has changed. */
  private static void keep(FindingTable table, Map<SectorId, State> states) {
    List<SectorRecord> records = new ArrayList<>();
    List<FindingRow> findings = new ArrayList<>();
    List<DecisionRow> decisions = new ArrayList<>();
    states.forEach(
        (sector, state) -> {
          state.newRecord().ifPresent(records::add);
          state.newFindings().forEach(finding -> findings.add(row(finding)));
          state.newDecisions().forEach(decision -> decisions.add(DecisionRow.of(sector, decision)));
        });
    table.sectors().put(records, true);
    table.keep(findings);
    table.decide(decisions);
  }

  /**
   * A sector while it is judged.
   *
   * @param kept the record as the table has it, or null
   * @param findings the findings that the table has
   * @param decisions the decisions that the table has
   * @param known all that is known by now
   */
  private record State(Kept kept, List<Findings> findings, List<Decision> decisions, Known known) {

    static State of(Kept kept, List<FindingRow> findingRows, List<DecisionRow> decisionRows) {
      List<Findings> findings =
          findingRows.stream().map(row -> FindingJson.read(row.facts())).toList();
      List<Decision> decisions = decisionRows.stream().map(DecisionRow::decision).toList();
      List<Findings> all = new ArrayList<>(findings);
      if (kept != null && !kept.merged()) {
        Findings whole = Findings.of(kept.record());
        all.removeIf(older -> older.source().equals(whole.source()));
        all.add(whole);
      }
      all.sort(Comparator.comparing(Findings::source));
      return new State(
          kept,
          findings,
          decisions,
          new Known(Optional.ofNullable(kept).map(Kept::record), all, decisions));
    }

    State with(Known now) {
      return new State(kept, findings, decisions, now);
    }

    Optional<SectorRecord> newRecord() {
      return known
          .record()
          .filter(now -> kept == null || !kept.merged() || !kept.record().equals(now));
    }

    List<Findings> newFindings() {
      return known.findings().stream().filter(now -> !findings.contains(now)).toList();
    }

    List<Decision> newDecisions() {
      return known.decisions().stream().filter(now -> !decisions.contains(now)).toList();
    }
  }

  private static FindingRow row(Findings finding) {
    if (finding.source().length() > LONGEST_SOURCE) {
      throw new IllegalArgumentException(
          "The source %s… of sector %s has a name of more than %d characters: import it from a shorter path."
              .formatted(finding.source().substring(0, 50), finding.id(), LONGEST_SOURCE));
    }
    return new FindingRow(
        finding.id().miner(), finding.id().number(), finding.source(), FindingJson.write(finding));
  }
}
