package io.reseal.cli.inputs;

import io.reseal.cli.show.Listing;
import io.reseal.cli.show.Table;
import io.reseal.intake.Outcome;
import io.reseal.intake.Outcome.Contradiction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The outcomes of adding findings, for people. */
final class IntakeTable {

  private IntakeTable() {}

  /**
   * A row for each sector, under the table the values that contradict each other, and a last line
   * with the counts.
   *
   * @param leftOut what was left out, for the last line; empty if nothing was
   */
  static String of(List<Outcome> outcomes, boolean dryRun, String leftOut) {
    Table table = new Table("Sector", "Outcome", "Facts", "Remarks");
    for (Outcome outcome : outcomes) {
      table.add(outcome.sector(), outcome.kind(), facts(outcome), remarks(outcome));
    }
    StringBuilder text = new StringBuilder(table.toString());
    outcomes.forEach(outcome -> text.append(contradictions(outcome)));
    text.append(summary(outcomes, dryRun, leftOut)).append(System.lineSeparator());
    return text.toString();
  }

  /** The lines that show a sector's contradictions and how to decide them. */
  static String contradictions(Outcome outcome) {
    return contradictions(outcome.contradictions(), outcome.sector().toString())
        + (outcome.contradictions().isEmpty()
            ? ""
            : "\tTo decide: reseal sectors decide %d %d FACT --from SOURCE%n"
                .formatted(outcome.sector().miner(), outcome.sector().number()));
  }

  private static String contradictions(List<Contradiction> contradictions, String sector) {
    Listing listing = new Listing();
    for (Contradiction contradiction : contradictions) {
      listing.line(0, "%s: sources differ in %s:", sector, contradiction.fact());
      contradiction
          .values()
          .forEach(reported -> listing.line(1, "%s: %s", reported.source(), reported.value()));
    }
    return listing.toString();
  }

  private static String facts(Outcome outcome) {
    List<String> parts = new ArrayList<>();
    if (!outcome.missing().isEmpty()) {
      parts.add("missing: " + String.join(", ", outcome.missing()));
    }
    if (!outcome.contradictions().isEmpty()) {
      parts.add(
          "differ: "
              + outcome.contradictions().stream()
                  .map(Contradiction::fact)
                  .collect(Collectors.joining(", ")));
    }
    if (!outcome.cameIn().isEmpty()) {
      parts.add("added: " + String.join(", ", outcome.cameIn()));
    }
    return parts.isEmpty() ? "-" : String.join("; ", parts);
  }

  private static String remarks(Outcome outcome) {
    return outcome.remarks().isEmpty() ? "-" : String.join(" ", outcome.remarks());
  }

  private static String summary(List<Outcome> outcomes, boolean dryRun, String leftOut) {
    String counts =
        outcomes.stream()
            .collect(Collectors.groupingBy(Outcome::kind, Collectors.counting()))
            .entrySet()
            .stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> "%d %s".formatted(entry.getValue(), entry.getKey()))
            .collect(Collectors.joining(", "));
    return "%d sectors: %s%s%s"
        .formatted(
            outcomes.size(),
            counts.isEmpty() ? "none" : counts,
            leftOut.isEmpty() ? "" : "; left out: " + leftOut,
            dryRun ? ". Nothing was changed (--dry-run)." : "");
  }
}
