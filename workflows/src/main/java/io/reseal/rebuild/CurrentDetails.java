package io.reseal.rebuild;

import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What Temporal's Web UI shows as a rebuild's current details: a few lines of Markdown. */
final class CurrentDetails {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** A commitment, a CID or similar: too wide for a cell, and cannot be broken. */
  private static final Pattern LONG_WORD = Pattern.compile("\\b(\\w{6})\\w{30,}(\\w{6})\\b");

  private static final int NOTE_LENGTH = 80;

  private CurrentDetails() {}

  /**
   * @param running the title of the running step, or null
   * @param waiting what the rebuild waits for, or null
   */
  static String render(
      RunRecord run, List<StateChange> changes, RunStatus status, String running, String waiting) {
    StringBuilder text = new StringBuilder();
    text.append("**Sector ").append(run.sector()).append(": ").append(run.state()).append("**");
    if (run.host() != null) {
      text.append(" on `").append(run.host()).append('#').append(run.threadIndex()).append('`');
    }
    if (running != null) {
      text.append(", running ").append(running);
    }
    if (run.batch() != null) {
      text.append(", of batch `").append(run.batch()).append('`');
    }
    text.append("\n\n");
    if (run.attention() != null) {
      text.append("**Needs attention:** ").append(oneLine(run.attention())).append("\n\n");
    }
    if (run.paused() != null) {
      text.append("**Paused:** ").append(oneLine(run.paused())).append("\n\n");
    }
    if (waiting != null) {
      text.append("Waits for ").append(waiting).append(".\n\n");
    }
    if (!run.state().isEnd()) {
      text.append("You can: ").append(next(run, status)).append("\n\n");
    }
    text.append("| time (UTC) | step | state | took | |\n");
    text.append("|---|---|---|---|---|\n");
    for (StateChange change : changes) {
      text.append("| ")
          .append(unbroken(TIME.format(Instant.ofEpochMilli(change.at()))))
          .append(" | ")
          .append(unbroken(change.step()))
          .append(" | ")
          .append(unbroken(change.state().toString()))
          .append(" | ")
          .append(unbroken(took(change)))
          .append(" | ")
          .append(change.note() == null ? "" : brief(change.note()))
          .append(" |\n");
    }
    return text.toString();
  }

  /** The commands an operator can give now, the most likely first. */
  private static String next(RunRecord run, RunStatus status) {
    String sector = "%d %d`".formatted(run.sector().miner(), run.sector().number());
    return switch (status) {
      case QUEUED ->
          "`reseal sectors move %s to one host, `reseal sectors pause %s, `reseal sectors abort %s."
              .formatted(sector, sector, sector);
      case WORKING ->
          "`reseal sectors pause %s, `reseal sectors abort %s.".formatted(sector, sector);
      case THREAD_PAUSED ->
          "`reseal util worker resume %s %d`, `reseal sectors pause %s to give the thread back, `reseal sectors abort %s."
              .formatted(run.host(), run.threadIndex(), sector, sector);
      case PAUSED, PARKED ->
          "`reseal sectors resume %s, `reseal sectors move %s to another host, `reseal sectors abort %s."
              .formatted(sector, sector, sector);
    };
  }

  private static String took(StateChange change) {
    if (change.startedAt() == null) {
      return "";
    }
    long millis = change.endedAt() - change.startedAt();
    String span = millis < 1000 ? millis + " ms" : "%d s".formatted(millis / 1000);
    return change.attempts() > 1 ? "%s, attempt %d".formatted(span, change.attempts()) : span;
  }

  /**
   * Keeps a cell on one line: the Web UI breaks cells at spaces and hyphens, and leaves no space
   * between columns.
   */
  private static String unbroken(String text) {
    return text.isEmpty() ? text : text.replace(' ', '\u00a0').replace('-', '\u2011') + '\u00a0';
  }

  /** Shortens a note for its cell; a park's full reason is shown above the table. */
  private static String brief(String note) {
    String text = LONG_WORD.matcher(oneLine(note)).replaceAll("$1…$2");
    return text.length() <= NOTE_LENGTH ? text : text.substring(0, NOTE_LENGTH) + "…";
  }

  private static String oneLine(String text) {
    return text.replace("\n", " ").replace("|", "\\|");
  }
}
