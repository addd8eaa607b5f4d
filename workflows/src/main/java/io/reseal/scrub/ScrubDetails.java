package io.reseal.scrub;

import io.reseal.contract.ScrubCount;
import io.reseal.contract.ScrubProgress;
import io.reseal.contract.ScrubRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A tour's current details in Temporal's Web UI: a few lines of Markdown. */
final class ScrubDetails {

  private ScrubDetails() {}

  static String render(ScrubRequest request, ScrubProgress progress) {
    StringBuilder text = new StringBuilder();
    text.append("**Checks of store `%s` on %s**".formatted(request.store(), request.host()));
    if (progress.ended() != null) {
      text.append(progress.note() == null ? ": all that was due is checked" : ": left");
    } else if (progress.waitingUntil() != null) {
      text.append(": waits until ")
          .append(Instant.ofEpochMilli(progress.waitingUntil()).truncatedTo(ChronoUnit.SECONDS))
          .append(", when its hours begin");
    } else if (progress.etaMillis() != null) {
      text.append(": about %s left".formatted(span(progress.etaMillis())));
    }
    if (progress.note() != null) {
      text.append("\n\n").append(progress.note());
    }
    text.append("\n\n| level | checked | left |\n|---|---|---|\n")
        .append(row("sample", progress.samples()))
        .append(row("full", progress.fulls()))
        .append("\n")
        .append(
            "damaged or lost: %d, rebuilds started: %d, left out: %d, not checked: %d, unknown to the catalog: %d\n"
                .formatted(
                    progress.damaged(),
                    progress.repairs(),
                    progress.leftOut(),
                    progress.failed(),
                    progress.unknown()));
    return text.toString();
  }

  private static String row(String level, ScrubCount count) {
    return "| %s | %d | %d |\n".formatted(level, count.visited(), count.left());
  }

  private static String span(long millis) {
    Duration span = Duration.ofMillis(millis);
    return span.toHours() == 0
        ? "%d min".formatted(span.toMinutes())
        : "%d h %d min".formatted(span.toHours(), span.toMinutesPart());
  }
}
