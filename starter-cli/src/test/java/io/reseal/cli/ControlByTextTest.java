package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Code decides by kinds, codes and fields, never by what a text for people contains: the message of
 * an exception, a note, a title, a line of progress.
 */
class ControlByTextTest {

  /** A full stop at the end of a sentence decides nothing but the punctuation. */
  private static final String COMPARE =
      "\\s*\\.\\s*(?:contains|startsWith|endsWith(?!\\(\"\\.)|equals|equalsIgnoreCase|matches"
          + "|indexOf|split)\\(";

  /** What has a text for people. */
  private static final String TEXT =
      "(?:\\b(?:getMessage|getOriginalMessage|getLocalizedMessage|note|step|title|lastErr|lastError"
          + "|attention)\\(\\)|\\b(?:message|note|sentence|why))";

  private static final String PROSE = "\"[^\"]*[A-Za-z] [^\"]*\"";

  private static final Pattern CONTROL_BY_TEXT =
      Pattern.compile(
          TEXT
              + "(?:\\s*\\.\\s*(?:toLowerCase|strip|trim)\\([^)]*\\))?"
              + COMPARE
              + ("|" + COMPARE + "(?:[\\w.]*\\.)?" + TEXT + "\\s*\\)")
              + ("|" + COMPARE + PROSE));

  private static final Map<String, String> ALLOWED =
      Map.of(
          "contract/ChangeKind.java", "derives the kind of records that have none yet",
          "contract/StateChange.java", "a step's title is also the name it is stored under",
          "chain/LotusNode.java", "a node has no code of its own for a missing permission",
          "exchange/LotusLogText.java", "a line of Lotus' log has its event as JSON in its message",
          "rebuild/Journal.java", "shows the same pause once, however often it is met",
          "labelling/Seat.java", "passes on why it waits only when that changes",
          "bench/Occupation.java", "counts the steps that are recorded twice",
          "steps/Finding.java", "the name of what was checked is part of the core's protocol",
          "threads/SealingThreads.java", "reports why a thread takes nothing only when it changes");

  private static Set<String> found(String source) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = CONTROL_BY_TEXT.matcher(source.replaceAll("(?m)^\\s*(\\*|//|/\\*).*$", ""));
    while (matcher.find()) {
      found.add(matcher.group().replaceAll("\\s+", " "));
    }
    return found;
  }

  /** Seen to fail: on each place that decided so before there were kinds. */
  @Test
  void nothingIsDecidedByATextForPeople() throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    for (String module : new String[] {"workflows", "activities", "starter-cli", "bench"}) {
      Path sources = Path.of("..", module, "src", "main", "java", "io", "reseal");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          Set<String> here = found(Files.readString(file));
          if (!here.isEmpty()) {
            found.put(sources.relativize(file).toString(), here);
          }
        }
      }
    }
    assertThat(found.keySet())
        .as("use a kind, a code or a field instead: %s", found)
        .isEqualTo(new TreeSet<>(ALLOWED.keySet()));
  }

  /** The lines that the program had. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "note -> note != null && note.startsWith(\"nothing was lost\")",
        "changes.stream().anyMatch(change -> !USUAL.contains(change.step()))",
        "if (last.step().equals(\"thread paused\") && why.equals(last.note()))",
        "FailureType.find(thread.lastErr().split(\":\", 2)[0])",
        "e.getMessage().contains(key.sealed().toString())",
        "cause.getMessage().toLowerCase(Locale.ROOT).contains(words)",
        "cause\n    .getMessage()\n    .contains(words)",
        "done < total && text.startsWith(\"layer \")",
      })
  void findsWhatDecidesByText(String source) {
    assertThat(found(source)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "change.kind() == ChangeKind.PARKED",
        "text.startsWith(\"jdbc:mariadb://\")",
        "message.endsWith(\".\") ? message : message + \".\"",
        "  * is no message.contains(text)",
      })
  void passesOverWhatDoesNot(String source) {
    assertThat(found(source)).isEmpty();
  }
}
