package io.reseal.batch;

import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchState;
import io.reseal.sector.SectorId;
import java.util.Locale;
import java.util.Map;

/** A batch's current details in Temporal's Web UI: a few lines of Markdown. */
final class BatchDetails {

  /** Parked sectors beyond this number are only counted. */
  static final int SHOWN = 20;

  private static final double MILLIS_PER_HOUR = 3_600_000;

  private BatchDetails() {}

  /**
   * @param finishedHere how many finished since this run of the workflow began
   * @param millis how long ago that was
   */
  static String render(
      BatchRequest request,
      BatchState state,
      String note,
      Tally tally,
      int finishedHere,
      long millis) {
    StringBuilder text = new StringBuilder();
    text.append("**Batch %s: %s**".formatted(request.name(), state));
    if (note != null) {
      text.append(", ").append(note);
    }
    text.append(
            "\n\n"
                + "| sectors\u00a0| finished\u00a0| dropped\u00a0| running\u00a0| parked\u00a0|"
                + " queued\u00a0| per\u00a0hour\u00a0|\n")
        .append("|---|---|---|---|---|---|---|\n")
        .append(
            "| %d | %d | %d | %d of %d | %d | %d | %s |\n"
                .formatted(
                    request.sectors(),
                    tally.finished(),
                    tally.aborted(),
                    tally.running(),
                    request.parallel(),
                    tally.parked().size(),
                    request.sectors() - tally.next(),
                    finishedHere == 0 || millis == 0
                        ? ""
                        : String.format(
                            Locale.ROOT, "%.1f", finishedHere * MILLIS_PER_HOUR / millis)));
    if (!tally.parked().isEmpty()) {
      text.append("\n**Parked, waiting for a person:**\n\n| sector | why |\n|---|---|\n");
      tally.parked().entrySet().stream().limit(SHOWN).forEach(entry -> text.append(row(entry)));
      if (tally.parked().size() > SHOWN) {
        text.append("\nand %d more\n".formatted(tally.parked().size() - SHOWN));
      }
    }
    return text.toString();
  }

  private static String row(Map.Entry<SectorId, String> parked) {
    return "| %s | %s |\n"
        .formatted(parked.getKey(), parked.getValue().replace("\n", " ").replace("|", "\\|"));
  }
}
