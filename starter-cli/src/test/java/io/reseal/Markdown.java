package io.reseal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** One of the project's documents, as far as tests compare it with the program. */
public final class Markdown {

  /** The directory with all modules. */
  public static final Path PROJECT =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();

  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

  private final String text;

  private Markdown(String text) {
    this.text = text;
  }

  /**
   * @param path from the project's directory
   */
  public static Markdown of(String path) {
    try {
      return new Markdown(Files.readString(PROJECT.resolve(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String text() {
    return text;
  }

  /** The part under a heading, up to the next one of the same or a higher level. */
  public Markdown section(String heading) {
    int level = heading.indexOf(' ');
    String after = text.split("(?m)^" + Pattern.quote(heading) + "$", 2)[1];
    return new Markdown(after.split("(?m)^#{1," + level + "} ", 2)[0]);
  }

  /** The cells of the table row whose first cell is the given one. */
  public List<String> row(String first) {
    return rows().stream()
        .filter(cells -> cells.get(0).equals(first))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No row '%s'.".formatted(first)));
  }

  /** The cells of all table rows, headings included. */
  public List<List<String>> rows() {
    return text.lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| ---"))
        .map(line -> line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(cells -> Arrays.stream(cells).map(String::strip).toList())
        .toList();
  }

  /** What a text has in backticks, in order. */
  public static List<String> code(String text) {
    return CODE.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** The addresses of all links. */
  public List<String> links() {
    return Pattern.compile("\\]\\(([^)\\s]+)\\)")
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  /** The anchors that GitHub makes of the headings. */
  public List<String> anchors() {
    return text.lines()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .toList();
  }
}
