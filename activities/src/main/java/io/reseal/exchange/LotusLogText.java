package io.reseal.exchange;

import io.reseal.exchange.LotusLog.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the event log in a sector's status text, line by line: {@code 3. TIME: [KIND] JSON}, with
 * blanks or tabs in between, and perhaps broken into several lines. The numbers of the events show
 * whether all are there.
 */
final class LotusLogText {

  private static final Pattern BEGIN = Pattern.compile("(\\d{1,6})\\.\\s+\\S.*");
  private static final Pattern EVENT =
      Pattern.compile("(\\d{1,6})\\.\\s+[^\\[]*\\[([^\\]\\s]+)\\]\\s*(.*)");
  private static final String TRACE_OF_EVENT = "[event;";

  private final Map<Integer, Entry> entries = new TreeMap<>();
  private final List<String> unread = new ArrayList<>();
  private String open = "";
  private int openLine;

  /** An entry as printed. */
  private record Entry(int line, String kind, String message) {

    boolean isSame(Entry other) {
      return kind.equals(other.kind) && message.equals(other.message);
    }
  }

  /** Whether an entry begins in this line. */
  static boolean begins(String line) {
    return BEGIN.matcher(line).matches();
  }

  /**
   * Takes the next line of the log. A line that begins no entry continues one whose content is not
   * complete, or belongs to the trace of an error.
   */
  void take(int number, String line) {
    if (begins(line)) {
      close();
      open = line;
      openLine = number;
    } else if (!open.isEmpty()) {
      open = open + line;
    } else if (line.contains(TRACE_OF_EVENT)) {
      unread.add("line %d is not an entry that can be read".formatted(number));
    }
    if (entry(open).filter(LotusLogText::isComplete).isPresent()) {
      close();
    }
  }

  private static boolean isComplete(Entry entry) {
    return !entry.message().startsWith("{") || JsonObjects.find(entry.message()).isPresent();
  }

  private Optional<Entry> entry(String text) {
    Matcher event = EVENT.matcher(text);
    return event.matches()
        ? Optional.of(new Entry(openLine, event.group(2), event.group(3)))
        : Optional.empty();
  }

  private void close() {
    if (open.isEmpty()) {
      return;
    }
    Optional<Entry> entry = entry(open);
    if (entry.isEmpty()) {
      unread.add("line %d is not an entry that can be read".formatted(openLine));
    } else {
      add(Integer.parseInt(open.substring(0, open.indexOf('.'))), entry.get());
    }
    open = "";
  }

  private void add(int index, Entry entry) {
    Entry earlier = entries.putIfAbsent(index, entry);
    if (earlier != null && !earlier.isSame(entry)) {
      unread.add(
          "lines %d and %d are both entry %d".formatted(earlier.line(), entry.line(), index));
    }
  }

  /** The log, in the order of the entries' numbers. */
  LotusLog log() {
    close();
    List<Event> events = new ArrayList<>();
    int expected = 0;
    for (Map.Entry<Integer, Entry> one : entries.entrySet()) {
      Entry entry = one.getValue();
      if (one.getKey() > expected) {
        unread.add("entries %d to %d are missing".formatted(expected, one.getKey() - 1));
      }
      expected = one.getKey() + 1;
      String place = "entry %d (line %d)".formatted(one.getKey(), entry.line());
      Event.of(place, entry.kind(), entry.message()).ifPresent(events::add);
    }
    if (entries.isEmpty()) {
      unread.add("there is none");
    } else if (entries.size() > LotusLog.MOST_ENTRIES) {
      unread.add("lotus-miner has dropped entries of a log as long as this one");
    }
    return new LotusLog(events, unread);
  }
}
